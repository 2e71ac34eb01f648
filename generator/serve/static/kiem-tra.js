// The desk of checks: a document dropped, its findings beside its pages, a mended copy.

import { ask, get, make, post, save, say, sayProblems, sentence, takesFiles } from "./khung.js";
import { item } from "./soan/findings.js";
import { Sheets } from "./trang.js";

const at = (id) => document.getElementById(id);
const desk = document.querySelector(".desk");
const paper = desk.querySelector(".paper");
const OUTCOMES = {
  da_sua: "Đã sửa", can_dong_y: "Chưa sửa, cần đồng ý", sua_tay: "Phải sửa tay",
  khong_theo_doi_duoc: "Chưa sửa: Word không theo dõi được loại thay đổi này (bỏ chọn Track Changes để sửa)",
};

let file = null; // the file that was dropped, to be checked again by other rules
let check = ""; // the server's name of it
let versions = {}; // what the check found: of the document as it came, and of the mended copy
let version = "original";
let agreed = new Set(); // rules whose mends were agreed to
let marked = -1; // the finding that was chosen

const sheets = new Sheets(paper, {
  title: "Xem phát hiện ở chỗ này",
  picked: ({ findings }) => choose(findings[(findings.indexOf(marked) + 1) % findings.length], true),
  lit: ({ findings }) => findings.includes(marked),
});

// ---------------------------------------------------------------- a document comes in
takesFiles(document.body.querySelector("main"), ([first]) => open(first));
at("quy-dinh").addEventListener("change", () => file && open(file));
at("van-ban-khac").addEventListener("click", () => {
  forget();
  desk.dataset.state = "empty";
  at("tep").focus();
});

function forget() {
  if (check) ask("DELETE", `/api/checks/${check}`).catch(() => {}); // the server forgets it by itself, later
  file = null;
  check = "";
}

async function open(given) {
  forget();
  const body = new FormData();
  body.append("file", given);
  body.append("profile", at("quy-dinh").value);
  at("khong-duoc").replaceChildren();
  at("dang-lam").textContent = `Đang kiểm tra ${given.name}…`;
  try {
    const found = await post("/api/checks", body);
    file = given;
    check = found.id;
    versions = { original: found };
    agreed = new Set();
    at("da-sua").classList.add("hidden");
    desk.dataset.state = "checked";
    await show("original");
    at("ten-tep").focus();
  } catch (error) {
    file = given; // by other rules it may be checked yet
    desk.dataset.state = "empty";
    at("khong-duoc").replaceChildren(...(error.problems ?? [{ message: String(error) }])
      .map((problem) => make("p", { class: "problem" }, [problem.file, sentence(problem)].filter(Boolean).join(": "))));
  }
  at("dang-lam").textContent = "";
}

// ---------------------------------------------------------------- what was found
async function show(which) {
  version = which;
  const found = versions[which];
  const { report } = found;
  marked = -1;
  at("ten-tep").textContent = found.name;
  at("ket-luan").className = report.ngoai_pham_vi ? "warning" : report.dat ? "good" : "problem";
  at("ket-luan").textContent = report.ngoai_pham_vi ? `Ngoài phạm vi: ${report.ngoai_pham_vi}.`
    : `${which === "mended" ? "Bản đã sửa: " : ""}${found.verdict} Kiểm tra theo ${found.profile.name}.`;
  at("phat-hien-ten").textContent = report.ket_qua.length ? `${which === "mended" ? "Còn lại" : "Phát hiện"}: ${report.ket_qua.length}` : "";
  at("phat-hien").replaceChildren(...report.ket_qua.map(entry));
  showMends(found);
  for (const button of paper.querySelectorAll("[data-version]")) button.setAttribute("aria-pressed", button.dataset.version === which);
  paper.querySelector(".versions").classList.toggle("hidden", !versions.mended);
  await showPages();
}

function entry(finding, number) {
  const element = item(finding);
  element.dataset.number = number;
  element.append(make("button", { type: "button", class: "go", "aria-label": `Xem chỗ của phát hiện ${number + 1}` }, "Xem chỗ"));
  element.addEventListener("click", () => choose(number));
  return element;
}

async function showPages() {
  const asked = [check, version];
  const notice = paper.querySelector(".notice");
  paper.setAttribute("aria-busy", "true");
  try {
    const told = await get(`/api/checks/${check}/pages?version=${version}`);
    if (asked[0] !== check || asked[1] !== version) return;
    notice.textContent = told.said.join(" ");
    await sheets.draw(told);
  } catch (error) {
    notice.textContent = `Không vẽ được các trang: ${error.message}`;
    await sheets.draw({ pages: [], areas: [] });
  }
  notice.classList.toggle("hidden", !notice.textContent);
  paper.setAttribute("aria-busy", "false");
}

