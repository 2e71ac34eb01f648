"""click in Vietnamese: headings of the help pages and sentences of the usage errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click
from click import exceptions as wrong

from generator.cli.table import COMMANDS

_USAGE = {"[OPTIONS]": "[TÙY CHỌN]", "COMMAND [ARGS]...": "LỆNH …"}


# What click adds in brackets at the end of an option's line.
_EXTRA = {"required": "bắt buộc", "default:": "mặc định:", "x>=1": "từ 1 trở lên"}


def _translated(text: str) -> str:
    words, bracket, extra = text.rpartition("  [")
    for english, vietnamese in _EXTRA.items() if bracket else ():
        extra = extra.replace(english, vietnamese)
    return words + bracket + extra


# How alike two spellings are of which one may be meant for the other: "--otput" and "--output" are,
# "--nhap" and "--help" are not.
_NEAR = 0.7


class _Words:
    """The help page of a command or a group, with Vietnamese headings."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces: list[str] = self.collect_usage_pieces(ctx)  # type: ignore[attr-defined]
        words = " ".join(_USAGE.get(piece, piece) for piece in pieces)
        formatter.write_usage(ctx.command_path, words, prefix="Cách dùng: ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        params: list[click.Parameter] = self.get_params(ctx)  # type: ignore[attr-defined]
        records = [
            record
            for param in params
            if not isinstance(param, click.Argument)
            and (record := param.get_help_record(ctx)) is not None
        ]
        if records:
            with formatter.section("Tùy chọn"):
                formatter.write_dl([(names, _translated(text)) for names, text in records])
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the help option with its Vietnamese line."""
        option: click.Option | None = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = "In trang trợ giúp này rồi thoát."
        return option


class Command(_Words, click.Command):
    """A command with a Vietnamese help page."""


def command(name: str, **attributes: Any) -> Callable[[Callable[..., Any]], Command]:
    """Return the decorator of a command, whose help the table has: ``@command("render")``."""
    attributes.setdefault("help", COMMANDS[name].help)
    return click.command(name, cls=Command, **attributes)


class ReaderLeftError(Exception):
    """Whoever read our output has enough (``vanban list | head -1``): no fault of anybody."""


@contextmanager
def _reader_may_leave() -> Iterator[None]:
    # click itself would leave with exit code 1, which here means findings.
    try:
        yield
    except BrokenPipeError as error:
        raise ReaderLeftError from error


class Group(_Words, click.Group):
    """A group of commands with a Vietnamese help page."""

    command_class = Command

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the command line; prints the help page if that is asked for."""
        with _reader_may_leave():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with _reader_may_leave():
            return super().invoke(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with their whole one-line help."""
        with formatter.section("Các lệnh"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of a secretary's work, not of the alphabet."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return a command; its module is imported here."""
        if name not in COMMANDS:
            return None
        from importlib import import_module

        entry = COMMANDS[name]
        found: click.Command = getattr(
            import_module(f"generator.cli.{entry.module}"), entry.function
        )
        return found


def sentence(error: click.ClickException) -> tuple[str, str]:
    """Return a usage error as a Vietnamese sentence and a hint."""
    command = (
        error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "vanban"
    )
    hint = f"xem {command} --help"
    if isinstance(error, wrong.NoSuchOption):
        return f"không có tùy chọn {error.option_name}", _meant(error) or hint
    if isinstance(error, wrong.NoSuchCommand):
        name = error.command_name
        return f"không có lệnh “{name}”", _near(name, COMMANDS) or hint
    if isinstance(error, wrong.MissingParameter):
        return f"thiếu {_param(error.param)}", hint
    if isinstance(error, wrong.BadOptionUsage):
        return f"tùy chọn {error.option_name} cần có giá trị đi kèm", hint
    if isinstance(error, wrong.BadParameter):
        return f"giá trị của {_param(error.param)} không dùng được", _wanted(error.param) or hint
    if isinstance(error, wrong.FileError):
        return f"không mở được tệp {error.ui_filename}", "kiểm tra lại tên tệp và quyền đọc"
    return "thừa hoặc sai tham số", hint


def _wanted(param: click.Parameter | None) -> str:
    """Return what an option takes, where its type says so."""
    kind = param.type if param else None
    if isinstance(kind, click.Choice):
        return f"chọn một trong: {', '.join(map(str, kind.choices))}"
    if isinstance(kind, click.IntRange) and kind.min is not None:
        most = f" đến {kind.max:.0f}" if kind.max is not None else " trở lên"
        return f"ghi số từ {kind.min:.0f}{most}"
    return ""


_KINDS = ("docx", "pdf", "json", "sarif", "text")


def _meant(error: wrong.NoSuchOption) -> str:
    """Return what an unknown option may be meant for: another way of writing it, a near one."""
    name = error.option_name.lstrip("-")
    options = [param for param in _params(error) if isinstance(param, click.Option)]
    known = {long: param for param in options for long in param.opts if long.startswith("--")}
    if name in _KINDS:
        return _of_kind(name, known)
    return _near(f"--{name}", known)


def _params(error: click.UsageError) -> list[click.Parameter]:
    return error.ctx.command.get_params(error.ctx) if error.ctx else []


def _of_kind(kind: str, options: Mapping[str, click.Option]) -> str:
    """Return how a command is told the kind of its result, if it is."""
    output, form = options.get("--output"), options.get("--format")
    if form is not None and kind in f"{form.metavar} {form.help}":
        return f"ghi --format {kind}"
    if output is not None and f".{kind}" in f"{output.metavar} {output.help}":
        return f"đặt tên tệp kết quả có đuôi .{kind}: -o ten-tep.{kind}"
    return ""


def _near(name: str, known: Iterable[str]) -> str:
    """Return a question about the one that is spelt nearly so, ``""`` where none is."""
    from difflib import get_close_matches

    found = get_close_matches(name, known, 1, _NEAR)
    return f"có phải bạn muốn gõ {found[0]}?" if found else ""


def _param(param: click.Parameter | None) -> str:
    if isinstance(param, click.Option):
        return f"tùy chọn {max(param.opts, key=len)}"
    return f"tham số {param.human_readable_name}" if param is not None else "tham số"
