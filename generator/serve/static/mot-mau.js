// One form for those who look after it: its template beside a document, what is wrong with pictures
// of the places, data to try. Everything is shown anew when a file of the form is saved.

import { ask, get, make, sentence } from "./khung.js";
import { Sheets } from "./trang.js";

const at = (id) => document.getElementById(id);
const desk = document.querySelector(".desk");
const form = `/api/forms/${desk.dataset.form}`;
const [templatePaper, documentPaper] = desk.querySelectorAll(".paper");
const MM = 2.4; // pixels of a picture of a place
const MOST_PICTURES = 3; // of findings that say the same
const WORDS = { error: "Lỗi", warning: "Cảnh báo", note: "Lưu ý" };

let stamp = "";
let template = { pages: [], areas: [] };
let marked = new Set(); // findings whose places are marked
let sample = "";

const templates = new Sheets(templatePaper, {
  title: "Xem phát hiện ở chỗ này",
  picked: ({ findings }) => mark(new Set(findings), true),
  lit: ({ findings }) => findings.some((number) => marked.has(number)),
});
const documents = new Sheets(documentPaper, {
  title: "Xem trường in ở đây trong dữ liệu thử",
  picked: ({ path }) => { tab("thu"); select(path); },
  lit: () => false,
});

// ---------------------------------------------------------------- everything, again and again
let latest = 0;

async function refresh() {
  const number = ++latest;
  const goes = () => number === latest;
  at("loi-mau").replaceChildren();
  try {
    const told = await get(`${form}/template`);
    if (!goes()) return;
    stamp = told.stamp;
    template = { pages: told.pages, areas: [] };
    const changed = sample !== told.sample;
    if (at("du-lieu").value === sample) at("du-lieu").value = told.sample;
    sample = told.sample;
    legend(told.legend);
    await templates.draw(template);
    if (changed || number > 1) await tryData(goes);
  } catch (error) {
    if (goes()) wrong(at("loi-mau"), error);
  }
  try {
    const told = await get(`${form}/lint`);
    if (!goes()) return;
    stamp = told.stamp;
    await showFindings(told);
  } catch (error) {
    if (goes()) wrong(at("loi-mau"), error);
  }
}

function wrong(box, error) {
  const problems = error.problems ?? [{ message: String(error) }];
  box.append(...problems.map((problem) => make(box.tagName === "UL" ? "li" : "p", { class: "problem" },
    [problem.file, problem.at, sentence(problem)].filter(Boolean).join(": "))));
}

function legend(colours) {
  at("chu-giai").replaceChildren(...colours.map(({ colour, words }) => {
    const entry = make("span", { class: "colour", role: "listitem" }, words);
    entry.style.background = colour;
    return entry;
  }));
}

// ---------------------------------------------------------------- findings
async function showFindings({ verdict, report, sheets }) {
  at("ket-luan").textContent = verdict;
  at("ket-luan").className = !report.dat ? "problem" : report.so_canh_bao ? "warning" : "good";
  const groups = grouped(report.ket_qua);
  const notes = groups.filter(([first]) => first.finding.muc_do === "note");
  const others = groups.filter(([first]) => first.finding.muc_do !== "note");
  const shown = (entries) => entries.map((entry) => element(entry, sheets));
  at("phat-hien").querySelector(":scope > ol").replaceChildren(...shown(others));
  at("luu-y").querySelector("ol").replaceChildren(...shown(notes));
  at("luu-y").querySelector("summary").textContent = `Lưu ý, không cần sửa: ${notes.length}`;
  at("luu-y").classList.toggle("hidden", !notes.length);
  marked = new Set();
  template = withPlaces(template, sheets);
  await templates.draw(template);
}

/** The pages of the template and its blocks, with the places of findings on them. */
function withPlaces({ pages }, sheets) {
  const shown = [...pages], areas = [];
  for (const sheet of sheets) {
    const first = pages.findIndex((page) => page.file === sheet.name);
    if (first < 0) continue;
    for (const [index, page] of sheet.pages.entries()) if (shown[first + index]?.file === sheet.name) shown[first + index] = { ...page, file: sheet.name };
    areas.push(...sheet.areas.map((area) => ({ ...area, page: first + area.page })));
  }
  return { pages: shown, areas };
}

/** Findings that say the same stand together. */
function grouped(findings) {
  const groups = new Map();
  for (const [number, finding] of findings.entries()) {
    const key = JSON.stringify([finding.id, finding.noi_dung, finding.cach_sua]);
    groups.set(key, [...(groups.get(key) ?? []), { number, finding }]);
  }
  return [...groups.values()];
}

function element(entries, sheets) {
  const { finding } = entries[0];
  const numbers = new Set(entries.map(({ number }) => number));
  const more = entries.length - MOST_PICTURES;
  const box = make("li", { class: finding.muc_do },
    make("b", {}, `${WORDS[finding.muc_do]}: `), finding.noi_dung,
    finding.cach_sua ? make("div", { class: "soft" }, `${finding.muc_do === "note" ? "Nên làm" : "Cách sửa"}: ${finding.cach_sua}`) : null,
    ...entries.slice(0, MOST_PICTURES).flatMap(({ number, finding: one }) => [make("div", { class: "soft" }, `Ở ${place(one)}`), picture(number, sheets)]),
    more > 0 ? make("div", { class: "soft" }, `và ${more} chỗ khác`) : null,
    make("div", { class: "soft" }, `(${finding.id})`));
  box.numbers = numbers;
  if (entries.some(({ number }) => onTemplate(sheets, number))) {
    box.append(make("button", { type: "button", class: "go", onclick: () => mark(numbers) }, "Xem trên mẫu"));
  }
  return box;
}

const onTemplate = (sheets, number) => withPlaces(template, sheets).areas.some(({ findings }) => findings.includes(number));

