// One control for one value: boxes, choices, dates, numbers, pictures. Each shows a value, and gives
// what is typed to `put`. All of them look and behave alike in a form and in the cell of a table.

import { make } from "../khung.js";
import { longText } from "./longtext.js";
import { dotted, fromText, nothing, toText } from "./values.js";

const MOST_PICTURE = 8_000_000; // bytes, as the server takes them

/** Make the control of a field; `at` has value and put(value). Returns {box, element, show(value)}:
 *  the element to place, and the box in it that takes the focus. */
export function control(field, at) {
  return (MAKERS[field.kind] ?? text)(field, at);
}

function typed(field, at, box, element = box) {
  const show = (value) => { box.value = toText(field, value); };
  show(at.value);
  box.addEventListener("input", () => at.put(fromText(field, box.value)));
  return { box, element, show };
}

/** One line of print, in a box that grows with it so that all of it can be read. */
function text(field, at) {
  const box = make("textarea", { rows: 1, class: "one", maxlength: field.maxLength, spellcheck: "false" });
  box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  box.addEventListener("input", () => { if (box.value.includes("\n")) box.value = box.value.replace(/\s*\n\s*/g, " "); });
  return grows(typed(field, at, box));
}

const lines = (field, at) => grows(typed(field, at, make("textarea", { rows: 2, class: "lines", spellcheck: "false" })));

/** Let a box be as high as its text where the browser's own styles do not do that. */
function grows(made) {
  if (CSS.supports("field-sizing", "content")) return made;
  const { box } = made;
  const fit = () => {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + 2}px`;
  };
  box.addEventListener("input", fit);
  requestAnimationFrame(fit);
  return made;
}

// ---------------------------------------------------------------- numbers and dates
function number(field, at) {
  const whole = field.kind === "whole";
  const box = make("input", {
    type: "text", inputmode: whole ? "numeric" : "decimal", class: "number", autocomplete: "off",
  });
  if (field.grouped) box.addEventListener("input", (event) => keepDots(box, whole, event));
  box.addEventListener("blur", () => { box.value = toText(field, fromText(field, box.value)); });
  return typed(field, at, box);
}

/** Put dots between groups while typing; one typed by hand in a number with decimals stays, and the
 *  server asks what it means. */
function keepDots(box, whole, event) {
  if (!whole && (event.data === "." || box.dataset.byHand)) {
    box.dataset.byHand = box.value.includes(".") ? "yes" : "";
    return;
  }
  const left = box.value.slice(0, box.selectionStart).replace(/[.\s]/g, "").length;
  const shown = dotted(box.value);
  if (shown === box.value) return;
  box.value = shown;
  let caret = 0;
  for (let seen = 0; seen < left; caret += 1) if (shown[caret] !== ".") seen += 1;
  box.setSelectionRange(caret, caret);
}

function day(field, at) {
  const open = field.kind === "open-date";
  const box = make("input", {
    type: "text", class: "day", autocomplete: "off",
    placeholder: open ? "ngày/tháng/năm, hoặc 4/2026" : "ngày/tháng/năm",
  });
  const chosen = make("input", { type: "date", class: "calendar", tabindex: -1, "aria-hidden": "true" });
  const take = (value) => { show(value); at.put(value); box.focus(); };
  chosen.addEventListener("change", () => { if (chosen.value) take(chosen.value); });
  const today = () => {
    const now = new Date();
    return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
  };
  const { show } = typed(field, at, box);
  box.addEventListener("blur", () => show(fromText(field, box.value)));
  const element = make("div", { class: "with-buttons" }, box, chosen,
    make("button", { type: "button", class: "small", onclick: () => take(today()) }, "Hôm nay"),
    make("button", { type: "button", class: "small", onclick: () => chosen.showPicker(), "aria-label": `Chọn trên lịch: ${field.title}` }, "Lịch"));
  return { box, element, show };
}

// ---------------------------------------------------------------- choices
function choice(field, at) {
  const box = make("select");
  const nothing = field.required && !field.empty ? "— chọn —" : "(bỏ trống)";
  box.append(make("option", { value: "" }, nothing));
  for (const [index, each] of field.choices.entries()) box.append(make("option", { value: index }, each.label));
  const show = (value) => { box.value = String(field.choices.findIndex((each) => each.value === value)); if (box.selectedIndex < 0) box.value = ""; };
  show(at.value);
  box.addEventListener("change", () => {
    const chosen = field.choices[Number(box.value)];
    at.put(box.value === "" ? nothing(field) : chosen.value);
  });
  return { box, element: box, show };
}

const YES_NO = [{ value: true, label: "Có" }, { value: false, label: "Không" }];

const yesNo = (field, at) => choice({ ...field, choices: YES_NO }, at);

// ---------------------------------------------------------------- pictures
function image(field, at) {
  const box = make("input", { type: "file", accept: "image/png,image/jpeg" });
  const seen = make("img", { class: "picture hidden", alt: `Ảnh đã chọn: ${field.title}` });
  const away = make("button", { type: "button", class: "small hidden", onclick: () => take(nothing(field)) }, "Bỏ ảnh");
  const show = (value) => {
    const there = typeof value === "string" && value.startsWith("data:image/");
    if (there) seen.src = value;
    for (const element of [seen, away]) element.classList.toggle("hidden", !there);
  };
  const take = (value) => { show(value); at.put(value); };
  box.addEventListener("change", () => {
    const file = box.files[0];
    box.setCustomValidity(file && file.size > MOST_PICTURE ? `Ảnh quá lớn, nhiều nhất ${MOST_PICTURE / 1e6} MB.` : "");
    if (!file || !box.reportValidity()) return;
    const reader = new FileReader();
    reader.addEventListener("load", () => take(reader.result));
    reader.readAsDataURL(file);
    box.value = "";
  });
  show(at.value);
  return { box, element: make("div", { class: "image" }, seen, make("div", { class: "with-buttons" }, make("label", { class: "button small file" }, "Chọn ảnh… ", box), away)), show };
}

const MAKERS = {
  text, lines, long: longText, whole: number, number, date: day, "open-date": day, choice,
  "yes-no": yesNo, image, either: text,
};
