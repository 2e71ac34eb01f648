// Lists: of plain values a line each, of small groups a table, of anything else a card each. Items
// are added, removed, moved (Alt+Up, Alt+Down too), and pasted from Excel.

import { make, plain, say } from "../khung.js";
import { control } from "./controls.js";
import { build, describe, fresh, place, title } from "./fields.js";
import { cells } from "./paste.js";
import { copy, pathText } from "./record.js";
import { fromText } from "./values.js";

const IN_CELL = new Set(["text", "lines", "whole", "number", "date", "open-date", "choice", "yes-no", "any"]);
const MOST_COLUMNS = 8;

/** The control of a list. */
export function list(field, path, desk) {
  const { items } = field;
  if (items.kind === "list") return listed(field, path, desk, grid);
  if (items.kind === "group" && items.children.length <= MOST_COLUMNS && items.children.every((child) => IN_CELL.has(child.kind))) {
    return listed(field, path, desk, table);
  }
  return listed(field, path, desk, IN_CELL.has(items.kind) ? rows : cards);
}

/** What all lists have: a legend, a note, the body that `shape` draws, a button that adds. */
export function listed(field, path, desk, shape, ...more) {
  const body = make("div", { class: "items" });
  const words = addWords(field);
  const add = make("button", { type: "button", class: "small add", onclick: () => items.add() }, words);
  const element = make("fieldset", { class: `list ${shape.name}`, "data-path": pathText(path) },
    make("legend", {}, ...title(field)), describe(field), body, make("div", { class: "with-buttons" }, add, ...more));
  const items = new Items(field, path, desk, body, () => shape(field, path, desk, items, body));
  items.draw();
  element.items = items;
  return element;
}

const addWords = (field) => (field.items.kind === "list" ? "Thêm hàng" : field.items.kind === "group" ? "Thêm dòng" : "Thêm mục");

/** The items of a list in the record, and how they are changed. */
export class Items {
  constructor(field, path, desk, body, draw) {
    Object.assign(this, { field, path, desk, body, redraw: draw });
  }

  get values() { return this.desk.record.get(this.path) ?? []; }

  get most() { return this.field.maxItems ?? Infinity; }

  set(values, focus) {
    this.desk.record.put(this.path, values.length || this.field.none || !this.field.empty ? values : null);
    this.draw();
    if (focus !== undefined) this.focus(focus);
    this.desk.redrawn();
  }

  draw() {
    const none = this.field.none && !this.values.length ? this.none() : null;
    this.body.replaceChildren(...(none ? [none] : this.redraw()));
  }

  /** Say whether an empty list means that there are none, or that it is still to be filled in. */
  none() {
    const known = this.desk.record.get(this.path) != null;
    const change = () => {
      this.desk.record.put(this.path, known ? null : []);
      this.draw();
      this.body.querySelector("button").focus();
    };
    return make("p", { class: "with-buttons" },
      make("span", { class: "soft" }, known ? "Không có mục nào." : "Bỏ trống, để điền sau."),
      make("button", { type: "button", class: "small", onclick: change }, known ? "Bỏ trống, để điền sau" : "Ghi là không có"));
  }

  blank() {
    const { items } = this.field;
    if (items.kind === "list") return new Array(Math.max(1, ...this.values.map((row) => row.length))).fill(null);
    return items.kind === "group" ? copy(items.blank) : "";
  }

  /** Add an item behind all others, or behind one. */
  add(value = this.blank(), at = this.values.length) {
    if (this.values.length >= this.most) {
      say(`Danh sách này nhận nhiều nhất ${this.most} mục.`, "warning");
      return;
    }
    this.set([...this.values.slice(0, at), value, ...this.values.slice(at)], at);
  }

  remove(index) {
    this.set(this.values.filter((_, at) => at !== index), Math.max(0, Math.min(index, this.values.length - 2)));
  }

  move(index, by) {
    const values = [...this.values];
    const to = index + by;
    if (to < 0 || to >= values.length) return;
    [values[index], values[to]] = [values[to], values[index]];
    this.set(values, to);
  }

  focus(index) {
    const item = this.body.querySelectorAll("[data-item]")[index];
    (item?.querySelector("input, select, textarea") ?? this.body.parentElement.querySelector("button.add")).focus();
  }

  /** The buttons of one item, and its keys. */
  actions(index, item) {
    const name = `${this.field.items.title || this.field.title} ${index + 1}`;
    const button = (sign, words, work, off) =>
      make("button", { type: "button", class: "icon", title: words, "aria-label": `${words}: ${name}`, disabled: off, onclick: work }, sign);
    item.addEventListener("keydown", (event) => {
      if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      this.move(index, event.key === "ArrowUp" ? -1 : 1);
    });
    return make("span", { class: "actions" },
      button("↑", "Chuyển lên", () => this.move(index, -1), index === 0),
      button("↓", "Chuyển xuống", () => this.move(index, 1), index === this.values.length - 1),
      button("✕", "Xóa", () => this.remove(index)));
  }
}

/** A control without a label of its own, in a line or a cell. */
function bare(field, path, desk, name) {
  const made = control(field, place(path, desk));
  made.box.id = fresh();
  made.box.setAttribute("aria-label", name);
  return make("div", { class: `field bare ${field.kind}`, "data-path": pathText(path) }, made.element);
}

