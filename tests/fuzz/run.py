"""Fuzz the readers at length: ``python -m tests.fuzz.run FIRST COUNT FOLDER``.

Children are forked for a thousand cases at a time, so that one that dies takes only its case with
it; damaged files that did wrong are kept in ``FOLDER/wrong``, results in ``FOLDER/wrong.jsonl``.
"""

from __future__ import annotations

import os
import resource
import shutil
import sys
from pathlib import Path

BATCH = 1000
ADDRESS_SPACE = 6 << 30


def main(first: int, count: int, folder: Path) -> int:
    """Run the cases; returns how many did wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    progress = folder / f"at-{first}"
    record = folder / f"wrong-{first}.jsonl"
    at, end = first, first + count
    while at < end:
        child = os.fork()
        if child == 0:
            _run(at, min(at + BATCH, end), folder, progress, record)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        last = int(progress.read_text())
        if status:
            with record.open("a") as out:
                out.write(f'{{"case": {last}, "end": "died", "status": {status}}}\n')
            at = last + 1
        else:
            at = min(at + BATCH, end)
    wrong = len(record.read_text().splitlines()) if record.exists() else 0
    print(f"{count:,} cases from {first}: {wrong} wrong")  # noqa: T201
    return wrong


def _run(first: int, end: int, folder: Path, progress: Path, record: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    from tests.fuzz.harness import Readers  # noqa: PLC0415 - no threads before the fork
    from tests.fuzz.seeds import make_seeds  # noqa: PLC0415

    seeds = folder / f"seeds-{os.getpid()}"
    make_seeds(seeds)
    readers = Readers(seeds)
    scratch = folder / f"case-{os.getpid()}"
    for case in range(first, end):
        progress.write_text(str(case))
        outcome = readers.run(case, scratch)
        if outcome.is_wrong:
            with record.open("a") as out:
                out.write(outcome.line() + "\n")
            shutil.copytree(scratch, folder / "wrong" / str(case), dirs_exist_ok=True)
    shutil.rmtree(seeds)
    shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(1 if main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])) else 0)
