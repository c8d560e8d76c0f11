"""Same input, same bytes: beside busy processes, with other threads and another hash seed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

BUSY = 8
PROGRAM = "import sys; from sharedview.cli import main; main(sys.argv[1:])"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "MKL_NUM_THREADS")


def run(verb: str, out: Path, **environment: str) -> dict[str, bytes]:
    """Run a verb and return its files; the clock that files may quote is held."""
    fixed = {**os.environ, "SOURCE_DATE_EPOCH": "1500000000", **environment}
    command = [sys.executable, "-c", PROGRAM, verb, "--out", str(out), "--json"]
    subprocess.run(command, check=True, env=fixed, stdout=subprocess.DEVNULL)
    return {
        str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()
    }


@contextmanager
def busy(count: int) -> Iterator[None]:
    """Keep that many processes turning."""
    turning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for child in turning:
            child.kill()
            child.wait()


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["demo", "report"])
def test_two_runs_give_the_same_bytes(verb: str, tmp_path: Path) -> None:
    first = run(verb, tmp_path / "a", PYTHONHASHSEED="1")
    with busy(BUSY):
        second = run(verb, tmp_path / "b", PYTHONHASHSEED="7", **dict.fromkeys(THREADS, "1"))
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
