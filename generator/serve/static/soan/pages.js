// The pages beside the form: asked for after a pause in typing, one request at a time, and drawn
// anew only where they changed. A click on a value leads to its field; a field in use is marked.

import { ask, sayProblems } from "../khung.js";
import { Sheets } from "../trang.js";

const PAUSE = 130; // ms without typing
const QUIET = 900; // ms before the findings of the standard are asked for
const LATE = 1500; // ms after which an answer that nobody waits for is let go

export class Pages extends Sheets {
  /** `shown` is given every answer; `picked` the path of a value that was clicked. */
  constructor(root, form, { shown, picked }) {
    super(root, {
      title: "Bấm để sửa",
      picked: ({ path }) => picked(path),
      lit: ({ path }) => Boolean(this.path) && (path === this.path || inside(path, this.path) || inside(this.path, path)),
    });
    Object.assign(this, { form, shown });
  }

  /** Ask for the pages of a record, soon. */
  ask(record, pause = PAUSE) {
    this.wanted = record;
    clearTimeout(this.soon);
    clearTimeout(this.quiet);
    this.checking?.abort(); // its pages would be older than those to come
    this.soon = setTimeout(() => this.#next(), pause);
  }

  async #next() {
    if (this.flight) {
      if (performance.now() - this.flight.since < LATE) return; // its end asks again
      this.flight.abort.abort();
    }
    const flight = { since: performance.now(), abort: new AbortController(), record: this.wanted };
    this.flight = flight;
    this.wanted = null;
    this.root.setAttribute("aria-busy", "true");
    try {
      await this.#fetch(flight.record, false, flight.abort.signal);
    } catch (error) {
      // What is wrong with the record is told in the list; that nobody answers, by the draft's state.
      if (error.status === 422) this.shown({ problems: error.problems, failed: true });
      else if (error.status !== 0) sayProblems(error);
    }
    if (this.flight !== flight) return;
    this.flight = null;
    this.root.setAttribute("aria-busy", "false");
    if (this.wanted) this.#next();
    else this.quiet = setTimeout(() => this.#findings(flight.record), QUIET);
  }

  async #fetch(record, conformity, signal) {
    const answer = await ask("POST", `/api/forms/${this.form}/pages?conformity=${conformity}`, { record }, { signal });
    const told = await answer.json();
    await this.draw(told);
    this.shown(told);
  }

  /** The findings take longer than the pages, and change seldom: asked for when all is quiet. */
  async #findings(record) {
    this.checking = new AbortController();
    try {
      await this.#fetch(record, true, this.checking.signal);
    } catch {
      // The pages are there; the findings come with the next change.
    }
  }

  /** Mark where a field is printed, and show the place. */
  mark(path) {
    this.path = path;
    this.light();
    this.reveal();
  }
}

const inside = (path, outer) => path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
