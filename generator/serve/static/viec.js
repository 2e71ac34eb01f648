// Long work on a page: files sent in portions, progress that is followed, lists shown by pages.

import { ask, get, make, sayProblems } from "/static/khung.js";

const MOST_FILES = 400; // in one request
const MOST_BYTES = 60e6;
const EVERY = 700; // milliseconds between two questions
const ROWS = 50;

export const number = (value) => value.toLocaleString("vi-VN");
export const moment = (seconds) => new Date(seconds * 1000).toLocaleString("vi-VN", { dateStyle: "short", timeStyle: "short" });

/** Files in the order a person counts them, in portions that one request can carry. */
function portions(files) {
  const sorted = [...files].sort((a, b) => a.name.localeCompare(b.name, "vi", { numeric: true }));
  const found = [[]];
  let bytes = 0;
  for (const file of sorted) {
    const last = found.at(-1);
    if (last.length && (last.length === MOST_FILES || bytes + file.size > MOST_BYTES)) {
      found.push([]);
      bytes = 0;
    }
    found.at(-1).push(file);
    bytes += file.size;
  }
  return found;
}

/** Send files as a new piece of work, or with those of the work `id`; `told` hears how many are there.
 *  `whole` says whether no others come. Returns the work's id. */
export async function send(path, fields, files, told, { id = "", whole = true } = {}) {
  const parts = portions(files);
  let sent = 0;
  for (const [place, part] of parts.entries()) {
    const body = new FormData();
    if (!id) for (const [name, value] of Object.entries(fields)) body.append(name, value);
    for (const file of part) body.append("files", file);
    body.append("whole", whole && place === parts.length - 1);
    const answer = await ask("POST", id ? `${path}/${id}/files` : path, body);
    id = (await answer.json()).id;
    told(sent += part.length, files.length);
  }
  return id;
}

/** Follow a piece of work: `seen` gets its state again and again, until it returns false. */
export function follow(path, seen) {
  let over = false, timer = 0;
  const look = async () => {
    try {
      const state = await get(path);
      if (over || !seen(state)) return;
    } catch (error) {
      if (over) return;
      sayProblems(error);
      if (error.status === 404) return;
    }
    timer = setTimeout(look, EVERY);
  };
  look();
  return () => { over = true; clearTimeout(timer); };
}

export const active = (step) => step?.state === "running" || step?.state === "waiting";

/** Show how far a step is. */
export function showProgress(box, step, phases) {
  box.classList.toggle("hidden", !active(step));
  if (!active(step)) return;
  const bar = box.querySelector("progress"), words = box.querySelector("[data-words]");
  const phase = step.state === "waiting" ? "Đang chờ việc trước xong" : phases[step.phase] ?? "Đang bắt đầu";
  const many = step.total ? ` ${number(step.done)}/${number(step.total)}` : step.done ? ` ${number(step.done)}` : "";
  words.textContent = `${phase}…${many}${step.failed ? `, ${number(step.failed)} lỗi` : ""}`;
  if (step.total) { bar.max = step.total; bar.value = step.done; } else bar.removeAttribute("value");
}

/** A list that the server gives in pages: rows of a table, and buttons to go on and back. */
export class Pages {
  constructor(box, address, rowsOf, row) {
    Object.assign(this, { box, address, rowsOf, row, from: 0, total: 0 });
    this.back = make("button", { type: "button", onclick: () => this.show(this.from - ROWS) }, "← Trước");
    this.on = make("button", { type: "button", onclick: () => this.show(this.from + ROWS) }, "Tiếp →");
    this.where = make("span", { class: "soft" });
    box.querySelector("[data-pager]").replaceChildren(this.back, this.where, this.on);
  }

  async show(from = this.from) {
    try {
      const answer = await get(`${this.address()}from=${Math.max(0, from)}&most=${ROWS}`);
      const rows = this.rowsOf(answer);
      this.from = answer.from;
      this.box.classList.toggle("hidden", !rows.length && !this.from);
      this.box.querySelector("tbody").replaceChildren(...rows.map(this.row));
      this.where.textContent = ` ${number(this.from + 1)}–${number(this.from + rows.length)}${this.total ? ` trong ${number(this.total)}` : ""} `;
      this.back.disabled = !this.from;
      this.on.disabled = rows.length < ROWS || (this.total > 0 && this.from + ROWS >= this.total);
      this.box.querySelector("[data-pager]").classList.toggle("hidden", this.back.disabled && this.on.disabled);
    } catch (error) {
      sayProblems(error);
    }
  }
}

/** Show the earlier works of an address in their table (pages/truoc.html), unless one is open meanwhile.
 *  `parameter` is what the page's own address names a work by, `word` what a person calls it. */
export async function listEarlier(address, parameter, word, { told, open, forget, busy }) {
  try {
    const all = await get(address), box = document.getElementById("truoc");
    box.classList.toggle("hidden", !all.length || busy());
    box.querySelector("tbody").replaceChildren(...all.map((each) => make("tr", {},
      make("td", {}, moment(each.created)),
      make("td", {}, make("a", { href: `?${parameter}=${each.id}`, onclick: (event) => { event.preventDefault(); open(each.id); } }, each.title)),
      make("td", {}, told(each)),
      make("td", {}, make("button", { type: "button", "aria-label": `Xóa ${word} ${each.title} lúc ${moment(each.created)}`, onclick: () => forget(each.id) }, "Xóa")))));
  } catch (error) { sayProblems(error); }
}

/** A row of a table: texts as cells. */
export const cells = (...texts) => make("tr", {}, ...texts.map((text) => make("td", {}, text)));

/** A problem as a row: how grave, unit, place, field, what is wrong, what to do. */
export function problemRow(problem) {
  const bad = problem.severity === "error";
  const place = problem.cell ? `${problem.sheet ? `${problem.sheet}!` : ""}${problem.cell}` : problem.at;
  return make("tr", {},
    make("td", {}, make("span", { class: bad ? "problem" : "warning" }, bad ? "Lỗi" : "Lưu ý")),
    ...[problem.unit, place, problem.field, problem.message, problem.hint].map((text) => make("td", {}, text)));
}

/** Problems of the work as a whole, as sentences. */
export function showProblems(box, problems) {
  box.replaceChildren(...(problems ?? []).map((problem) => make("p", { class: problem.severity === "warning" ? "warning" : "problem" },
    [problem.file, problem.at, problem.message].filter(Boolean).join(": ") + (problem.hint ? ` – ${problem.hint}` : ""))));
}
