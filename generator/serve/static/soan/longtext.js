// Long text: a large box with buttons for bold, italic, a table, and a reminder of the levels.

import { make } from "../khung.js";
import { cells } from "./paste.js";
import { fromText, toText } from "./values.js";

const LEVELS = [
  ["I.", "phần, in đậm"], ["1.", "mục"], ["1.1.", "tiểu mục"], ["a)", "điểm"],
  ["-", "gạch đầu dòng"], ["+", "gạch đầu dòng bậc hai"],
];
const SIGNS = [
  ["**chữ**", "in đậm"], ["*chữ*", "in nghiêng"], ["km^2^", "chỉ số trên"],
  ["| a | b |", "một hàng của bảng; hàng thứ hai ghi |---|---|"],
];

/** The control of a long text. */
export function longText(field, at) {
  const box = make("textarea", { rows: 14, class: "long", spellcheck: "false" });
  const show = (value) => { box.value = toText(field, value); };
  show(at.value);
  const put = () => at.put(fromText(field, box.value));
  box.addEventListener("input", put);
  box.addEventListener("keydown", (event) => {
    const sign = event.ctrlKey && !event.shiftKey && !event.altKey && { b: "**", i: "*" }[event.key.toLowerCase()];
    if (!sign) return;
    event.preventDefault();
    around(box, sign);
  });
  box.addEventListener("paste", (event) => pasteTable(event, box));
  const tools = make("div", { class: "tools", role: "toolbar", "aria-label": `Định dạng: ${field.title}` },
    tool("Đậm", "strong", "Ctrl+B", () => around(box, "**")),
    tool("Nghiêng", "em", "Ctrl+I", () => around(box, "*")),
    tool("Bảng", "span", "", () => insert(box, "| Cột 1 | Cột 2 |\n|---|---|\n|  |  |\n")),
    help());
  return { box, element: make("div", { class: "long-text" }, tools, box), show };
}

function tool(words, kind, keys, work) {
  return make("button", { type: "button", class: "small", title: keys, onclick: work }, make(kind, {}, words));
}

function help() {
  const rows = (pairs) => pairs.map(([sign, words]) => make("tr", {}, make("td", {}, make("code", {}, sign)), make("td", {}, words)));
  return make("details", { class: "levels" },
    make("summary", {}, "Cách gõ cấp mục, đậm, nghiêng, bảng"),
    make("p", {}, "Mỗi đoạn một dòng, đầu dòng gõ như muốn in:"),
    make("table", {}, make("tbody", {}, ...rows(LEVELS), ...rows(SIGNS))),
    make("p", {}, "Bảng chép từ Excel thì dán thẳng vào ô này."));
}

/** Put a sign on both sides of what is chosen, or take it away again. */
function around(box, sign) {
  const { selectionStart: start, selectionEnd: end, value } = box;
  const chosen = value.slice(start, end);
  const already = chosen.length >= 2 * sign.length && chosen.startsWith(sign) && chosen.endsWith(sign);
  const words = already ? chosen.slice(sign.length, -sign.length) : sign + chosen + sign;
  insert(box, words);
  const inside = chosen ? [start, start + words.length] : [start + sign.length, start + sign.length];
  box.setSelectionRange(...inside);
}

/** Put text in the place of what is chosen, so that Ctrl+Z takes it back. */
function insert(box, text) {
  box.focus();
  if (!document.execCommand("insertText", false, text)) {
    box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** A table copied in Excel becomes rows with bars. */
function pasteTable(event, box) {
  const text = event.clipboardData.getData("text/plain");
  const rows = text.includes("\t") ? cells(text) : null;
  if (!rows) return;
  event.preventDefault();
  const width = Math.max(...rows.map((row) => row.length));
  const line = (row) => `| ${Array.from({ length: width }, (_, i) => (row[i] ?? "").replace(/\n/g, " ").replace(/\|/g, "/")).join(" | ")} |`;
  const before = box.value.slice(0, box.selectionStart);
  const start = before && !before.endsWith("\n") ? "\n" : "";
  insert(box, `${start}${line(rows[0])}\n|${"---|".repeat(width)}\n${rows.slice(1).map((row) => `${line(row)}\n`).join("")}`);
}
