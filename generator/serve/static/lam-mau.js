// The list of forms: what lint finds of each, one after the other.

import { get, sentence } from "./khung.js";

for (const row of document.querySelectorAll("tr[data-form]")) {
  const cell = row.querySelector(".lint");
  try {
    const { report, verdict } = await get(`/api/forms/${row.dataset.form}/lint?pictures=false`);
    const kind = report.dat ? (report.so_canh_bao ? "warning" : "good") : "problem";
    const said = document.createElement("span");
    said.className = kind;
    said.textContent = verdict;
    cell.replaceChildren(said);
  } catch (error) {
    cell.textContent = error.problems ? sentence(error.problems[0]) : String(error);
  }
}
