"""Form folders: where they are looked for, what one must hold, and what its manifest says."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from generator.errors import BundleError, Problem, TemplateError, UsageError
from generator.ooxml import CORE_PROPERTIES, PackageWriter, read_package, to_bytes
from generator.output import make_folder, write_whole
from generator.patterns import regex
from generator.tomlfile import toml_fault

MANIFEST = "manifest.toml"
BLOCKS = "khoi"
ENVIRONMENT_VARIABLE = "VANBAN_TEMPLATES"
_REQUIRED_KEYS = ("id", "title", "type", "standard", "source", "output")
_TEXT_KEYS = (*_REQUIRED_KEYS, "group", "version", "unit")
# Whether tracked changes and comments of the template are taken or refused.
_REVIEW_MARKS = "review_marks"
_TAKEN, _REFUSED = "accept", "refuse"
_KNOWN_KEYS = (*_TEXT_KEYS, _REVIEW_MARKS, "rename", "derive", "check", "scoring", "rollup")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """One form: its folder and its manifest."""

    id: str
    title: str
    type: str
    standard: str
    source: str
    output: str
    group: str
    version: str  # of the form: a workbook made for another one is migrated or refused
    unit: str  # the field that names the unit, empty where the form is of one office alone
    folder: Path
    manifest: Mapping[str, Any]

    @property
    def takes_marks(self) -> bool:
        """Whether a template with tracked changes or comments is used as if they were settled."""
        return bool(self.manifest.get(_REVIEW_MARKS, _TAKEN) == _TAKEN)

    def path(self, name: str) -> Path:
        """Return the path of a file of the bundle.

        Raises:
            BundleError: the bundle lacks it.
        """
        path = self.folder / name
        if not path.is_file():
            raise BundleError(
                Problem(
                    file=str(self.folder),
                    message=f"thư mục mẫu thiếu tệp {name}",
                    hint="mẫu cần đủ manifest.toml, template.docx, schema.json và sample.json",
                )
            )
        return path


def shipped(name: str) -> Path:
    """Return a folder that comes with the product: inside the wheel, or in the source tree."""
    package = Path(__file__).parent
    inside = package / "_shipped" / name
    return inside if inside.is_dir() else package.parent / name


def template_folders(given: Iterable[str] = ()) -> list[Path]:
    """Return the folders searched for bundles, first come first served.

    ``given`` (``--templates``), then the environment variable ``VANBAN_TEMPLATES`` (several folders
    separated as in PATH), then ``doctemplates`` in the working folder, then the built-in ones.

    Raises:
        UsageError: a folder that was asked for does not exist.
    """
    asked = [*given, *filter(None, os.environ.get(ENVIRONMENT_VARIABLE, "").split(os.pathsep))]
    missing = [folder for folder in asked if not Path(folder).is_dir()]
    if missing:
        raise UsageError(
            Problem(file=folder, message="không có thư mục mẫu này", hint="kiểm tra lại đường dẫn")
            for folder in missing
        )
    folders = [*map(Path, asked), Path("doctemplates"), shipped("doctemplates")]
    unique = {folder.resolve(): folder for folder in reversed(folders) if folder.is_dir()}
    return list(reversed(unique.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A bundle as ``vanban list`` shows it; ``shadowed`` ones give way to an earlier folder's."""

    bundle: Bundle
    shadowed: bool


def list_bundles(folders: Sequence[Path]) -> tuple[list[Listed], list[Problem]]:
    """Return all bundles in the order of search, and what is wrong with those that do not load."""
    listed: list[Listed] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for folder in _bundle_folders(folders):
        try:
            bundle = load_bundle(folder)
        except BundleError as error:
            problems += error.problems
            continue
        listed.append(Listed(bundle=bundle, shadowed=bundle.id in seen))
        seen.add(bundle.id)
    return listed, problems


