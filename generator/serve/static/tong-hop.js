// The desk of roll-ups: units' files in, who is missing told, the superior's table and its totals out.

import { ask, get, make, plain, post, say, sayProblems, takesFiles } from "/static/khung.js";
import { children } from "/static/soan/fields.js";
import { Record, copy } from "/static/soan/record.js";
import { filled, standing } from "/static/soan/standing.js";
import { active, follow, listEarlier, number, send, showProblems, showProgress } from "/static/viec.js";

const at = (id) => document.getElementById(id);
const PHASES = {
  "đọc": "Đang đọc số liệu", "ghi xlsx": "Đang ghi bảng Excel", "ghi json": "Đang ghi tệp dữ liệu",
  "ghi docx": "Đang làm bảng tổng hợp", "vẽ": "Đang vẽ các trang",
};
const FORMATS = { docx: "Tải .docx", pdf: "Tải .pdf", xlsx: "Tải .xlsx (có công thức)", json: "Tải .json (để nộp lên cấp trên)" };
const STATES = { waiting: "đang chờ", running: "đang chạy", stopped: "đã dừng", failed: "có lỗi phải sửa", "": "chưa tổng hợp" };

let rollup = "", form = null, leave = () => {}, shown = "", roster = null, asking = false;
const path = () => `/api/rollups/${rollup}`;
const record = new Record({}, () => {});
const desk = { record, standing: await standing(), redrawn: () => {} };

// ---------------------------------------------------------------- what is asked
async function chooseForm(head) {
  const id = at("mau").value;
  try {
    const found = await get(`/api/rollups/forms/${id}`);
    if (id !== at("mau").value) return; // another one has been chosen meanwhile
    form = found;
  } catch (error) { return sayProblems(error); }
  at("lay-tu").textContent = `Lấy số liệu từ: ${form.feeds.join("; ")}.`;
  at("gop").classList.toggle("hidden", !form.groups);
  at("bo-trong").classList.toggle("hidden", !form.groups);
  at("xep-loai").classList.toggle("hidden", !form.ranks);
  record.value = head ? { ...copy(form.fields.start), ...head } : filled(form, copy(form.fields.start), desk.standing);
  at("dau").replaceChildren(...children(form.fields, [], desk));
}

/** The head's values; what is left blank and must not be is left out, so that it is told as missing. */
function head() {
  const known = Object.fromEntries(form.fields.children.map((field) => [field.key, field]));
  return Object.fromEntries(Object.entries(record.value).filter(([key, value]) =>
    value != null || known[key]?.empty));
}

const told = () => ({
  head: head(), due: at("han").value.trim(), by_group: form.groups && at("theo-nhom").checked,
  missing: form.groups ? at("yeu-cau").elements.missing.value : "",
  classes: form.ranks ? at("cac-loai").value.split("\n").map((line) => line.trim()).filter(Boolean) : [],
});

takesFiles(at("tha"), async (files) => {
  const count = (done, all) => { at("dang-gui").textContent = `Đang gửi ${number(done)}/${number(all)} tệp…`; };
  count(0, files.length);
  try {
    const id = await send("/api/rollups", { form: at("mau").value }, files, count, { id: rollup, whole: false });
    if (!rollup) open(id);
    if (roster) await sendRoster(roster);
    look();
  } catch (error) { sayProblems(error); }
  at("dang-gui").textContent = "";
});

async function sendRoster(file) {
  roster = file;
  at("ten-danh-sach").textContent = file.name;
  if (!rollup) return;
  const body = new FormData();
  body.append("units", file);
  await ask("PUT", `${path()}/units`, body);
  roster = null;
  look();
}
at("tep-danh-sach").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (file) await sendRoster(file).catch(sayProblems);
  event.target.value = "";
});
at("bo-danh-sach").addEventListener("click", async () => {
  await ask("DELETE", `${path()}/units`).catch(sayProblems);
  look();
});

at("yeu-cau").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!rollup) return say("Thả tệp số liệu của các đơn vị trước.", "warning");
  try { await post(`${path()}/start`, told()); } catch (error) { sayProblems(error); }
  shown = "";
  asking = true;
  look();
});
addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.ctrlKey) return;
  event.preventDefault();
  if (!at("nut").disabled) at("yeu-cau").requestSubmit();
});
// A line of print ends with Enter; it must not send the whole.
at("yeu-cau").addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target.matches("input")) event.preventDefault(); });
at("dung").addEventListener("click", async () => { await post(`${path()}/stop`).catch(sayProblems); look(); });

