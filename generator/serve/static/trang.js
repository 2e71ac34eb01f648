// Pages as print would show them, with areas that lead somewhere: fetched by digest, drawn anew only
// where they changed, zoomed.

import { make } from "./khung.js";

const STEPS = [0.5, 0.67, 0.8, 1, 1.25, 1.5, 2];
const MM = 96 / 25.4; // CSS pixels

export class Sheets {
  /** `picked` hears of an area that was clicked, `title` says what comes of it; `lit` tells whether
   *  an area is marked. */
  constructor(root, { picked, title, lit }) {
    Object.assign(this, { root, pickedArea: picked, title, lit });
    this.host = root.querySelector(".sheets");
    this.zoom = 0; // 0: as wide as the room
    this.sheets = [];
    root.querySelector("[data-zoom=in]").addEventListener("click", () => this.#step(1));
    root.querySelector("[data-zoom=out]").addEventListener("click", () => this.#step(-1));
    root.querySelector("[data-zoom=fit]").addEventListener("click", () => this.#zoomTo(0));
    new ResizeObserver(() => this.#size()).observe(this.host);
  }

  async draw({ pages, areas }) {
    const loads = [];
    while (this.sheets.length > pages.length) this.sheets.pop().element.remove();
    for (const [index, page] of pages.entries()) {
      this.sheets[index] ??= this.#sheet(index);
      const sheet = this.sheets[index];
      if (page.file) sheet.element.dataset.file = page.file;
      if (sheet.digest === page.digest) continue;
      Object.assign(sheet, { digest: page.digest, width: page.width, height: page.height });
      loads.push(change(sheet));
    }
    for (const [index, sheet] of this.sheets.entries()) sheet.image.alt = `Trang ${index + 1} trên ${pages.length}`;
    this.root.querySelector(".count").textContent = pages.length === 1 ? "1 trang" : `${pages.length} trang`;
    this.#size();
    // What can be seen first: the rest follows while it is looked at.
    await Promise.race([Promise.all(loads), new Promise((done) => { setTimeout(done, 2000); })]);
    this.#place(areas);
  }

  #sheet(index) {
    const image = make("img", { class: "page", draggable: "false" });
    const layer = make("div", { class: "areas", "aria-hidden": "true" });
    const element = make("div", { class: "sheet" }, image, layer);
    this.host.append(element);
    layer.addEventListener("click", (event) => { if (event.target.area) this.pickedArea(event.target.area); });
    return { element, image, layer, index, digest: "" };
  }

  #place(areas) {
    for (const [index, sheet] of this.sheets.entries()) {
      const own = areas.filter((area) => area.page === index + 1);
      const placed = JSON.stringify(own);
      if (sheet.placed === placed) continue; // one that is being clicked stays
      sheet.placed = placed;
      sheet.layer.replaceChildren(...own.map((area) => {
        const spot = make("div", { class: "area", "data-path": area.path, title: this.title });
        const part = (length, of) => `${(100 * length) / of}%`;
        spot.area = area;
        spot.style.left = part(area.x, sheet.width);
        spot.style.top = part(area.y, sheet.height);
        spot.style.width = part(area.width, sheet.width);
        spot.style.height = part(area.height, sheet.height);
        return spot;
      }));
    }
    this.light();
  }

  /** Mark what is to be marked now. */
  light() {
    for (const spot of this.host.querySelectorAll(".area")) spot.classList.toggle("on", this.lit(spot.area));
  }

  /** Show the first marked place. */
  reveal() {
    const spot = this.host.querySelector(".area.on");
    if (!spot) return;
    const box = spot.getBoundingClientRect();
    const room = this.host.getBoundingClientRect();
    if (box.top < room.top || box.bottom > room.bottom) this.host.scrollBy({ top: box.top - room.top - room.height / 3 });
  }

  // ---------------------------------------------------------------- zoom
  #scale(sheet) {
    if (this.zoom) return this.zoom;
    return Math.min(1.6, (this.host.clientWidth - 24) / (sheet.width * MM));
  }

  #step(by) {
    if (!this.sheets.length) return;
    const now = this.#scale(this.sheets[0]);
    const next = by > 0 ? STEPS.find((step) => step > now + 0.01) : STEPS.findLast((step) => step < now - 0.01);
    this.#zoomTo(next ?? this.zoom);
  }

  #zoomTo(zoom) {
    this.zoom = zoom;
    this.#size();
  }

  #size() {
    for (const sheet of this.sheets) {
      const scale = this.#scale(sheet);
      sheet.element.style.width = `${sheet.width * MM * scale}px`;
      sheet.element.style.aspectRatio = `${sheet.width} / ${sheet.height}`;
    }
    if (this.sheets.length) {
      const percent = `${Math.round(100 * this.#scale(this.sheets[0]))} %`;
      this.root.querySelector(".percent").textContent = this.zoom ? percent : `vừa khung (${percent})`;
    }
  }
}

/** Show a page's new picture once it is ready, so that nothing flickers. */
async function change(sheet) {
  const { digest } = sheet;
  const ready = new Image();
  ready.src = `/api/pages/${digest}`;
  try {
    await ready.decode();
  } catch {
    return; // gone from the server meanwhile: the next pages bring it
  }
  if (sheet.digest === digest) sheet.image.src = ready.src;
}
