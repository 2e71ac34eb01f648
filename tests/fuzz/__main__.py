"""Search for inputs that break a target: ``python -m tests.fuzz body --seconds 60``.

What is found lies in ``tests/fuzz/corpus`` afterwards, where every test run tries it again. What
reached new code is kept in ``build/fuzz`` and makes the next search start further on. With
``--inputs 500`` it tries the same inputs whenever and wherever it runs, and keeps nothing.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp

import atheris

with atheris.instrument_imports(include=["generator"]):
    from tests.fuzz.targets import CORPUS, TARGETS, found_cases
from tests.clerk import ROOT
from tests.fuzz.mutation import mutated

_AS_XML = 0.7  # of the changes to a .docx: few changes to its bytes leave it readable
_SLOW = 30  # seconds that one input may take
_MOST_MB = 2_500  # beyond what the process that started this one held: it counts as ours


def main() -> None:
    """Run libFuzzer on one target; it leaves with 0 when nothing was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--inputs", type=int, default=0, help="try so many, always the same")
    given = parser.parse_args()
    target = TARGETS[given.target]
    work = ROOT / "build" / "fuzz" / given.target
    bound: dict[str, object] = {"max_total_time": given.seconds}
    if given.inputs:
        # libFuzzer ends the process without Python's own leave: whoever runs this clears TMPDIR.
        work = Path(mkdtemp(prefix="vanban-fuzz-"))
        bound = {"runs": given.inputs, "seed": 1}
    reached, start, words = work / "reached", work / "seeds", work / "words"
    for folder in (reached, start, CORPUS / given.target):
        folder.mkdir(parents=True, exist_ok=True)
    for seed in (*target.seeds(), *(path.read_bytes() for path in found_cases(given.target))):
        (start / sha256(seed).hexdigest()[:16]).write_bytes(seed)
    words.write_text("\n".join(map(_word, target.words)), encoding="ascii")
    options = bound | {
        "timeout": _SLOW, "rss_limit_mb": _MOST_MB + _inherited_mb(),
        "max_len": 20_000, "dict": words, "artifact_prefix": f"{CORPUS / given.target}/",
        "print_final_stats": 1,
    }  # fmt: skip
    flags = [f"-{name}={value}" for name, value in options.items()]
    own = {"custom_mutator": _mutate} if given.target == "docx" else {}
    atheris.Setup([sys.argv[0], *flags, str(reached), str(start)], target.run, **own)
    atheris.Fuzz()


def _inherited_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _mutate(data: bytes, most: int, number: int) -> bytes:
    """Change a .docx now as XML, now as bytes."""
    if random.Random(number).random() < _AS_XML:
        return mutated(data, number)[:most]
    return bytes(atheris.Mutate(data, most))


def _word(word: str) -> str:
    """Return a word as libFuzzer's dictionaries write it."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in word.encode()) + '"'


if __name__ == "__main__":
    main()
