// What is wrong, beside its field and in one list. What is only not filled in yet is told beside a
// field once the clerk has been there, and in the list always.

import { make } from "../khung.js";
import { fresh } from "./fields.js";
import { pathText, readPath } from "./record.js";

const STILL_TYPING = 1200; // ms in which what is half typed is not told as wrong

export class ProblemList {
  /** `fields` holds the form; `root` the list; `go` leads to the field of a path. */
  constructor(fields, root, { record, go }) {
    Object.assign(this, { fields, root, record, go });
    this.visited = new Set();
    this.insist = false;
    this.problems = null; // until the first answer
    fields.addEventListener("input", (event) => {
      this.typing = event.target;
      clearTimeout(this.rest);
      this.rest = setTimeout(() => this.#typed(), STILL_TYPING);
    });
    fields.addEventListener("focusout", (event) => {
      const path = event.target.closest("[data-path]")?.dataset.path;
      if (path) this.visited.add(path);
      this.#typed();
    });
    // What appears or goes under a pressed button takes the click away from what it was meant for.
    addEventListener("pointerdown", () => { this.pressed = true; }, true);
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(() => this.#released()), true);
  }

  show(problems) {
    this.problems = problems;
    this.#calmly();
  }

  /** Say nothing until the next answer: the record is another one. */
  forget() {
    this.problems = null;
    this.root.className = "problems";
    this.root.querySelector("summary").textContent = "Đang xem lại…";
    this.root.querySelector("ul").replaceChildren();
  }

  #typed() {
    clearTimeout(this.rest);
    this.typing = null;
    this.#calmly();
  }

  #calmly() {
    if (this.pressed) this.late = true;
    else this.draw();
  }

  #released() {
    this.pressed = false;
    if (this.late) this.draw();
  }

  /** From now on what is missing is told beside every field. */
  insistOnAll() {
    this.insist = true;
    this.draw();
    this.root.open = true;
  }

  draw() {
    this.late = false;
    this.#clear();
    if (!this.problems) return;
    const missing = new Set(this.problems.filter((each) => this.#isMissing(each)));
    for (const problem of this.problems) {
      const spot = this.spot(problem.path);
      if (spot && !spot.contains(this.typing) && (this.insist || !missing.has(problem) || this.visited.has(problem.path))) beside(spot, problem);
    }
    this.#list([...missing]);
  }

  /** Whether a problem is that nothing is there yet. */
  #isMissing(problem) {
    const value = this.record.get(readPath(problem.path));
    const empty = value == null || value === "" || (Array.isArray(value) && !value.length);
    return problem.severity === "error" && problem.path !== "$" && empty;
  }

  /** The element of a path, or of the nearest group that holds it. */
  spot(path) {
    for (let at = path; at.length > 1; at = outer(at)) {
      const found = this.fields.querySelector(`[data-path="${CSS.escape(at)}"]`);
      if (found) return found;
    }
    return null;
  }

  #clear() {
    for (const told of this.fields.querySelectorAll("p.problem, p.warning")) told.remove();
    for (const box of this.fields.querySelectorAll("[data-note]")) {
      if (box.dataset.note) box.setAttribute("aria-describedby", box.dataset.note);
      else box.removeAttribute("aria-describedby");
      box.removeAttribute("aria-invalid");
      delete box.dataset.note;
    }
  }

  #list(missing) {
    const errors = this.problems.filter((each) => each.severity === "error" && !missing.includes(each));
    const warnings = this.problems.filter((each) => each.severity !== "error");
    const counts = [
      errors.length && `${errors.length} chỗ sai`, missing.length && `${missing.length} chỗ chưa điền`,
      warnings.length && `${warnings.length} lưu ý`,
    ].filter(Boolean);
    this.root.className = `problems ${errors.length ? "bad" : missing.length || warnings.length ? "open-ended" : "fine"}`;
    this.root.querySelector("summary").textContent = counts.length ? `Còn ${counts.join(", ")}` : "Đã đủ, không có lỗi";
    this.root.querySelector("ul").replaceChildren(...[...errors, ...missing, ...warnings].map((problem) =>
      make("li", { class: problem.severity === "error" ? "" : "soft" },
        make("a", { href: "#", onclick: (event) => { event.preventDefault(); this.go(problem.path); } }, words(problem, true)))));
  }
}

const outer = (path) => pathText(readPath(path).slice(0, -1));

/** A problem's sentence and its remedy; keys of data files mean boxes here. */
export function words(problem, withPlace = false) {
  const hint = /^thêm khóa/.test(problem.hint) ? "" : problem.hint;
  const place = withPlace && problem.field && !problem.message.includes(problem.field) ? `${problem.field}: ` : "";
  const message = problem.message.charAt(0).toUpperCase() + problem.message.slice(1);
  return `${place}${message}${hint ? ` – ${hint}` : ""}`;
}

function beside(spot, problem) {
  const told = make("p", { class: problem.severity === "error" ? "problem" : "warning", id: fresh() }, words(problem));
  spot.append(told);
  const box = spot.querySelector("input:not(.calendar), select, textarea");
  if (!box) return;
  box.dataset.note ??= box.getAttribute("aria-describedby") ?? "";
  box.setAttribute("aria-describedby", `${told.id} ${box.getAttribute("aria-describedby") ?? ""}`.trim());
  if (problem.severity === "error" && !spot.matches("fieldset")) box.setAttribute("aria-invalid", "true");
}