/** Mark a finding in the list and on the pages. */
function choose(number, fromPage = false) {
  marked = number;
  for (const element of at("phat-hien").children) {
    const on = Number(element.dataset.number) === number;
    element.classList.toggle("on", on);
    if (on && fromPage) element.scrollIntoView({ block: "nearest" });
  }
  sheets.light();
  if (!fromPage) sheets.reveal();
}

for (const button of paper.querySelectorAll("[data-version]")) {
  button.addEventListener("click", () => show(button.dataset.version));
}

// ---------------------------------------------------------------- mending
function showMends({ mends, report }) {
  const certain = mends.filter((mend) => !mend.asks);
  const asking = mends.filter((mend) => mend.asks);
  const done = version === "mended";
  at("chac-chan").replaceChildren(...(certain.length && !done ? [
    make("p", {}, "Sửa chắc chắn, không đổi lời văn:"),
    make("ul", {}, ...certain.map((mend) => make("li", {}, kind(mend, report)))),
  ] : []));
  at("can-hoi").classList.toggle("hidden", !asking.length);
  at("can-hoi").querySelector(".all").classList.toggle("hidden", asking.length < 2);
  at("can-hoi").querySelector(".kinds").replaceChildren(...asking.map((mend) => {
    const box = make("input", { type: "checkbox", checked: mend.rules.every((rule) => agreed.has(rule)) });
    box.rules = mend.rules;
    return make("label", {}, box, " ", kind(mend, report));
  }));
  at("tat-ca").checked = false;
  const any = asking.length > 0 || (certain.length > 0 && !done);
  at("sua").classList.toggle("hidden", !any);
  at("khong-sua").classList.toggle("hidden", any);
  at("phan-sua").classList.toggle("hidden", !any && (done || report.ket_qua.length === 0));
}

/** What a kind of mend does, and to how much. */
function kind(mend, report) {
  const places = mend.findings.reduce((sum, number) => sum + Math.max(1, report.ket_qua[number].o.length), 0);
  return `${mend.says} (${places} chỗ)`;
}

at("tat-ca").addEventListener("change", () => {
  for (const box of boxes()) box.checked = at("tat-ca").checked;
});
const boxes = () => [...at("can-hoi").querySelectorAll(".kinds input")];

at("sua").addEventListener("submit", async (event) => {
  event.preventDefault();
  for (const box of boxes()) for (const rule of box.rules) if (box.checked) agreed.add(rule); else agreed.delete(rule);
  const button = at("sua").querySelector("button");
  button.disabled = true;
  try {
    const done = await post(`/api/checks/${check}/mended`, { agreed: [...agreed], track: at("theo-doi").checked });
    versions.mended = done.after;
    showResult(done);
    await show("mended");
    at("da-sua-ten").focus();
  } catch (error) {
    sayProblems(error);
  }
  button.disabled = false;
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey && event.key === "Enter" && desk.dataset.state === "checked" && !at("sua").classList.contains("hidden")) {
    at("sua").requestSubmit();
  }
});

function showResult({ before, results, words, after }) {
  at("da-sua").classList.remove("hidden");
  const many = (outcome) => results.filter((result) => result.ket_qua === outcome).length;
  const counts = Object.entries({ da_sua: "đã sửa", can_dong_y: "chưa đồng ý", khong_theo_doi_duoc: "không theo dõi được", sua_tay: "phải sửa tay" })
    .filter(([outcome]) => many(outcome)).map(([outcome, words_]) => `${many(outcome)} ${words_}`);
  at("so-sanh").textContent = `${counts.join(", ")}. Trước khi sửa: ${before} Sau khi sửa: ${after.verdict}`.replace(/^./, (first) => first.toUpperCase());
  const list = at("da-lam");
  list.previousElementSibling.textContent = `Từng phát hiện (${results.length})`;
  list.replaceChildren(...results.map((result) => make("li", {},
    make("b", {}, `${OUTCOMES[result.ket_qua]}: `), result.noi_dung,
    make("div", { class: "soft" }, result.ket_qua === "da_sua" ? `${result.truoc} → ${result.sau || "hết lỗi khi sửa lỗi khác"}` : result.truoc))));
  at("chu-doi").classList.toggle("hidden", !words.length);
  at("chu-doi").querySelector("summary").textContent = `Chữ đã đổi (${words.length} chỗ); ngoài ra không đổi chữ nào`;
  at("chu-doi").querySelector("ul").replaceChildren(...words.map((change) => make("li", {}, `“${change.truoc}” → “${change.sau}”`)));
}

// ---------------------------------------------------------------- files to take away
at("tai-ban-sua").addEventListener("click", () => download("mended"));
at("ghi-chu").addEventListener("click", () => download("marked"));

async function download(what) {
  try {
    await save(await ask("GET", `/api/checks/${check}/${what}`));
    say(what === "marked" ? "Đã tải bản có ghi chú." : "Đã tải bản đã sửa.");
  } catch (error) {
    sayProblems(error);
  }
}
