// Cells copied in Excel: rows of tab-separated cells, in quotes where a cell has lines of its own.

/** The rows of a copied table; null for a text that is one cell. */
export function cells(text) {
  const rows = [[]];
  let at = 0;
  while (at < text.length) {
    let cell = "";
    if (text[at] === '"' && /"(?:\t|\r?\n|$)/.test(text.slice(at + 1))) {
      at += 1;
      while (at < text.length && !(text[at] === '"' && text[at + 1] !== '"')) {
        if (text[at] === '"') at += 1;
        cell += text[at];
        at += 1;
      }
      at += 1;
    } else {
      const end = text.slice(at).search(/[\t\r\n]/);
      cell = end < 0 ? text.slice(at) : text.slice(at, at + end);
      at += cell.length;
    }
    rows.at(-1).push(cell.replace(/\r\n?/g, "\n").trim());
    if (text[at] === "\t") {
      at += 1;
      if (at === text.length) rows.at(-1).push("");
    } else if (at < text.length) {
      at += text.startsWith("\r\n", at) ? 2 : 1;
      if (at < text.length) rows.push([]);
    }
  }
  const one = rows.length === 1 && rows[0].length < 2;
  return one ? null : rows;
}
