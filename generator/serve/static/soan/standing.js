// What the agency writes in every document: filled into a new draft, looked through and forgotten here.

import { ask, get, make, sayProblems } from "../khung.js";
import { recipientWords, signerWords } from "./composers.js";
import { copy } from "./record.js";

export const standing = () => get("/api/standing");

/** Fill what is remembered into a new record, where the form has a place for it. */
export function filled(form, record, remembered) {
  const known = new Set(form.fields.children.map((child) => child.key));
  const last = remembered.forms[form.id] ?? {};
  const values = { ...remembered.agency, ...last };
  values.nguoi_ky ??= remembered.signers[0];
  for (const [key, value] of Object.entries(values)) {
    if (known.has(key) && value !== undefined && fits(form, key, value)) record[key] = copy(value);
  }
  return record;
}

/** Whether a remembered value is one that the field can show: another form's signer may have more. */
function fits(form, key, value) {
  const field = form.fields.children.find((child) => child.key === key);
  if (field.kind === "group") return Object.keys(value).every((each) => field.children.some((child) => child.key === each));
  return (field.kind === "list") === Array.isArray(value);
}

const NAMES = {
  co_quan_chu_quan: "Cơ quan chủ quản", co_quan_ban_hanh: "Cơ quan ban hành", dia_danh: "Địa danh",
  dia_chi: "Địa chỉ cơ quan", tham_quyen: "Thẩm quyền ban hành",
};

/** Show all that is remembered in a dialog, each with a button that forgets it. */
export function showStanding(remembered, changed) {
  const dialog = make("dialog", { class: "choose", "aria-labelledby": "ghi-nho" });
  const forget = async (without) => {
    try {
      await ask("PUT", "/api/standing", without);
      Object.assign(remembered, without);
      changed();
      draw();
    } catch (error) { sayProblems(error); }
  };
  const line = (words, without) => make("li", {}, make("span", {}, words),
    make("button", { type: "button", class: "small", "aria-label": `Quên: ${words}`, onclick: () => forget(without()) }, "Quên"));
  const part = (title, lines) => (lines.length ? [make("h3", {}, title), make("ul", { class: "kept" }, ...lines)] : []);
  const without = (key, index) => ({ ...remembered, [key]: remembered[key].filter((_, at) => at !== index) });
  function draw() {
    const agency = Object.entries(remembered.agency).map(([key, value]) => line(`${NAMES[key] ?? key}: ${String(value).replace(/\n/g, " ")}`, () => {
      const { [key]: _, ...rest } = remembered.agency;
      return { ...remembered, agency: rest };
    }));
    const signers = remembered.signers.map((each, index) => line(signerWords(each), () => without("signers", index)));
    const recipients = remembered.recipients.map((each, index) => line(recipientWords(each), () => without("recipients", index)));
    const lines = [...part("Cơ quan", agency), ...part("Người ký", signers), ...part("Nơi nhận", recipients)];
    dialog.replaceChildren(make("h2", { id: "ghi-nho" }, "Thông tin cơ quan đã nhớ"),
      make("p", { class: "soft" }, "Nhớ từ văn bản làm gần nhất, tự điền vào bản nháp mới; chỉ tài khoản này thấy."),
      make("div", { class: "boxes" }, ...(lines.length ? lines : [make("p", {}, "Chưa nhớ gì: làm xong văn bản đầu tiên sẽ có.")])),
      make("form", { method: "dialog", class: "with-buttons" }, make("button", { class: "main" }, "Đóng")));
  }
  draw();
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
