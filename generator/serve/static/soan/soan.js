// A form filled in: its fields on the left, its pages on the right, its files with one click.

import { get, post, say, sayProblems } from "../khung.js";
import { choose } from "./ask.js";
import { download, print } from "./deliver.js";
import { Draft } from "./draft.js";
import { children } from "./fields.js";
import { showFindings } from "./findings.js";
import { Pages } from "./pages.js";
import { ProblemList } from "./problems.js";
import { copy, Record } from "./record.js";
import { filled, showStanding, standing } from "./standing.js";

const root = document.querySelector(".desk");
const fields = root.querySelector(".fields");
const state = root.querySelector(".state");

const [form, remembered] = await Promise.all([get(`/api/forms/${root.dataset.form}`), standing()]).catch((error) => {
  sayProblems(error);
  throw error;
});

// ---------------------------------------------------------------- the parts
const record = new Record({}, () => {
  draft.changed(record.value);
  pages.ask(record.value);
});
const desk = { record, standing: remembered, redrawn: () => problems.draw() };
const pages = new Pages(root.querySelector(".paper"), form.id, {
  shown(told) {
    problems.show(told.problems);
    if (!told.failed) showFindings(root.querySelector(".findings"), told.conformity, told.finished);
  },
  picked: go,
});
const problems = new ProblemList(fields, root.querySelector(".problems"), { record, go });
const draft = new Draft({
  form: form.id,
  account: root.dataset.account,
  taken: (value) => { take(value); },
  told(text, kind = "soft") {
    state.textContent = text;
    state.className = `state ${kind}`;
  },
});

/** Show a record in the form and its pages. */
function take(value) {
  record.value = value;
  fields.querySelector(".all").replaceChildren(...children(form.fields, [], desk));
  problems.forget();
  pages.ask(record.value, 0);
}

/** Lead to the field of a path. */
function go(path) {
  const spot = problems.spot(path);
  if (!spot) return;
  const box = spot.querySelector("input:not(.calendar), select, textarea, button");
  spot.scrollIntoView({ block: "center" });
  box?.focus({ preventScroll: true });
}

fields.addEventListener("focusin", (event) => {
  const path = event.target.closest("[data-path]")?.dataset.path;
  if (path) pages.mark(path);
});

// ---------------------------------------------------------------- what the buttons do
const running = new Set();

/** Do something once at a time; what is wrong is told beside the fields. */
async function once(name) {
  const work = WORK[name];
  if (running.has(name)) return;
  running.add(name);
  try {
    await work();
  } catch (error) {
    if (error.status === 422) {
      problems.show(error.problems);
      problems.insistOnAll();
      say(`Chưa làm được: còn ${error.problems.length} chỗ phải sửa hoặc điền.`, "problem");
      if (error.problems[0]) go(error.problems[0].path);
    } else sayProblems(error);
  } finally {
    running.delete(name);
  }
}

async function deliver(format, options) {
  const learnt = await download(form.id, record.value, format, options);
  if (learnt) Object.assign(remembered, learnt);
  say(format === "json" ? "Đã tải tệp dữ liệu." : "Đã làm xong, tệp nằm trong thư mục tải về.");
}

async function openFile() {
  const field = root.querySelector("#mo-tep");
  const [file] = field.files;
  if (!file) return;
  const sent = new FormData();
  sent.append("file", file);
  if (!/\.docx$/i.test(file.name)) sent.append("form", form.id);
  const read = await post("/api/read", sent);
  field.value = "";
  for (const warning of read.warnings) say(warning.message, "warning", 12);
  if (read.form !== form.id) {
    const { id } = await post("/api/drafts", { form: read.form, record: read.record });
    location.assign(`/soan/${read.form}?nhap=${id}`);
    return;
  }
  await look(read.record, "");
  draft.changed(record.value);
  say(`Đã mở ${file.name} thành bản nháp mới.`);
}

/** Leave the draft for another record, which becomes one with its first change. */
async function look(value, words) {
  await draft.save();
  draft.detach();
  take(value);
  draft.told(words);
}

async function forget() {
  const answer = await choose("Xóa bản nháp này?", "Không lấy lại được.", [["no", "Giữ lại"], ["yes", "Xóa bản nháp"]]);
  if (answer !== "yes") return;
  await draft.forget();
  location.assign("/");
}

const WORK = {
  docx: () => deliver("docx"),
  pdf: () => deliver("pdf"),
  print: () => print(form.id, record.value),
  "draft-docx": () => deliver("docx", { draft: true }),
  "draft-print": () => print(form.id, record.value, { draft: true }),
  json: () => deliver("json"),
  open: () => root.querySelector("#mo-tep").click(),
  "open-file": openFile,
  sample: () => look(copy(form.sample), "dữ liệu mẫu, chưa lưu"),
  empty: () => look(filled(form, copy(form.fields.start), remembered), "bản nháp mới, tự lưu khi gõ"),
  standing: () => showStanding(remembered, () => take(record.value)),
  forget,
  async save() {
    await draft.save();
    if (!draft.dirty) say("Đã lưu bản nháp.");
  },
};

for (const button of root.querySelectorAll("[data-do]")) {
  button.addEventListener("click", () => {
    button.closest("details")?.removeAttribute("open");
    once(button.dataset.do);
  });
}
root.querySelector("#mo-tep").addEventListener("change", () => once("open-file"));
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  const work = { Enter: "docx", s: "save", p: "print" }[event.key];
  if (!work || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  once(work);
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// ---------------------------------------------------------------- begin
try {
  take(await draft.begin(filled(form, copy(form.fields.start), remembered)));
  root.setAttribute("data-ready", "");
} catch (error) {
  sayProblems(error);
}
