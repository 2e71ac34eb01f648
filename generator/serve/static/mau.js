// The gallery: search without marks, forms used last, drafts under way, files opened.

import { ask, get, make, plain, post, say, sayProblems, takesFiles } from "./khung.js";

const forms = [...document.querySelectorAll(".form")];
const byId = new Map(forms.map((form) => [form.dataset.form, form]));
const words = new Map(forms.map((form) => [form, plain(form.dataset.words)]));

// ---------------------------------------------------------------- search
const find = document.getElementById("tim");
const none = document.getElementById("khong-thay");

function search() {
  const wanted = plain(find.value).split(/\s+/).filter(Boolean);
  const whole = (form) => words.get(form).includes(wanted.join(" "));
  const every = (form) => wanted.every((word) => words.get(form).includes(word));
  const fits = forms.some(whole) ? whole : every;
  let count = 0;
  for (const form of forms) {
    const shown = fits(form);
    form.classList.toggle("hidden", !shown);
    count += shown;
  }
  for (const group of document.querySelectorAll(".group")) group.classList.toggle("hidden", !group.querySelector(".form:not(.hidden)"));
  none.classList.toggle("hidden", !wanted.length);
  none.textContent = count ? `${count} mẫu phù hợp.` : "Không có mẫu nào như vậy. Thử từ khác, hoặc dùng mẫu “Văn bản có tên loại”.";
}
find.addEventListener("input", search);
find.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && find.value) { find.value = ""; search(); }
  if (event.key !== "Enter") return;
  const first = forms.find((form) => !form.classList.contains("hidden"));
  if (first && find.value.trim()) first.querySelector("a.open").click();
});
for (const image of document.querySelectorAll(".form img")) image.addEventListener("error", () => image.classList.add("missing"));

// ---------------------------------------------------------------- forms used last, drafts
async function showRecent() {
  const { recent } = await get("/api/recent");
  const known = recent.filter(({ form }) => byId.has(form)).slice(0, 6);
  const section = document.getElementById("gan-day");
  section.classList.toggle("hidden", !known.length);
  section.querySelector("ul").replaceChildren(...known.map(({ form }) =>
    make("li", {}, make("a", { class: "button", href: `/soan/${form}` }, byId.get(form).querySelector(".name").textContent))));
}

const when = (seconds) => new Date(seconds * 1000).toLocaleString("vi-VN", { dateStyle: "short", timeStyle: "short" });

async function showDrafts() {
  const { drafts } = await get("/api/drafts");
  const section = document.getElementById("nhap");
  section.classList.toggle("hidden", !drafts.length);
  section.querySelector("ul").replaceChildren(...drafts.map(line));
}

function line(draft) {
  const name = draft.name || "(chưa có trích yếu)";
  const away = make("button", { type: "button", class: "small", "aria-label": `Xóa bản nháp ${draft.title}: ${name}` }, "Xóa");
  away.addEventListener("click", () => remove(draft, away));
  return make("li", {},
    make("a", { href: `/soan/${draft.form}?nhap=${draft.id}` }, make("b", {}, draft.title || draft.form), ` ${name}`),
    make("span", { class: "soft" }, `sửa ${when(draft.changed)}`), away);
}

/** The first click asks, the second forgets. */
async function remove(draft, button) {
  if (!button.dataset.sure) {
    button.dataset.sure = "yes";
    button.textContent = "Xóa hẳn?";
    setTimeout(() => { button.dataset.sure = ""; button.textContent = "Xóa"; }, 4000);
    return;
  }
  try {
    await ask("DELETE", `/api/drafts/${draft.id}`);
    say("Đã xóa bản nháp.");
    await showDrafts();
    find.focus();
  } catch (error) { sayProblems(error); }
}

// ---------------------------------------------------------------- a file opened
const chooser = document.getElementById("chon-mau");

async function open([file]) {
  const sent = new FormData();
  sent.append("file", file);
  try {
    const read = await post("/api/read", sent);
    for (const warning of read.warnings) say(warning.message, "warning", 12);
    if (read.forms.length === 1) await begin(read.forms[0].id, read.record);
    else askWhich(read);
  } catch (error) { sayProblems(error); }
}

function askWhich({ forms: fitting, record }) {
  chooser.classList.remove("hidden");
  chooser.querySelector(".choices").replaceChildren(...fitting.slice(0, 8).map(({ id, title }) =>
    make("button", { type: "button", onclick: () => begin(id, record).catch(sayProblems) }, title)));
  chooser.querySelector("button").focus();
}

async function begin(form, record) {
  const { id } = await post("/api/drafts", { form, record });
  location.assign(`/soan/${form}?nhap=${id}`);
}

takesFiles(document.getElementById("mo-tep"), open);
// Back from a form the browser shows the page as it was: the lists may be older than the drafts.
addEventListener("pageshow", () => Promise.all([showRecent(), showDrafts()]).catch(sayProblems));
