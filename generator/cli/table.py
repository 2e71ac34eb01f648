"""The commands and where each one is: nothing of them is imported before it is asked for."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):  # a dataclass takes longer to make than all the rest of the help page
    """A command: its module, its function there, its line on the help page."""

    module: str
    function: str
    help: str


# In the order of a secretary's work.
COMMANDS = {
    "list": Entry("forms", "list_forms", "Liệt kê các mẫu."),
    "show": Entry(
        "forms", "show", "Xem các trường của một mẫu, hoặc nội dung mẫu (hay tệp .docx) dạng chữ."
    ),
    "filters": Entry(
        "forms", "filters", "Liệt kê các bộ lọc dùng trong mẫu, mỗi bộ lọc một ví dụ."
    ),
    "init": Entry(
        "records", "init", "Tạo tệp dữ liệu để điền cho một mẫu: tệp JSON, hoặc sổ Excel."
    ),
    "validate": Entry("records", "validate", "Kiểm tra dữ liệu, không tạo văn bản."),
    "explain": Entry(
        "figures", "explain", "Giải thích một giá trị tính được: phép tính, các số và chỗ lấy số."
    ),
    "render": Entry(
        "documents", "render", "Tạo một văn bản Word hoặc PDF từ dữ liệu (- là đầu vào chuẩn)."
    ),
    "batch": Entry(
        "units", "batch_command", "Tạo văn bản cho mọi đơn vị của một tệp hoặc thư mục dữ liệu."
    ),
    "package": Entry(
        "documents", "package", "Tạo cả gói văn bản từ một tệp: văn bản chính và các phần kèm theo."
    ),
    "rollup": Entry(
        "rollup", "rollup", "Tổng hợp số liệu của nhiều đơn vị vào bảng, báo cáo của cấp trên."
    ),
    "preview": Entry(
        "preview",
        "preview",
        "Xem trang in của một mẫu hoặc một tệp Word; không có dữ liệu thì dùng ví dụ.",
    ),
    "check": Entry(
        "check", "check", "Kiểm tra thể thức của tệp Word, thư mục tệp Word, hoặc một mẫu."
    ),
    "new": Entry(
        "forms", "new", "Tạo một mẫu mới bằng cách chép một mẫu có sẵn, để sửa trong Word."
    ),
    "import": Entry(
        "forms", "import_form", "Biến biểu mẫu trống (dấu chấm, ô trống) thành mẫu có thẻ."
    ),
    "schema": Entry("forms", "schema", "Soạn nháp schema và ví dụ cho một tệp Word đã có thẻ."),
    "lint": Entry("lint", "lint", "Kiểm tra một mẫu trước khi dùng: thẻ, trường, ví dụ, thể thức."),
    "serve": Entry("serve", "serve", "Mở trang làm việc trong trình duyệt."),
    "account": Entry("serve", "account", "Tài khoản của máy chủ cơ quan: thêm, đổi, xóa, nhật ký."),
    "doctor": Entry(
        "preview", "doctor", "Kiểm tra máy: phông chữ, bộ vẽ trang, LibreOffice, các gói tùy chọn."
    ),
    "demo": Entry(
        "units", "demo", "Chạy thử việc chính: một kế hoạch và bản chấm điểm của 300 đơn vị."
    ),
}