function place(finding) {
  return [finding.tep, finding.phan === "word/document.xml" ? "" : finding.phan, finding.vi_tri,
    finding.doan ? `đoạn ${finding.doan}` : "", finding.the ? `thẻ ${finding.the}` : "",
    finding.trich && finding.trich !== finding.the ? `“${finding.trich}”` : ""].filter(Boolean).join(", ");
}

/** A picture of the page around the place of a finding. */
function picture(number, sheets) {
  for (const sheet of sheets) {
    const area = sheet.areas.find(({ findings }) => findings.includes(number));
    if (!area) continue;
    const page = sheet.pages[area.page - 1];
    const image = make("img", { src: `/api/pages/${page.digest}`, alt: `Chỗ của phát hiện trên ${sheet.name}, trang ${area.page}`, loading: "lazy" });
    const spot = make("span", { class: "spot" });
    const middle = { x: (area.x + area.width / 2) * MM, y: (area.y + area.height / 2) * MM };
    const put = (each, left, top, width, height) => Object.assign(each.style, {
      left: `calc(50% - ${left}px)`, top: `calc(50% - ${top}px)`, width: `${width}px`, height: `${height}px`,
    });
    put(image, middle.x, middle.y, page.width * MM, page.height * MM);
    put(spot, (area.width * MM) / 2 + 2, (area.height * MM) / 2 + 2, area.width * MM + 4, area.height * MM + 4);
    return make("div", { class: "crop" }, image, spot);
  }
  return null;
}

function mark(numbers, fromPage = false) {
  marked = numbers;
  templates.light();
  if (!fromPage) { paper("mau"); templates.reveal(); }
  for (const box of desk.querySelectorAll(".found > li")) {
    const on = [...numbers].some((number) => box.numbers.has(number));
    box.classList.toggle("on", on);
    if (on && fromPage) {
      tab("phat-hien");
      const folded = box.closest("details");
      if (folded) folded.open = true;
      box.scrollIntoView({ block: "nearest" });
    }
  }
}

// ---------------------------------------------------------------- data to try
async function tryData(goes = () => true) {
  const list = at("loi-thu");
  documentPaper.setAttribute("aria-busy", "true");
  try {
    const answer = await ask("POST", `${form}/try`, at("du-lieu").value);
    const told = await answer.json();
    if (!goes()) return;
    list.replaceChildren(...told.problems.map((problem) =>
      make("li", { class: problem.severity === "error" ? "problem" : "warning" }, [problem.path, sentence(problem)].filter(Boolean).join(": "))));
    if (!told.problems.length) list.append(make("li", { class: "good" }, `Dữ liệu hợp lệ${conformity(told.conformity)}.`));
    notice("");
    await documents.draw(told);
  } catch (error) {
    if (!goes()) return;
    list.replaceChildren();
    wrong(list, error);
    const said = sentence((error.problems ?? [{ message: String(error) }])[0]).replace(/[.?]$/, "");
    notice(`Không in được: ${said}.${documents.sheets.length ? " Các trang dưới đây là của lần trước." : ""}`);
  }
  documentPaper.setAttribute("aria-busy", "false");
}

function notice(text) {
  const line = documentPaper.querySelector(".notice");
  line.textContent = text;
  line.classList.toggle("hidden", !text);
}

const conformity = (report) => (!report ? "" : report.dat ? "; thể thức đạt" : `; thể thức chưa đạt: ${report.so_loi} lỗi`);

/** Select a field's name in the data, as far down its path as the text has it. */
function select(path) {
  const box = at("du-lieu");
  let from = 0, found = null;
  for (const key of path.match(/[^.[\]$]+/g) ?? []) {
    if (/^\d+$/.test(key)) continue;
    const next = box.value.indexOf(`"${key}"`, from);
    if (next < 0) break;
    found = [next, next + key.length + 2];
    from = next;
  }
  box.focus();
  if (found) box.setSelectionRange(...found);
}

at("thu").querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  paper("van-ban");
  tryData();
});
at("du-lieu").addEventListener("keydown", (event) => {
  if (event.ctrlKey && event.key === "Enter") at("thu").querySelector("form").requestSubmit();
});
at("vi-du").addEventListener("click", () => {
  at("du-lieu").value = sample;
  tryData();
});

// ---------------------------------------------------------------- what is looked at
function tab(name) {
  for (const button of desk.querySelectorAll("[data-tab]")) {
    const on = button.dataset.tab === name;
    button.setAttribute("aria-pressed", on);
    at(button.dataset.tab).classList.toggle("hidden", !on);
  }
}

function paper(name) {
  desk.querySelector(".papers").dataset.paper = name;
  for (const button of desk.querySelectorAll("button[data-paper]")) button.setAttribute("aria-pressed", button.dataset.paper === name);
}

for (const button of desk.querySelectorAll("[data-tab]")) button.addEventListener("click", () => tab(button.dataset.tab));
for (const button of desk.querySelectorAll("button[data-paper]")) button.addEventListener("click", () => paper(button.dataset.paper));

// ---------------------------------------------------------------- files that change
await refresh();
const watching = new EventSource(`${form}/changes?since=${encodeURIComponent(stamp)}`);
const state = at("theo-doi");
watching.addEventListener("open", () => { state.textContent = "tự xem lại khi tệp của mẫu được lưu"; });
watching.addEventListener("error", () => { state.textContent = "mất liên lạc, đang nối lại…"; });
watching.addEventListener("message", async ({ data }) => {
  if (data === stamp) return;
  state.textContent = "tệp vừa đổi, đang xem lại…";
  stamp = data;
  await refresh();
  state.textContent = `đã xem lại lúc ${new Date().toLocaleTimeString("vi-VN")}`;
});
