"""Put a finished result in the place of an earlier one, whole or not at all.

Where the system can exchange two folders in one step, that is the switch: at no moment is there
anything but the old set or the new one. Elsewhere (Windows, a folder that is a mount point, one
that also holds files of other people) the finished set is moved into the folder in one step under a
known name, the journal; from then on the new set is decided, and whoever comes next (the same run,
the next one, ``sharedview verify``) moves the files into place. Either way the old set stays
untouched until the new one is complete and on the disk.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from sharedview import result_set
from sharedview.result_set import MANIFEST, Manifest

JOURNAL = ".sharedview-switch"
_SYNCED_AT_ONCE = 32
_AT_FDCWD, _RENAME_EXCHANGE, _RENAME_SWAP = -100, 2, 2


def switch(finished: Path, out: Path) -> None:
    """Make the folder ``finished`` the content of ``out``; both lie on one file system.

    Files of an earlier set that the new one lacks go with the earlier set; files that are no part
    of it, or that were changed since, stay. A set whose manifest names no verb (a starter's files)
    joins what is there and leaves no manifest.
    """
    new = result_set.read(finished)
    joins = new is None or not new.command
    with unstoppable():
        if not out.exists():
            if joins:
                (finished / MANIFEST).unlink()
            finished.rename(out)
            sync(out.parent)
        elif not joins and _all_ours(out) and not _stands_in(out) and _exchanged(finished, out):
            sync(out.parent)
        else:
            finished.rename(out / JOURNAL)
            sync(out)
            finish(out)


def finish(out: Path) -> bool:
    """Complete a switch that was interrupted; True if there was one."""
    journal = out / JOURNAL
    if not journal.is_dir():
        return False
    new = result_set.read(journal)
    # The manifest moves last: once it is gone from the journal, everything is in place.
    if new is not None:
        for path in _left_behind(out, new):
            (out / path).unlink(missing_ok=True)
            for folder in (out / path).parents:
                if folder == out or any(folder.iterdir()):
                    break
                folder.rmdir()
        for path in (*new.files, *([MANIFEST] if new.command else [])):
            if (journal / path).exists():
                target = out / path
                target.parent.mkdir(parents=True, exist_ok=True)
                (journal / path).replace(target)
        sync(out)
    shutil.rmtree(journal)
    return True


def _left_behind(out: Path, new: Manifest) -> list[str]:
    """Return the files of the set in a folder that are unchanged and that the new set lacks."""
    old = result_set.read(out)
    if old is None or not new.command:
        return []
    return [
        path
        for path, digest in old.files.items()
        if path not in new.files
        and (out / path).is_file()
        and result_set.sha256(out / path) == digest
    ]


def _all_ours(out: Path) -> bool:
    """Whether a folder holds an untouched set of ours, or nothing."""
    checked = result_set.check(out)
    ours: set[Path] = {out / MANIFEST}
    if checked.manifest is not None:
        files = [out / path for path in checked.manifest.files]
        ours.update(files, *(file.parents for file in files))
    elif (out / MANIFEST).exists():
        return False
    return not checked.changed and all(path in ours for path in out.rglob("*"))


def _stands_in(out: Path) -> bool:
    """Whether the user stands in the folder: an exchange would pull it from under their feet."""
    here = Path.cwd()
    return here == out or out in here.parents


def _exchanged(finished: Path, out: Path) -> bool:
    """Exchange the two; the new folder takes over the rights of the old one."""
    shutil.copymode(out, finished)
    old = out.stat()
    if hasattr(os, "chown"):
        with suppress(PermissionError):
            os.chown(finished, old.st_uid, old.st_gid)
    return exchange(finished, out)


def exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system or the file system cannot."""
    paths = os.fsencode(one), os.fsencode(other)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            return library.renamex_np(*paths, _RENAME_SWAP) == 0
        done = library.renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE)
    except (AttributeError, OSError, TypeError):  # Windows, or a C library without it
        return False
    return bool(done == 0)


def sync(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where the system lets folders be synced."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sync_all(folder: Path) -> None:
    """Wait until every file below a folder is on the disk.

    Raises
    ------
    OSError
        If the disk or a quota does not hold them: some systems say so only now.
    """
    paths = sorted(folder.rglob("*"))
    # Side by side: a busy disk takes all that wait for it in one turn.
    with ThreadPoolExecutor(_SYNCED_AT_ONCE) as pool:
        for _ in pool.map(_sync_file, [path for path in paths if not path.is_dir()]):
            pass
    for path in (*(path for path in paths if path.is_dir()), folder):
        sync(path)


def _sync_file(path: Path) -> None:
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


@contextmanager
def unstoppable() -> Iterator[None]:
    """Let Ctrl-C and requests to stop wait until the block is through."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    waiting: list[tuple[int, FrameType | None]] = []
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    kept = {}
    for number in (getattr(signal, name) for name in names if hasattr(signal, name)):
        if callable(handler := signal.getsignal(number)):
            kept[number] = handler
            signal.signal(number, lambda number, frame: waiting.append((number, frame)))
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
        for number, frame in waiting[:1]:
            kept[signal.Signals(number)](number, frame)
