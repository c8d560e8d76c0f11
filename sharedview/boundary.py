"""The last boundary of the command line: whatever happens inside ends in one message and a code.

0 done; 2 something is wrong with the input, the disk or the memory; 3 no plan satisfies the
scenario; 70 a bug of ours, with a log to send; 130 stopped by Ctrl-C, 143 by the system.
"""

from __future__ import annotations

import errno
import logging
import os
import platform
import signal
import sys
import tempfile
import threading
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import metadata
from types import FrameType
from typing import Any

import click

from coverage_model.base.errors import SharedviewError
from sharedview import __version__
from sharedview.console import plain_streams, print_error, printable

USAGE, BUG, INTERRUPTED = 2, 70, 130
# What a disk, a quota or a permission does to a run; any other OSError is a bug of ours.
ENVIRONMENT = {
    errno.EACCES,
    errno.EDQUOT,
    errno.EIO,
    errno.EISDIR,
    errno.EMFILE,
    errno.ENAMETOOLONG,
    errno.ENOENT,
    errno.ENOSPC,
    errno.ENOTDIR,
    errno.EPERM,
    errno.EROFS,
}


class Stopped(KeyboardInterrupt):
    """The system asked the run to stop: treated as Ctrl-C, so that scratch is cleared away."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(signal.Signals(number).name)


class Verbs(click.Group):
    """The group of all verbs, with the boundary around them."""

    # click tells by an overload that a group that stands alone never returns.
    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, *, standalone_mode: bool = True, **extra: Any
    ) -> Any:
        """Run a verb and leave with its exit code; as in click where it does not stand alone."""
        if not standalone_mode:
            return super().main(args, standalone_mode=False, **extra)
        plain_streams()
        with _stoppable(), _library_messages():
            sys.exit(self._code(args, **extra))

    def _code(self, args: Sequence[str] | None, **extra: Any) -> int:
        try:
            code = super().main(args, standalone_mode=False, **extra)
            sys.stdout.flush()
        except BaseException as error:  # noqa: BLE001 - the last boundary
            return told(error)
        return code if isinstance(code, int) else 0


def told(error: BaseException) -> int:
    """Tell the user in one message what ended the run, and return the exit code."""
    cause = error.__cause__ if isinstance(error, click.Abort) and error.__cause__ else error
    if isinstance(cause, SystemExit):
        return cause.code if isinstance(cause.code, int) else int(cause.code is not None)
    if isinstance(cause, BrokenPipeError):
        # The reader has gone, as in `sharedview data | head`: nothing is left to say to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    label = "Error"
    if isinstance(cause, SharedviewError):
        code, text = cause.exit_code, str(cause)
    elif isinstance(cause, click.ClickException):
        code, text = cause.exit_code, _usage(cause)
    elif isinstance(cause, KeyboardInterrupt | click.Abort):
        code = 128 + cause.number if isinstance(cause, Stopped) else INTERRUPTED
        label, text = (
            "Stopped.",
            "No result is half written: `sharedview verify` says which is there.",
        )
    elif isinstance(cause, MemoryError) or "bad_alloc" in str(cause):
        code = USAGE
        text = "There is not enough memory. Close other programs, use a larger machine, or give "
        text += "fewer cameras or fewer --draws."
    elif isinstance(cause, OSError) and cause.errno in ENVIRONMENT:
        where = f"{cause.filename}: " if cause.filename else ""
        code = USAGE
        text = f"{where}{cause.strerror}. Check the path, the free space and your rights."
    else:
        code, text = BUG, _bug(cause)
    print_error(text, label=label)
    return code


def _usage(error: click.ClickException) -> str:
    text = error.format_message()
    if isinstance(error, click.UsageError) and error.ctx is not None:
        text += f"\n{error.ctx.get_usage()}\nMore: {error.ctx.command_path} --help"
    return text


def _bug(error: BaseException) -> str:
    """Write what a maintainer needs into a log, and say where it is."""
    kind = type(error).__name__
    try:
        handle, path = tempfile.mkstemp(prefix="sharedview-error-", suffix=".log")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as log:
            log.write(_log(error))
    except OSError as unwritable:
        path = f"(no log could be written: {unwritable.strerror})"
    return (
        f"{kind}: this is a fault of Sharedview, not of your input. No result was half written. "
        f"Please send this log to the maintainers; read it first, it may quote your input: {path}"
    )


def _log(error: BaseException) -> str:
    libraries = ("geopandas", "highspy", "numba", "numpy", "pandas", "pyogrio", "pyproj", "shapely")
    lines = [
        f"Sharedview {__version__}",
        f"Python {platform.python_version()} on {platform.platform()}",
        ", ".join(f"{name} {metadata.version(name)}" for name in libraries),
        f"Command: {' '.join(printable(each) for each in sys.argv[1:])}",
        "",
        *traceback.format_exception(error),
    ]
    return "\n".join(lines)


@contextmanager
def _stoppable() -> Iterator[None]:
    """Turn a request to stop into :class:`Stopped` while the block runs."""

    def stop(number: int, _frame: FrameType | None) -> None:
        raise Stopped(number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    names = ("SIGTERM", "SIGHUP")
    found = [getattr(signal, name) for name in names if hasattr(signal, name)]
    # A run under nohup is to outlive its terminal.
    kept = {
        number: signal.signal(number, stop)
        for number in found
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


@contextmanager
def _library_messages() -> Iterator[None]:
    """Show what libraries warn of and log as notes: on one line, without control characters."""

    def show(message: Warning | str, category: type[Warning], *_place: Any, **_more: Any) -> None:
        print_error(str(message), label=f"{category.__name__}:")

    with warnings.catch_warnings():
        # Set on the module: that is the documented way to show warnings otherwise.
        warnings.showwarning = show
        handler = _Printing(logging.WARNING)
        root = logging.getLogger()
        root.addHandler(handler)
        try:
            yield
        finally:
            root.removeHandler(handler)


class _Printing(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        print_error(record.getMessage(), label=f"{record.name}:")
