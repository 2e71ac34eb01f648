// The draft under way: kept in this browser with every change, on the server soon after. Revisions
// tell when another tab has changed it meanwhile; then the clerk decides.

import { ask, get, post, Problems, say } from "../khung.js";
import { choose } from "./ask.js";
import { copy } from "./record.js";

const PAUSE = 700; // ms without typing before the server is sent the draft
const AGAIN = 4000; // ms before trying again when it does not answer

export class Draft {
  /** `taken` is given a record that replaces the one on the page; `told` what to show of the state. */
  constructor({ form, account, taken, told }) {
    Object.assign(this, { form, account, taken, told });
    this.id = new URLSearchParams(location.search).get("nhap") ?? "";
    this.revision = 0;
    this.dirty = false;
    this.sending = null;
    addEventListener("pagehide", () => this.keepHere());
    document.addEventListener("visibilitychange", () => { if (document.hidden && this.dirty) this.save(); });
  }

  get #here() { return `vanban:${this.account}:${this.id ? `nhap:${this.id}` : `moi:${this.form}`}`; }

  /** Return the record to begin with; `start` is that of a new draft. */
  async begin(start) {
    let record = start;
    if (this.id) {
      try {
        const kept = await get(`/api/drafts/${this.id}`);
        if (kept.form !== this.form) location.replace(`/soan/${kept.form}?nhap=${this.id}`);
        this.revision = kept.revision;
        record = kept.record;
      } catch (error) {
        if (!(error instanceof Problems) || error.status !== 404) throw error;
        say("Bản nháp này đã xóa. Đây là bản nháp mới.", "warning");
        this.#become("", 0);
      }
    }
    return (await this.#restored(record)) ?? record;
  }

  /** Return what this browser kept that the server never got. */
  async #restored(record) {
    const left = this.#left();
    if (!left) return null;
    if (left.revision !== this.revision) {
      const text = "Trình duyệt còn giữ những chỗ sửa chưa lưu được, nhưng bản nháp trên máy chủ đã được sửa sau đó.";
      const answer = await choose("Có hai bản khác nhau", text, [["server", "Dùng bản trên máy chủ"], ["mine", "Giữ chỗ sửa của tôi thành bản nháp riêng"]]);
      localStorage.removeItem(this.#here);
      if (answer !== "mine") return null;
      this.#become("", 0);
    } else if (!this.id) {
      const answer = await choose("Còn một bản đang soạn dở", `Lần trước chưa kịp lưu (${new Date(left.at).toLocaleString("vi-VN")}).`, [["yes", "Soạn tiếp"], ["no", "Bỏ, bắt đầu bản mới"]]);
      if (answer === "no") {
        localStorage.removeItem(this.#here);
        return null;
      }
    } else if (JSON.stringify(left.record) === JSON.stringify(record)) {
      localStorage.removeItem(this.#here);
      return null;
    } else say("Đã lấy lại những chỗ sửa lần trước chưa kịp lưu.");
    this.changed(left.record);
    return left.record;
  }

  #left() {
    try {
      return JSON.parse(localStorage.getItem(this.#here));
    } catch {
      return null;
    }
  }

  #become(id, revision) {
    localStorage.removeItem(this.#here);
    Object.assign(this, { id, revision });
    const address = new URL(location.href);
    if (id) address.searchParams.set("nhap", id);
    else address.searchParams.delete("nhap");
    history.replaceState(null, "", address);
  }

  /** Take note of a changed record. */
  changed(record) {
    this.record = record;
    this.dirty = true;
    this.told("đang sửa…");
    clearTimeout(this.soon);
    clearTimeout(this.here);
    this.here = setTimeout(() => this.keepHere(), 150);
    this.soon = setTimeout(() => this.save(), PAUSE);
  }

  /** Keep in this browser what the server does not have yet. */
  keepHere() {
    if (!this.dirty) return;
    try {
      localStorage.setItem(this.#here, JSON.stringify({ revision: this.revision, record: this.record, at: Date.now() }));
    } catch {
      // More than a browser holds, with pictures for one: the server has it soon.
    }
  }

  /** Send the draft to the server, once at a time; resolves when it is there, or cannot be. */
  async save() {
    clearTimeout(this.soon);
    while (this.sending) await this.sending;
    if (!this.dirty) return;
    this.sending = this.#send();
    await this.sending;
    this.sending = null;
  }

  async #send() {
    const record = copy(this.record);
    this.dirty = false;
    try {
      const { id, revision } = this.id
        ? await (await ask("PUT", `/api/drafts/${this.id}`, { revision: this.revision, record })).json()
        : await post("/api/drafts", { form: this.form, record });
      if (id !== this.id) this.#become(id, revision);
      this.revision = revision;
      if (this.dirty) this.keepHere();
      else localStorage.removeItem(this.#here);
      this.told(`đã lưu nháp lúc ${new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" })}`);
    } catch (error) {
      this.dirty = true;
      this.keepHere();
      if (error.status === 409) await this.#decide();
      else if (error.status === 404 && this.id) {
        this.#become("", 0);
        this.soon = setTimeout(() => this.save(), 0);
      } else {
        const why = error.problems?.[0]?.message ?? "lỗi ngoài dự kiến";
        this.told(`chưa lưu được (${why}), tạm giữ trong trình duyệt; sẽ thử lại`, "warning");
        this.soon = setTimeout(() => this.save(), AGAIN);
      }
    }
  }

  /** Another tab has changed the draft: ask which of the two is to be gone on with. */
  async #decide() {
    const text = "Bản nháp này vừa được sửa ở tab khác.";
    const answer = await choose("Bản nháp đã đổi", text, [["other", "Lấy bản vừa sửa ở tab kia"], ["mine", "Giữ bản đang sửa thành bản nháp riêng"]]);
    if (answer === "mine") {
      this.#become("", 0);
      this.soon = setTimeout(() => this.save(), 0);
      return;
    }
    const kept = await get(`/api/drafts/${this.id}`);
    this.dirty = false;
    localStorage.removeItem(this.#here);
    this.revision = kept.revision;
    this.told("đã lấy bản ở tab kia");
    this.taken(kept.record);
  }

  /** Leave the draft as it is: what comes now is a new one. */
  detach() {
    clearTimeout(this.soon);
    this.dirty = false;
    this.#become("", 0);
  }

  /** Forget the draft, here and on the server. */
  async forget() {
    clearTimeout(this.soon);
    this.dirty = false;
    if (this.id) await ask("DELETE", `/api/drafts/${this.id}`);
    this.#become("", 0);
  }
}
