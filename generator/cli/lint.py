"""The command that checks a form before anybody uses it: lint."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.options import templates_option
from generator.cli.screen import progress_bar, say
from generator.cli.words import command
from generator.errors import Problem, UsageError

if TYPE_CHECKING:
    from generator.lint.linting import LintReport

FINDINGS = 1


@command("lint")
@click.argument("target", metavar="MẪU|THƯ_MỤC|TỆP.docx")
@click.option("--format", "form", metavar="KIỂU", default="text", help="text hoặc json.")
@click.option("--mark", metavar="TỆP.docx", help="Ghi bản sao mẫu có ghi chú tại từng chỗ.")
@click.option("--prove", is_flag=True, help="Ghi kết quả thể thức vào proof.json của mẫu.")
@templates_option
def lint(target: str, form: str, mark: str | None, prove: bool, templates: Sequence[str]) -> None:
    """Print the findings; leave with 1 when a form has an error."""
    from generator.lint import report as telling

    if form not in ("text", "json"):
        raise UsageError(
            Problem(message=f"không có kiểu báo cáo “{form}”", hint="dùng text hoặc json")
        )
    reports = _reports(target, templates)
    if mark:
        _mark(reports, mark)
    if prove:
        _prove(reports, templates)
    if form == "json":
        click.echo(telling.as_json(reports))
    else:
        for report in reports:
            if len(reports) == 1 or report.findings:
                click.echo("\n".join(telling.text(report)) + "\n" * (len(reports) > 1))
        if len(reports) > 1:
            click.echo("\n".join(telling.summary(reports)))
    if not all(report.clean for report in reports):
        sys.exit(FINDINGS)


def _reports(target: str, templates: Sequence[str]) -> list[LintReport]:
    from generator.batches.run import Progress
    from generator.bundle import template_folders
    from generator.lint.linting import form_folders, lint_form, lint_template

    folders = template_folders(templates)
    if Path(target).suffix.lower() in (".docx", ".dotx"):
        return [lint_template(Path(target), folders)]
    found = form_folders(target, folders)
    reports: list[LintReport] = []
    with progress_bar() as advance:
        for done, folder in enumerate(found, 1):
            reports.append(lint_form(folder, folders))
            if len(found) > 1:
                failed = sum(not report.clean for report in reports)
                advance(Progress("kiểm tra mẫu", done, failed, len(found)))
    return reports


def _prove(reports: Sequence[LintReport], templates: Sequence[str]) -> None:
    """Keep the outcome beside each form that could be measured."""
    from generator.bundle import template_folders
    from generator.lint.linting import proof_of
    from generator.output import write_whole
    from generator.proofs import PROOF

    folders = template_folders(templates)
    for report in reports:
        proof = proof_of(report, folders)
        if proof:
            write_whole(report.template.parent / PROOF, proof.encode(), durable=True)
            say(f"Đã ghi {report.template.parent / PROOF}.")
        else:
            say(f"{report.form}: chưa đo được thể thức, không ghi {PROOF}.")


def _mark(reports: Sequence[LintReport], target: str) -> None:
    from generator.lint.marking import marked
    from generator.naming import expect_output
    from generator.output import make_folder, write_whole
    from generator.records.data import read_bytes

    path = Path(target)
    if len(reports) > 1:
        raise UsageError(
            Problem(message="--mark chỉ dùng khi kiểm tra một mẫu", hint="chạy riêng từng mẫu")
        )
    report = reports[0]
    if path.suffix.lower() != ".docx":
        raise UsageError(
            Problem(file=target, message="chỉ ghi được tệp .docx", hint="đặt tên có đuôi .docx")
        )
    expect_output(target, report.template)
    content = read_bytes(report.template, str(report.template))
    make_folder(path.parent)
    write_whole(path, marked(content, str(report.template), report.findings), durable=True)
    say(f"Đã ghi {target}.")
