"""The proof that a form conforms: made by lint, kept beside the form, worth what it was made of.

``proof.json`` holds the profile, the outcome and a digest of all that the outcome hangs on: the
form's files, the shared blocks, the rules. When one of them changes the proof is void, and the form
counts as not checked until lint proves it again. Reading it costs one pass over those files.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from generator.bundle import BLOCKS, Bundle
from generator.errors import Problem, TemplateError

PROOF = "proof.json"
CONFORMS, FAILS, UNCHECKED = "đạt", "chưa đạt", "chưa kiểm"
PROPERTY = "vanban-the-thuc"
# Read as files: a document made must not wait for the checker to be imported.
_RULES = Path(__file__).parent / "conformity" / "profiles"
_FILES = ("template.docx", "schema.json", "manifest.toml", "sample.json", "the-thuc.toml")


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known of a form's conformity: the profile, and ``đạt``, ``chưa đạt``, ``chưa kiểm``.

    ``errors`` are the ids of the rules that a form breaks.
    """

    profile: str
    result: str
    errors: tuple[str, ...] = ()

    @property
    def properties(self) -> dict[str, str]:
        """The document properties that say so in every document of the form."""
        return {PROPERTY: f"{self.profile}: {self.result}"}

    def demand(self, form: str) -> None:
        """Refuse a form that is known to break its standard.

        Raises:
            TemplateError: it does, with the rules it breaks.
        """
        if self.result == FAILS:
            raise TemplateError(
                Problem(
                    file=form,
                    message=f"mẫu chưa đạt thể thức {self.profile}: {', '.join(self.errors)}",
                    hint="chạy vanban lint để xem và sửa mẫu; vẫn muốn in thì thêm --force-layout",
                )
            )


def read_proof(bundle: Bundle, blocks: Iterable[Path]) -> Proof:
    """Return what the proof beside a form says, ``chưa kiểm`` where there is none or it is void."""
    nothing = Proof(bundle.standard, UNCHECKED)
    try:
        said = json.loads((bundle.folder / PROOF).read_text(encoding="utf-8"))
        digest, result, errors = said["digest"], said["result"], tuple(map(str, said["errors"]))
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return nothing
    if digest != digest_of(bundle, blocks) or result not in (CONFORMS, FAILS):
        return nothing
    return Proof(bundle.standard, result, errors)


def proof_text(bundle: Bundle, blocks: Iterable[Path], errors: Iterable[str]) -> str:
    """Return the content of ``proof.json`` for a form whose check ended with those errors."""
    broken = sorted(set(errors))
    said = {
        "profile": bundle.standard,
        "result": FAILS if broken else CONFORMS,
        "errors": broken,
        "digest": digest_of(bundle, blocks),
    }
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"


def digest_of(bundle: Bundle, blocks: Iterable[Path]) -> str:
    """Return a digest of everything that the outcome of a form's check hangs on."""
    digest = sha256()
    files = [bundle.folder / name for name in _FILES]
    shared = {f"{BLOCKS}/{path.name}": path for path in blocks}
    schemas = sorted((bundle.folder.parent / BLOCKS).glob("*.json"))
    for path in (*files, *(shared[name] for name in sorted(shared)), *schemas):
        if path.is_file():
            digest.update(f"{path.name}\0".encode())
            digest.update(_same_lines(path))
    rules = _RULES / f"{bundle.standard}.toml"
    if rules.is_file():
        digest.update(_same_lines(rules))
    return digest.hexdigest()


def _same_lines(path: Path) -> bytes:
    """Return a file's content, text with the line ends it has in the repository."""
    content = path.read_bytes()
    return content if path.suffix == ".docx" else content.replace(b"\r\n", b"\n")
