// What the check against the standard found, each with its clause.

import { make } from "../khung.js";

const WORDS = { error: "Lỗi", warning: "Cảnh báo", note: "Lưu ý" };

/** Show the findings of a record; `report` is null while it is unfinished, or not checked yet. */
export function showFindings(root, report, finished) {
  const summary = root.querySelector("summary");
  const body = root.querySelector(".body");
  if (!report && finished && root.dataset.checked) return; // the last findings, until the next come
  root.dataset.checked = report ? "yes" : "";
  if (!report) {
    summary.textContent = finished ? "Thể thức: kiểm tra khi ngừng gõ" : "Thể thức: kiểm tra khi đã điền đủ";
    root.classList.remove("bad");
    body.replaceChildren();
    return;
  }
  const counts = [["so_loi", "lỗi"], ["so_canh_bao", "cảnh báo"], ["so_luu_y", "lưu ý"]]
    .filter(([key]) => report[key]).map(([key, word]) => `${report[key]} ${word}`);
  summary.textContent = report.ngoai_pham_vi ? "Thể thức: ngoài phạm vi kiểm tra"
    : `Thể thức: ${report.dat ? "đạt" : "chưa đạt"}${counts.length ? `, ${counts.join(", ")}` : ""}`;
  root.classList.toggle("bad", !report.dat);
  body.replaceChildren(report.ngoai_pham_vi ? make("p", {}, report.ngoai_pham_vi) : make("ol", {}, ...report.ket_qua.map(item)));
}

/** A finding as an entry of a list. */
export function item(finding) {
  const line = (label, value) => (value ? make("div", { class: "soft" }, `${label}: ${value}`) : null);
  return make("li", { class: finding.muc_do },
    make("b", {}, `${WORDS[finding.muc_do]}: `), finding.noi_dung,
    line("Đang là", finding.dang_la), line("Cần là", finding.can_la), line("Cách sửa", finding.cach_sua),
    line("Chỗ", finding.o.slice(0, 3).map(where).join("; ")),
    line("Căn cứ", finding.dieu_khoan));
}

const where = (place) => (place.trich ? `${place.vi_tri}: “${place.trich}”` : place.vi_tri);
