// Who signs, and who receives: picked from those remembered, or written by hand.

import { make } from "../khung.js";
import { build, fresh } from "./fields.js";
import { listed, rows } from "./lists.js";
import { copy } from "./record.js";

/** What a signer is called in a list of signers. */
export const signerWords = (signer) =>
  [signer.ho_ten ?? "(chưa ghi tên)", [...(signer.quyen_han ?? []), signer.chuc_vu].filter(Boolean).join(", ")].filter(Boolean).join(" – ");

/** What a recipient, or a group of them, is called. */
export const recipientWords = (one) =>
  typeof one === "string" ? one : `${(one.nhom ?? []).join("; ")} ${one.ghi_chu ?? ""}`.trim();

// ---------------------------------------------------------------- the signer
/** A choice of the signers remembered; null where there are none. */
export function signerPicker(field, path, desk, redraw) {
  const known = new Set(field.children.map((child) => child.key));
  const fitting = desk.standing.signers.filter((signer) => Object.keys(signer).every((key) => known.has(key)));
  if (!fitting.length) return null;
  const id = fresh();
  const box = make("select", { id }, make("option", { value: "" }, "— chọn —"),
    ...fitting.map((signer, index) => make("option", { value: index }, signerWords(signer))));
  box.addEventListener("change", () => {
    if (box.value === "") return;
    desk.record.put(path, { ...copy(field.blank), ...copy(fitting[Number(box.value)]) });
    redraw();
    desk.redrawn();
    document.getElementById(id)?.focus();
  });
  return make("div", { class: "field pick" }, make("label", { for: id }, "Người ký đã nhớ"), box);
}

// ---------------------------------------------------------------- recipients
/** The list of recipients: a line each, groups with one remark in a box of their own. */
export function recipients(field, path, desk) {
  const group = make("button", { type: "button", class: "small" }, "Thêm nhóm có ngoặc móc");
  const pick = make("button", { type: "button", class: "small" }, "Chọn nơi nhận đã nhớ");
  const element = listed(field, path, desk, mixed, group, pick);
  group.addEventListener("click", () => element.items.add({ nhom: [""], ghi_chu: "" }));
  pick.addEventListener("click", () => choose(element.items, desk.standing.recipients));
  pick.hidden = !desk.standing.recipients.length;
  return element;
}

function mixed(field, path, desk, items) {
  const lines = rows({ ...field, items: { ...field.items, kind: "text" } }, path, desk, items);
  return items.values.map((value, index) => {
    if (typeof value === "string" || value === null) return lines[index];
    const card = make("div", { class: "item-card", "data-item": true });
    const inner = build({ ...field.items, kind: "group", required: true, title: `Nhóm nơi nhận ${index + 1}`, note: "" }, [...path, index], desk);
    card.append(items.actions(index, card), inner);
    return card;
  });
}

/** Ask which of the recipients remembered are to be added. */
function choose(items, remembered) {
  const there = new Set(items.values.map((each) => JSON.stringify(each)));
  const left = remembered.filter((each) => !there.has(JSON.stringify(each)));
  const boxes = left.map((each) => ({ each, box: make("input", { type: "checkbox" }) }));
  const dialog = make("dialog", { class: "choose", "aria-labelledby": "chon-noi-nhan" },
    make("h2", { id: "chon-noi-nhan" }, "Nơi nhận đã nhớ"),
    make("div", { class: "boxes" }, ...boxes.map(({ each, box }) => make("label", { class: "check" }, box, ` ${recipientWords(each)}`)),
      left.length ? null : make("p", { class: "soft" }, "Tất cả đã có trong danh sách.")),
    make("form", { method: "dialog", class: "with-buttons" },
      make("button", { class: "main", value: "add" }, "Thêm vào danh sách"), make("button", { value: "" }, "Thôi")));
  dialog.addEventListener("close", () => {
    const chosen = boxes.filter(({ box }) => box.checked).map(({ each }) => copy(each));
    const kept = items.values.filter((each) => each !== "");
    if (dialog.returnValue === "add" && chosen.length) items.set([...kept, ...chosen], kept.length);
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
}

