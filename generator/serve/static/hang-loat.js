// The desk of batches: data in, checked, looked at, made, taken away.

import { ask, make, post, save, say, sayProblems, takesFiles } from "/static/khung.js";
import { Pages, active, cells, follow, listEarlier, moment, number, problemRow, send, showProblems, showProgress } from "/static/viec.js";

const at = (id) => document.getElementById(id);
const PHASES = {
  "kiểm tra": "Đang kiểm tra", "đánh dấu": "Đang đánh dấu chỗ cần sửa", "tìm": "Đang tìm các bản dễ in hỏng",
  "vẽ": "Đang vẽ trang", "tạo": "Đang tạo", "ghi": "Đang ghi", "gói": "Đang gói tệp .zip", "ghép": "Đang ghép tệp in",
};
const STATES = { waiting: "đang chờ", running: "đang chạy", stopped: "đã dừng", failed: "không xong" };

let batch = "", leave = () => {}, shown = {};
const path = () => `/api/batches/${batch}`;

// ---------------------------------------------------------------- a new batch
const wanted = [new URLSearchParams(location.search).get("mau"), localStorage.getItem("mau-hang-loat"), document.querySelector("#mau option[data-unit]")?.value];
at("mau").value = wanted.find((id) => [...at("mau").options].some((option) => option.value === id)) ?? at("mau").options[0].value;
function chooseForm() {
  localStorage.setItem("mau-hang-loat", at("mau").value);
  at("ten-don-vi").classList.toggle("hidden", !("unit" in at("mau").selectedOptions[0].dataset));
}
at("mau").addEventListener("change", chooseForm);

at("tai-so").addEventListener("click", async () => {
  const units = "unit" in at("mau").selectedOptions[0].dataset ? at("don-vi").value : "";
  at("tai-so").disabled = true;
  try {
    await save(await ask("POST", `/api/forms/${at("mau").value}/workbook`, { units }));
    say("Đã tải sổ. Điền xong thì thả vào ô bên cạnh.");
  } catch (error) { sayProblems(error); }
  at("tai-so").disabled = false;
});

takesFiles(at("tha"), async (files) => {
  const told = (done, all) => { at("dang-gui").textContent = `Đang gửi ${number(done)}/${number(all)} tệp…`; };
  told(0, files.length);
  try {
    open(await send("/api/batches", { form: at("mau").value }, files, told));
  } catch (error) { sayProblems(error); }
  at("dang-gui").textContent = "";
});

// ---------------------------------------------------------------- one batch
const problems = new Pages(at("cac-loi"), () => `${path()}/problems?`, (answer) => answer.problems, problemRow);
const failed = new Pages(at("khong-tao"), () => `${path()}/results?status=failed&`, (answer) => answer.results, (row) =>
  cells(number(row.index), [...new Set(row.problems.map((each) => each.at))].join("\n"),
    row.problems.map((each) => each.message).join("; "), row.problems.map((each) => each.hint).filter(Boolean).join("; ")));
const done = new Pages(at("da-tao"), () => `${path()}/results?status=ok&`, (answer) => answer.results, (row) => make("tr", {},
  make("td", {}, number(row.index)),
  make("td", {}, make("a", { href: `${path()}/documents/${row.index}`, download: true }, row.output)),
  make("td", {}, (row.warnings ?? []).map((each) => each.message).join("; "))));

function open(id, push = true) {
  leave();
  batch = id;
  shown = {};
  at("moi").classList.toggle("hidden", Boolean(id));
  at("lo").classList.toggle("hidden", !id);
  if (push) history.pushState({}, "", id ? `?lo=${id}` : location.pathname);
  for (const part of ["cac-loi", "khong-tao", "da-tao"]) at(part).classList.add("hidden");
  at("de-hong").replaceChildren();
  leave = () => {};
  if (!id) list();
  else {
    at("truoc").classList.add("hidden");
    watch();
    at("noi-dung").focus();
  }
}

function watch() {
  leave();
  leave = follow(path(), (state) => {
    show(state);
    return ["check", "riskiest", "make"].some((step) => active(state[step]));
  });
}

/** Do something on the server, then look again. */
async function deed(name, body) {
  try { await post(`${path()}/${name}`, body); } catch (error) { sayProblems(error); }
  watch();
}

function show(state) {
  const { check, riskiest, make: making } = state;
  at("ten-lo").textContent = state.title;
  const more = state.file_count - state.files.length;
  at("cac-tep").textContent = `${state.files.join(", ")}${more > 0 ? ` và ${number(more)} tệp khác` : ""} – ${moment(state.created)}`;
  for (const [name, step] of Object.entries({ check, riskiest, make: making }))
    showProgress(document.querySelector(`[data-progress=${name}]`), step, PHASES);
  showCheck(state, check);
  showRisky(state, riskiest);
  showMade(state, making);
}

function showCheck(state, check) {
  const found = check?.result;
  showProblems(at("loi-chung"), check?.problems);
  at("ban-sua").classList.toggle("hidden", !state.corrected);
  at("ban-sua").href = `${path()}/corrected.xlsx`;
  at("kiem-lai").classList.toggle("hidden", !["stopped", "failed"].includes(check?.state));
  const ready = found && found.good > 0;
  at("phan-xem").classList.toggle("hidden", !ready);
  at("phan-tao").classList.toggle("hidden", !ready);
  const line = at("ket-luan");
  if (!found) {
    line.className = "";
    line.textContent = check?.state === "stopped" ? "Việc kiểm tra đã dừng." : "";
    return;
  }
  const notes = found.warnings ? `${number(found.warnings)} lưu ý` : "";
  if (found.errors) {
    const units = found.units ? ` ở ${number(found.units)} đơn vị` : "";
    line.className = "problem";
    line.textContent = `${[`${number(found.errors)} lỗi${units}`, notes].filter(Boolean).join(", ")}; ${number(found.good)} bản ghi tạo được. Sửa rồi thả lại sổ, hoặc tạo trước các bản đúng.`;
  } else {
    line.className = notes ? "warning" : "good";
    line.textContent = `Cả ${number(found.good)} bản ghi đều tạo được${notes ? `; ${notes} nên xem lại` : ""}.`;
  }
  if (!shown.check) {
    shown.check = true;
    problems.total = found.errors + found.warnings;
    if (problems.total) problems.show(0);
  }
}