// ---------------------------------------------------------------- one roll-up
function open(id, push = true) {
  leave();
  rollup = id;
  shown = "";
  if (push) history.pushState({}, "", id ? `?ban=${id}` : location.pathname);
  for (const part of ["moi", "xoa"]) at(part).classList.toggle("hidden", !id);
  for (const part of ["ket-qua", "tien-do", "cac-tep", "bo-danh-sach", "dung"]) at(part).classList.add("hidden");
  at("can-tep").classList.toggle("hidden", Boolean(id));
  at("mau").disabled = Boolean(id);
  if (!id) {
    at("ten-danh-sach").textContent = roster?.name ?? "chưa có";
    list();
  } else at("truoc").classList.add("hidden");
}

/** Show an earlier roll-up with everything that was asked for. */
async function reopen(id, push = true) {
  open(id, push);
  try {
    const state = await get(path());
    at("mau").value = state.form;
    await chooseForm(Object.keys(state.told.head).length ? state.told.head : undefined);
    at("han").value = state.told.due;
    at("theo-nhom").checked = state.told.by_group;
    at("yeu-cau").elements.missing.value = state.told.missing || "mark";
    at("cac-loai").value = state.told.classes.join("\n");
    look();
  } catch (error) { sayProblems(error); }
}

function look() {
  leave();
  leave = follow(path(), (state) => { show(state); return active(state.collect); });
}

function show(state) {
  const step = state.collect, busy = active(step);
  showFiles(state);
  showProgress(at("tien-do"), step, PHASES);
  at("nut").disabled = busy;
  at("dung").classList.toggle("hidden", !busy);
  const result = step?.result;
  at("ket-qua").classList.toggle("hidden", !step || (busy && !result));
  if (!step) return;
  if (asking && !busy) {
    asking = false;
    at("ket-qua").scrollIntoView({ block: "start" });
  }
  showProblems(at("loi"), [...(step.problems ?? []), ...(result?.notes ?? []).filter((note) => note.severity === "error")]);
  conclude(step, result);
  showWho(result);
  const notes = (result?.notes ?? []).filter((note) => note.severity === "warning");
  at("luu-y").classList.toggle("hidden", !notes.length);
  at("luu-y").querySelector("summary").textContent = `${number(notes.length)} lưu ý`;
  showProblems(at("luu-y").querySelector("div"), notes);
  at("tai-ve").replaceChildren(...(busy ? [] : state.formats).map((kind) =>
    make("a", { class: kind === "docx" ? "button main" : "button", href: `${path()}/document?format=${kind}`, download: true }, FORMATS[kind])));
  const whole = busy ? "" : `${JSON.stringify(result?.totals?.length)}${result?.pages}`;
  if (shown !== whole) {
    shown = whole;
    showPages(busy ? 0 : result?.pages ?? 0);
    showTotals(result?.totals ?? []);
  }
}

function showFiles(state) {
  const box = at("cac-tep"), more = state.file_count - state.files.length;
  box.classList.remove("hidden");
  box.querySelector("summary").textContent = `${number(state.file_count)} tệp đã gửi`;
  box.querySelector("ul").replaceChildren(...state.files.map((file) => make("li", {}, file.shown, " ",
    make("button", { type: "button", class: "small", "aria-label": `Bỏ tệp ${file.shown}`, onclick: () => leaveOut(file.name) }, "Bỏ"))),
    ...(more > 0 ? [make("li", {}, `… và ${number(more)} tệp khác`)] : []));
  at("ten-danh-sach").textContent = state.units_file || roster?.name || "chưa có";
  at("bo-danh-sach").classList.toggle("hidden", !state.units_file);
}

async function leaveOut(name) {
  await ask("DELETE", `${path()}/files/${name}`).catch(sayProblems);
  look();
}

