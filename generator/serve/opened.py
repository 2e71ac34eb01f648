"""Forms kept open in a worker process, each opened again when one of its files has changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from generator.batches.journal import form_files
from generator.bundle import MANIFEST, Bundle, Listed, list_bundles, template_folders
from generator.errors import Problem
from generator.pipeline import Form
from generator.serve.workspace import MissingError

_MOST = 40  # forms kept open in one process


@dataclass(frozen=True, slots=True)
class _Kept:
    form: Form
    stamp: str


_kept: OrderedDict[tuple[str, tuple[str, ...]], _Kept] = OrderedDict()


def forms(templates: tuple[str, ...]) -> list[Listed]:
    """Return the forms that can be used, none twice; those not in order are left out."""
    found = (
        each for folder in template_folders(templates) for each in folder.glob(f"*/{MANIFEST}")
    )
    return _listed(templates, stamp_of(found))


@lru_cache(maxsize=8)
def _listed(templates: tuple[str, ...], stamp: str) -> list[Listed]:
    """Return the forms as they were when their manifests had that stamp."""
    del stamp
    listed, _ = list_bundles(template_folders(templates))
    return [item for item in listed if not item.shadowed]


def bundle_of(form_id: str, templates: tuple[str, ...]) -> Bundle:
    """Return the bundle with that very id; what was sent never becomes part of a path.

    Raises:
        MissingError: no such form.
    """
    for item in forms(templates):
        if item.bundle.id == form_id:
            return item.bundle
    raise MissingError(
        Problem(message="không có mẫu này", hint="chọn một mẫu trong trang Mẫu văn bản")
    )


def opened(form_id: str, templates: tuple[str, ...] = ()) -> Form:
    """Return a form, kept from the last time unless one of its files has changed since.

    Raises:
        MissingError: no such form.
        BundleError: the form's folder is not in order.
    """
    key = form_id, templates
    kept = _kept.get(key)
    if kept is None or stamp(kept.form) != kept.stamp:
        form = Form(bundle_of(form_id, templates), template_folders(templates))
        kept = _kept[key] = _Kept(form, stamp(form))
    _kept.move_to_end(key)
    if len(_kept) > _MOST:
        _kept.popitem(last=False)
    return kept.form


def stamp(form: Form) -> str:
    """Return what changes when a file of a form is changed, comes or goes."""
    return stamp_of(form_files(form).values())


def stamp_of(files: Iterable[Path]) -> str:
    """Return a short text of the sizes and times of some files."""
    seen = []
    for file in sorted(files):
        with suppress(OSError):  # gone meanwhile: the stamp lacks it
            state = file.stat()
            seen.append(f"{file}\0{state.st_size}\0{state.st_mtime_ns}")
    return sha256("\n".join(seen).encode()).hexdigest()[:16]
