"""Where a result is built: beside its folder, locked, and cleared of what dead runs left.

Scratch holds exact camera positions. It is readable by its owner alone, and the next run clears
away what a killed one left, there and beside it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sharedview import switch

OURS = ".sharedview-"
_SET = "set"
_WINDOWS_WAIT_S = 0.2


@contextmanager
def workplace(out: Path, *, say: Callable[[str], None]) -> Iterator[Path]:
    """Give an empty folder to build a result in, on the file system of ``out``.

    Parameters
    ----------
    out
        Where the result will go; it may not exist yet.
    say
        Told when another run writes there and this one waits.

    Raises
    ------
    OSError
        If nothing can be written there.
    """
    home, key = _home(out), _key(out)
    made = _make(home)
    try:
        with _locked(home / f"{OURS}{key}.lock", out, say=say):
            if out.is_dir():
                switch.finish(out)
            _sweep(home, out, key)
            try:
                # The scratch is private; the set in it has the rights of any new folder.
                scratch = Path(tempfile.mkdtemp(prefix=f"{OURS}{key}-", dir=home))
                (scratch / _SET).mkdir()
                yield scratch / _SET
            finally:
                with switch.unstoppable():
                    _sweep(home, out, key)
    finally:
        # A run that failed leaves no empty folder behind either.
        for folder in made:
            with suppress(OSError):
                folder.rmdir()


def complete(out: Path, *, say: Callable[[str], None]) -> bool:
    """Complete a switch that a killed run began; True if there was one."""
    if not (out / switch.JOURNAL).is_dir():
        return False
    with _locked(_home(out) / f"{OURS}{_key(out)}.lock", out, say=say):
        return switch.finish(out)


def _home(out: Path) -> Path:
    """Return the folder to build in: beside ``out``, or in it where that is not one file system."""
    if not out.is_dir():
        return out.parent
    beside = os.access(out.parent, os.W_OK | os.X_OK) and not out.is_mount()
    return out.parent if beside and out.stat().st_dev == out.parent.stat().st_dev else out


def _key(out: Path) -> str:
    return hashlib.sha256(os.fsencode(out.name)).hexdigest()[:12]


def _make(folder: Path) -> list[Path]:
    """Make a folder and those above it; return what was made, deepest first."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
    return missing


def _sweep(home: Path, out: Path, key: str) -> None:
    """Clear away what dead runs left: where the lock is free, nobody works."""
    for path in sorted(home.glob(f"{OURS}*-*")):
        owner = path.name.removeprefix(OURS).split("-")[0]
        if owner == key:
            shutil.rmtree(path, ignore_errors=True)
        elif home != out and path.is_dir():
            lock = home / f"{OURS}{owner}.lock"
            with suppress(OSError), lock.open("a+b") as stream:
                if _take(stream.fileno()):
                    shutil.rmtree(path, ignore_errors=True)
                    lock.unlink(missing_ok=True)
    if out.is_dir():
        for path in out.glob(f"{OURS}*"):
            # A journal holds what is decided: it is completed, never cleared away.
            if path.is_dir() and path.name != switch.JOURNAL:
                shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _locked(lock: Path, out: Path, *, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock of a result folder; the system frees it whatever ends the run."""
    while True:
        with lock.open("a+b") as stream:
            if not _take(stream.fileno()):
                say(f"Another run writes into {out}: waiting until it has ended")
                _wait(stream.fileno())
            # The run before removed its lock while this one waited for it: take the new one.
            if not _same(stream.fileno(), lock):
                continue
            try:
                yield
            finally:
                with suppress(OSError):
                    lock.unlink()
            return


def _same(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _wait(handle: int) -> None:
        while not _take(handle):
            time.sleep(_WINDOWS_WAIT_S)

else:
    import fcntl

    def _take(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks: nothing can be held, nothing waited for
            return True
        return True

    def _wait(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX)