// ---------------------------------------------------------------- shapes
/** Plain values, a line each; several lines pasted are as many items. */
export function rows(field, path, desk, items) {
  return items.values.map((_, index) => {
    const line = make("div", { class: "row", "data-item": true });
    line.append(bare(field.items, [...path, index], desk, `${field.items.title} ${index + 1}`), items.actions(index, line));
    const box = line.querySelector("input, select, textarea");
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && items.field.items.kind !== "lines" && !event.ctrlKey) { event.preventDefault(); items.add(undefined, index + 1); }
    });
    takesPaste(box, (pasted) => {
      const fresh = pasted.map((row) => fromText(field.items, row.join(" "))).filter((value) => value != null);
      const kept = items.values.filter((value, at) => at !== index || value);
      items.set([...kept.slice(0, index), ...fresh, ...kept.slice(index)].slice(0, items.most), index);
    });
    return line;
  });
}

/** Small groups: a table with a column for each of their fields. */
function table(field, path, desk, items) {
  if (!items.values.length) return [make("p", { class: "soft" }, "Chưa có dòng nào. Thêm dòng rồi có thể dán cả bảng từ Excel vào ô đầu.")];
  const columns = field.items.children;
  const head = make("tr", {}, ...columns.map((column) => make("th", { scope: "col", title: column.note }, column.title)), make("td", {}));
  const body = items.values.map((_, index) => {
    const line = make("tr", { "data-item": true });
    line.append(...columns.map((column, number) => {
      const cell = bare(column, [...path, index, column.key], desk, `${column.title}, dòng ${index + 1}`);
      takesPaste(cell.querySelector("input, select, textarea"), (pasted) => pasteRows(items, columns, pasted, index, number));
      return make("td", {}, cell);
    }), make("td", {}, items.actions(index, line)));
    return line;
  });
  return [make("div", { class: "scroll" }, make("table", {}, make("thead", {}, head), make("tbody", {}, ...body)))];
}

/** Put pasted rows into a table, from one cell on; rows are added as needed, a line of titles is left out. */
function pasteRows(items, columns, pasted, from, column) {
  const same = (text, at) => columns[at] && plain(text) === plain(columns[at].title);
  const rowsOf = pasted[0].every((text, at) => same(text, column + at)) ? pasted.slice(1) : pasted;
  const values = items.values.map(copy);
  for (const [offset, row] of rowsOf.entries()) {
    if (from + offset >= items.most) break;
    values[from + offset] ??= items.blank();
    for (const [at, text] of row.entries()) {
      const field = columns[column + at];
      if (!field) continue;
      const value = fromText(field, text);
      if (value === undefined) delete values[from + offset][field.key];
      else values[from + offset][field.key] = value;
    }
  }
  items.set(values, from);
}

/** Rows of cells: as wide as the widest, a cell pasted with others fills what is right and below. */
function grid(field, path, desk, items) {
  const width = Math.max(0, ...items.values.map((row) => (Array.isArray(row) ? row.length : 0)));
  if (!width) return [make("p", { class: "soft" }, "Chưa có hàng nào. Thêm hàng rồi có thể dán cả bảng từ Excel vào ô đầu.")];
  const wider = make("button", { type: "button", class: "small", onclick: () => items.set(items.values.map((row) => [...row, null]), 0) }, "Thêm cột");
  const narrower = make("button", { type: "button", class: "small", disabled: width < 2, onclick: () => items.set(items.values.map((row) => row.slice(0, -1)), 0) }, "Bớt cột cuối");
  const body = items.values.map((row, index) => {
    const line = make("tr", { "data-item": true });
    line.append(...Array.from({ length: width }, (_, number) => {
      const cell = bare(field.items.items, [...path, index, number], desk, `Hàng ${index + 1}, ô ${number + 1}`);
      takesPaste(cell.querySelector("input, textarea"), (pasted) => pasteCells(items, pasted, index, number));
      return make("td", {}, cell);
    }), make("td", {}, items.actions(index, line)));
    return line;
  });
  return [make("div", { class: "scroll" }, make("table", {}, make("tbody", {}, ...body))), make("div", { class: "with-buttons" }, wider, narrower)];
}

function pasteCells(items, pasted, from, column) {
  const values = items.values.map((row) => [...row]);
  for (const [offset, row] of pasted.entries()) {
    const line = (values[from + offset] ??= []);
    for (const [at, text] of row.entries()) line[column + at] = fromText(items.field.items.items, text) ?? null;
  }
  const width = Math.max(...values.map((row) => row.length));
  items.set(values.map((row) => Array.from({ length: width }, (_, at) => row[at] ?? null)), from);
}

/** Larger groups: a card each. */
function cards(field, path, desk, items) {
  return items.values.map((_, index) => {
    const card = make("div", { class: "item-card", "data-item": true });
    const inner = build({ ...field.items, required: true, empty: false, title: `${field.items.title || field.title} ${index + 1}` }, [...path, index], desk);
    card.append(items.actions(index, card), inner);
    return card;
  });
}

/** Hand over what is pasted into a box when it is more than one cell. */
export function takesPaste(box, taken) {
  box.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    const rowsPasted = cells(text);
    if (!rowsPasted || (box.matches(".lines") && !text.includes("\t"))) return;
    event.preventDefault();
    taken(rowsPasted);
  });
}
