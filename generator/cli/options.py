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
