// The form made from a form's schema: labels, notes, groups; each value has its place in the record.

import { make } from "../khung.js";
import { recipients, signerPicker } from "./composers.js";
import { control } from "./controls.js";
import { list } from "./lists.js";
import { copy, pathText } from "./record.js";
import { nothing, toText } from "./values.js";

let last = 0;
/** A name that no other element has. */
export const fresh = () => `o-${(last += 1)}`;

/** Build the field at a path. `desk` has the record and what is remembered. */
export function build(field, path, desk) {
  if (field.kind === "group") return group(field, path, desk);
  if (field.kind === "list") return field.items.kind === "either" ? recipients(field, path, desk) : list(field, path, desk);
  return single(field, path, desk);
}

/** The children of a group, in the order of the schema. */
export const children = (field, path, desk) => field.children.map((child) => build(child, [...path, child.key], desk));

function single(field, path, desk) {
  const id = fresh();
  const made = control(field, place(path, desk));
  made.box.id = id;
  const note = describe(field, made.box);
  return make("div", { class: `field ${field.kind}`, "data-path": pathText(path) },
    make("label", { for: id }, ...title(field)), note, made.element);
}

/** The value at a path, as controls use it. */
export const place = (path, desk) => ({
  get value() { return desk.record.get(path); },
  put: (value) => desk.record.put(path, value),
});

/** A field's title; what may stay empty says so. */
export function title(field) {
  const needed = field.required && !field.empty;
  return [field.title, needed ? null : make("span", { class: "optional" }, " (không bắt buộc)")];
}

/** The note of a field, read with its box. A long one shows its first line; F1 or a click shows all. */
export function describe(field, box) {
  const shown = typeof field.example === "string" ? toText(field, field.example).replace(/\n/g, " / ") : "";
  const example = shown && !field.note.includes(shown) ? ` Ví dụ: ${shown}` : "";
  if (!field.note && !example) return null;
  const note = make("p", { class: "note", id: fresh() }, `${field.note}${example}`);
  const toggle = () => note.classList.toggle("whole");
  note.addEventListener("click", toggle);
  box?.addEventListener("keydown", (event) => { if (event.key === "F1") { event.preventDefault(); toggle(); } });
  box?.setAttribute("aria-describedby", note.id);
  return note;
}

// ---------------------------------------------------------------- groups
function group(field, path, desk) {
  const inner = make("div", { class: "children" });
  const legend = make("legend", {}, ...title(field));
  const element = make("fieldset", { class: "group", "data-path": pathText(path) }, legend, describe(field), inner);
  const optional = field.empty || !field.required;
  const add = make("button", { type: "button", class: "small", onclick: () => change(copy(field.blank)) }, `Thêm: ${field.title}`);
  const remove = make("button", { type: "button", class: "small", onclick: () => change(nothing(field)) }, `Bỏ: ${field.title}`);
  function change(value) {
    desk.record.put(path, value);
    show();
    (value == null ? add : inner.querySelector("input, select, textarea"))?.focus();
  }
  function show() {
    const there = !optional || desk.record.get(path) != null;
    inner.replaceChildren(...(there ? [signer(), ...children(field, path, desk)].filter(Boolean) : []));
    if (optional) inner.append(there ? remove : add);
  }
  const signs = field.children.some((child) => child.key === "ho_ten") && field.children.some((child) => child.key === "chuc_vu");
  const signer = () => (signs ? signerPicker(field, path, desk, show) : null);
  show();
  return element;
}