function conclude(step, result) {
  const line = at("ket-luan");
  const late = step.state === "stopped" ? "Đã dừng giữa chừng; bấm “Tổng hợp” để làm lại." : "";
  if (step.state === "failed" || late) {
    line.className = late ? "warning" : "problem";
    line.textContent = late || "Chưa cộng được: sửa hoặc bỏ các số liệu dưới đây rồi bấm “Tổng hợp” lại.";
  } else if (result?.units != null) {
    const expected = result.expected ? ` trong ${number(result.expected)} đơn vị phải nộp` : "";
    line.className = result.missing?.length ? "warning" : "good";
    line.textContent = `Đã cộng số liệu của ${number(result.units)} đơn vị${expected}.`;
  }
}

const WHO = [["missing", "Chưa nộp"], ["late", "Nộp muộn"], ["doubled", "Nộp hai lần"]];
function showWho(result) {
  at("ai").replaceChildren(...WHO.filter(([key]) => result?.[key]?.length).map(([key, words]) => make("div", {},
    make("h3", {}, `${words} (${number(result[key].length)})`),
    make("div", { class: "files", tabindex: 0, role: "region", "aria-label": words },
      make("ul", {}, ...result[key].map((name) => make("li", {}, name)))))));
}

function showPages(count) {
  at("cac-trang").classList.toggle("hidden", !count);
  at("cac-trang").querySelector(".pages").replaceChildren(...Array.from({ length: count }, (_, page) => {
    const source = `${path()}/pages/${page + 1}.png?${Date.now()}`;
    return make("a", { href: source, target: "_blank", rel: "noopener" }, make("img", { src: source, loading: "lazy", alt: `Bảng tổng hợp, trang ${page + 1}` }));
  }));
}

// ---------------------------------------------------------------- totals, explained
function showTotals(totals) {
  at("cac-so").classList.toggle("hidden", !totals.length);
  at("giai-thich").classList.add("hidden");
  at("cac-so").querySelector("tbody").replaceChildren(...totals.map((each) => make("tr", { "data-words": plain(`${each.title} ${each.name}`) },
    make("td", {}, each.title),
    make("td", { class: "number" }, make("button", { type: "button", class: "plain", "aria-label": `${each.title}: ${each.value || "từng đơn vị"}, xem cộng từ đâu`, onclick: () => explain(each) }, each.value || "xem")),
    make("td", { class: "number" }, each.gaps ? number(each.gaps) : ""))));
  filter();
}

function filter() {
  const words = plain(at("tim").value).split(/\s+/).filter(Boolean);
  for (const row of at("cac-so").querySelectorAll("tbody tr"))
    row.classList.toggle("hidden", !words.every((word) => row.dataset.words.includes(word)));
}
at("tim").addEventListener("input", filter);

async function explain(total) {
  at("giai-thich").classList.remove("hidden");
  at("ten-so").textContent = total.title;
  const lines = at("giai-thich").querySelector("pre");
  lines.textContent = "Đang tìm…";
  try {
    lines.textContent = (await get(`${path()}/explain?name=${encodeURIComponent(total.name)}`)).lines.join("\n");
    lines.scrollTop = 0;
  } catch (error) {
    lines.textContent = "";
    sayProblems(error);
  }
}

// ---------------------------------------------------------------- earlier ones
at("mau").addEventListener("change", () => chooseForm());
at("moi").addEventListener("click", async () => { open(""); await chooseForm(); });
at("xoa").addEventListener("click", () => forget(rollup));

async function forget(id) {
  if (!confirm("Xóa bản tổng hợp này cùng các tệp đã gửi?")) return;
  try {
    await ask("DELETE", `/api/rollups/${id}`);
    say("Đã xóa bản tổng hợp.");
    open("", id === rollup);
  } catch (error) { sayProblems(error); }
}

const list = () => listEarlier("/api/rollups", "ban", "bản", {
  told: (each) => (each.state === "done" ? `đã cộng ${number(each.units ?? 0)} đơn vị` : STATES[each.state]),
  open: reopen, forget, busy: () => Boolean(rollup),
});

const asked = () => new URLSearchParams(location.search).get("ban") ?? "";
addEventListener("popstate", () => (asked() ? reopen(asked(), false) : open("", false)));
if (asked()) await reopen(asked(), false);
else {
  open("", false);
  const wanted = new URLSearchParams(location.search).get("mau");
  if ([...at("mau").options].some((option) => option.value === wanted)) at("mau").value = wanted;
  await chooseForm();
}
document.body.dataset.ready = "";
