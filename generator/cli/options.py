"""Arguments and options that several commands take."""

from __future__ import annotations

import click

templates_option = click.option(
    "--templates",
    multiple=True,
    metavar="THƯ_MỤC",
    help="Thư mục mẫu tìm trước; ghi được nhiều lần.",
)
form_argument = click.argument("form", metavar="MẪU")
data_argument = click.argument("data", metavar="DỮ_LIỆU")
renderer_option = click.option(
    "--renderer",
    type=click.Choice(("auto", "embedded", "libreoffice")),
    default="auto",
    metavar="BỘ_VẼ",
    help="Bộ vẽ trang: embedded (có sẵn), libreoffice, hoặc auto (tự chọn).",
)
force_layout_option = click.option(
    "--force-layout", is_flag=True, help="Vẫn tạo văn bản dù mẫu đã biết là chưa đạt thể thức."
)