# The groups of the list in the order a secretary thinks of them; others follow.
_GROUPS = (
    "Văn bản hành chính",
    "Giấy tờ hành chính",
    "Đề cương, thống kê",
    "Thi đua, chấm điểm",
    "Phụ lục, bản sao",
)


def grouped(listed: Iterable[Listed]) -> dict[str, list[Listed]]:
    """Return bundles by group, the groups in the order of a secretary's work."""
    groups: dict[str, list[Listed]] = {name: [] for name in _GROUPS}
    for item in listed:
        groups.setdefault(item.bundle.group or "Khác", []).append(item)
    return {name: items for name, items in groups.items() if items}


def _bundle_folders(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        for manifest in sorted(folder.glob(f"*/{MANIFEST}")):
            yield manifest.parent


def holds_form(folder: Path) -> bool:
    """Return whether a folder is meant as a form; what it lacks is told when it is read."""
    return any((folder / name).is_file() for name in (MANIFEST, "template.docx"))


def find_bundle(form: str, folders: Sequence[Path]) -> Bundle:
    """Return the bundle with that id, or in that folder.

    Raises:
        UsageError: no such form, with the nearest id.
        BundleError: its folder is not in order.
    """
    given = Path(form)
    if holds_form(given):
        return load_bundle(given)
    for folder in folders:
        if form and Path(form).name == form and holds_form(folder / form):
            return load_bundle(folder / form)
    known = [folder.name for folder in _bundle_folders(folders)]
    from difflib import get_close_matches

    near = get_close_matches(form.lower(), known, 1, 0.5)
    hint = f"có phải bạn muốn dùng “{near[0]}”?" if near else "xem các mẫu bằng lệnh vanban list"
    raise UsageError(Problem(message=f"không có mẫu “{form}”", hint=hint))


def load_bundle(folder: Path) -> Bundle:
    """Return the bundle in a folder.

    Raises:
        BundleError: no manifest, a manifest that is no TOML, a missing or unknown key.
    """
    file = str(folder / MANIFEST)
    try:
        manifest = tomllib.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        place, meaning = toml_fault(error)
        raise _bad(file, f"viết sai cú pháp TOML: {meaning}", place) from error
    except RecursionError as error:
        raise _bad(file, "lồng quá sâu") from error
    except FileNotFoundError as error:
        hint = "chép manifest.toml của một mẫu có sẵn rồi sửa"
        raise _bad(file, "thiếu tệp này, mỗi mẫu phải có một tệp", hint=hint) from error
    except (OSError, UnicodeDecodeError) as error:
        raise _bad(file, "không đọc được tệp") from error
    problems = [*_key_problems(file, manifest), *_value_problems(file, manifest, folder)]
    if problems:
        raise BundleError(problems)
    texts = {key: manifest[key] for key in _REQUIRED_KEYS}
    return Bundle(
        **texts,
        group=manifest.get("group", ""),
        version=manifest.get("version", "1"),
        unit=manifest.get("unit", ""),
        folder=folder,
        manifest=manifest,
    )


def _key_problems(file: str, manifest: Mapping[str, Any]) -> Iterator[Problem]:
    for key in _REQUIRED_KEYS:
        if key not in manifest:
            yield Problem(file=file, message=f"thiếu khóa {key}", hint=f'thêm dòng {key} = "…"')
    for key in manifest:
        if key not in _KNOWN_KEYS:
            from difflib import get_close_matches

            near = get_close_matches(key, _KNOWN_KEYS, 1)
            hint = f"có phải bạn muốn gõ {near[0]}?" if near else "xóa khóa này"
            yield Problem(file=file, message=f"không có khóa “{key}” trong manifest", hint=hint)


def _value_problems(file: str, manifest: Mapping[str, Any], folder: Path) -> Iterator[Problem]:
    for key in _TEXT_KEYS:
        if key in manifest and not isinstance(manifest[key], str):
            yield Problem(file=file, message=f"{key} phải là chữ trong ngoặc kép")
    marks = manifest.get(_REVIEW_MARKS, _TAKEN)
    if marks not in (_TAKEN, _REFUSED):
        from generator.vietnamese import shown

        hint = f'ghi {_REVIEW_MARKS} = "{_TAKEN}" hoặc "{_REFUSED}"'
        message = f"{_REVIEW_MARKS} không thể là {shown(marks)}"
        yield Problem(file=file, message=message, hint=hint)
    name = folder.resolve().name
    if manifest.get("id", name) != name:
        yield Problem(
            file=file,
            message=f"id là “{manifest['id']}” nhưng thư mục tên là “{name}”",
            hint="đặt id trùng tên thư mục",
        )


_ID = regex(r"[a-z0-9]+(?:-[a-z0-9]+)*")


_PROOF = "proof.json"  # of the model alone


def new_bundle(form_id: str, model: Bundle, folder: Path) -> Path:
    """Copy a bundle under a new id, ready to be edited; return its folder.

    Raises:
        UsageError: an id that is no folder name, or a folder that exists already.
    """
    target = folder / form_id
    if not _ID.fullmatch(form_id):
        raise UsageError(
            Problem(
                message=f"“{form_id}” không dùng làm tên mẫu được",
                hint="dùng chữ thường không dấu, chữ số và dấu gạch nối, như to-trinh",
            )
        )
    if target.exists():
        raise UsageError(
            Problem(file=str(target), message="thư mục đã có", hint="chọn tên mẫu khác")
        )
    content = {
        path.relative_to(model.folder): path.read_bytes()
        for path in sorted(model.folder.rglob("*"))
        if path.is_file() and not path.name.startswith(("~$", ".", _PROOF))
    }
    manifest = content[Path(MANIFEST)].decode()
    named = re.sub(r"(?m)^id\s*=.*$", f'id = "{form_id}"', manifest, count=1)
    # The title tells the copy from its model in the list until it is given its own.
    named = re.sub(r'(?m)^title\s*=\s*"(.*)"', rf'title = "\1 (mẫu mới {form_id})"', named, count=1)
    content[Path(MANIFEST)] = named.encode()
    template = Path("template.docx")
    if template in content:
        content[template] = _untitled(content[template], f"{model.title} (mẫu mới {form_id})")
    for name, data in content.items():
        make_folder((target / name).parent)
        write_whole(target / name, data)
    return target


_WORDS_OF_PROPERTIES = ("title", "subject", "keywords", "description", "category")


def _untitled(template: bytes, title: str) -> bytes:
    """Return a template whose properties say nothing of the form it was copied from.

    Word shows them only under File, Info: tags left there name fields of the old form.
    """
    try:
        package = read_package(template, "template.docx")
        changed: dict[str, bytes] = {}
        for part in package.related("", CORE_PROPERTIES):
            root = package.xml(part)
            for node in root:
                name = etree.QName(node).localname
                if name in _WORDS_OF_PROPERTIES:
                    node.text = title if name == "title" else None
            changed[part] = to_bytes(root)
    except TemplateError:  # the copy is as broken as its model, for lint to tell
        return template
    if not changed:
        return template
    fixed = (part for name, part in package.parts.items() if name not in changed)
    return PackageWriter(fixed).assemble(changed.items())


def block_source(bundle: Bundle, folders: Sequence[Path]) -> dict[str, Path]:
    """Return where each shared block is: the bundle's own first, then along the search order."""
    found: dict[str, Path] = {}
    for root in (bundle.folder, bundle.folder.parent, *folders, shipped("doctemplates")):
        for path in sorted((root / BLOCKS).glob("*.docx")):
            found.setdefault(f"{BLOCKS}/{path.name}", path)
    return found


def _bad(file: str, message: str, at: str = "", hint: str = "sửa tệp rồi chạy lại") -> BundleError:
    return BundleError(Problem(file=file, at=at, message=message, hint=hint))