function showRisky(state, step) {
  showProblems(at("loi-xem"), step?.problems);
  at("xem").disabled = active(step) || active(state.make);
  const units = step?.result?.units ?? [];
  if (units.length < (shown.risky ?? 0)) at("de-hong").replaceChildren();
  for (const [place, unit] of units.entries()) {
    if (place < at("de-hong").children.length) continue;
    const pages = Array.from({ length: unit.pages }, (_, page) => {
      const source = `${path()}/riskiest/${place + 1}/${page + 1}.png`;
      return make("a", { href: source, target: "_blank", rel: "noopener" },
        make("img", { src: source, loading: "lazy", alt: `${unit.unit}, trang ${page + 1}` }));
    });
    at("de-hong").append(make("li", {}, make("h3", {}, `${place + 1}. ${unit.unit}`),
      make("p", { class: "soft" }, unit.reasons.join("; ")), make("div", { class: "pages", tabindex: 0, role: "region", "aria-label": `Các trang của ${unit.unit}` }, ...pages)));
  }
  shown.risky = units.length;
}

function showMade(state, step) {
  const busy = active(step);
  showProblems(at("loi-tao"), step?.problems);
  at("nut-tao").disabled = busy || active(state.riskiest) || active(state.check);
  at("dung").classList.toggle("hidden", !busy);
  at("tiep").classList.toggle("hidden", !["stopped", "failed"].includes(step?.state));
  if (state.making && !shown.making) {
    shown.making = true;
    for (const box of at("tao").elements.formats) box.checked = state.making.formats.includes(box.value);
    for (const radio of at("tao").elements.combine) radio.checked = radio.value === state.making.combine;
  }
  const made = step?.state === "done" ? step.result : null;
  const line = at("ket-qua");
  line.className = made ? (made.failed ? "warning" : "good") : step?.state === "stopped" ? "warning" : "";
  line.textContent = made
    ? `Đã tạo ${number(made.done)} văn bản${made.failed ? `; ${number(made.failed)} bản ghi không tạo được, xem bên dưới` : ""}.`
    : step?.state === "stopped" ? `Đã dừng ở ${number(step.done ?? 0)}${step.total ? `/${number(step.total)}` : ""} văn bản. Bấm “Làm tiếp” để làm nốt.` : "";
  const links = !made ? [] : [
    state.zip && ["result.zip", "Tải tất cả (.zip)"],
    state.print.includes("pdf") && ["print.pdf", "Tải tệp in một lượt (PDF)"],
    state.print.includes("docx") && ["print.docx", "Tải tệp in một lượt (Word)"],
    ["manifest.jsonl", "Tải bản kê (.jsonl)"],
  ].filter(Boolean).map(([name, words]) => make("a", { class: name === "result.zip" ? "button main" : "button", href: `${path()}/${name}`, download: true }, words));
  if (!made || at("tai-ve").children.length !== links.length) at("tai-ve").replaceChildren(...links);
  if (!made) {
    shown.made = false;
    for (const part of ["khong-tao", "da-tao"]) at(part).classList.add("hidden");
  } else if (!shown.made) {
    shown.made = true;
    failed.total = made.failed;
    done.total = made.done;
    failed.show(0);
    done.show(0);
  }
}

at("xem").addEventListener("click", () => deed("riskiest"));
at("kiem-lai").addEventListener("click", () => { shown.check = false; deed("resume"); });
at("dung").addEventListener("click", () => deed("stop"));
at("tiep").addEventListener("click", () => deed("resume"));
at("tao").addEventListener("submit", (event) => {
  event.preventDefault();
  const given = new FormData(at("tao"));
  if (!given.getAll("formats").length) return say("Chọn ít nhất một loại tệp.", "problem");
  deed("start", { formats: given.getAll("formats"), combine: given.get("combine") });
});
addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.ctrlKey && batch && !at("phan-tao").classList.contains("hidden") && !at("nut-tao").disabled) at("tao").requestSubmit();
});
at("lo-khac").addEventListener("click", () => open(""));
at("xoa-lo").addEventListener("click", () => forget(batch));

async function forget(id) {
  if (!confirm("Xóa lô này cùng mọi văn bản đã tạo của nó?")) return;
  try {
    await ask("DELETE", `/api/batches/${id}`);
    say("Đã xóa lô.");
    open("", id === batch);
  } catch (error) { sayProblems(error); }
}

// ---------------------------------------------------------------- earlier batches
function told(each) {
  if (each.state !== "done") return STATES[each.state] ?? "chưa đủ tệp";
  const found = each.counts ?? {};
  if (each.step === "check") return `đã kiểm tra, ${number(found.errors ?? 0)} lỗi`;
  return `đã tạo ${number(found.done ?? 0)}${found.failed ? `, ${number(found.failed)} lỗi` : ""}`;
}

const list = () => listEarlier("/api/batches", "lo", "lô", { told, open, forget, busy: () => Boolean(batch) });

addEventListener("popstate", () => open(new URLSearchParams(location.search).get("lo") ?? "", false));
chooseForm();
open(new URLSearchParams(location.search).get("lo") ?? "", false);
