"""Compile functions with numba, once for each version of the sources.

numba's own cache looks at the file of the function that is called, not at the files of the
functions that it calls in turn: after a change to one of those it would go on running the old code.
Here the stamp of each cached function covers its own file and those of the compiled functions that
its module uses.

Where no cache can be written, functions are compiled in each run, and :func:`cost` says so.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from numba import config, njit

_uncached: list[str] = []


def compiled(function: Callable[..., Any] | None = None, *, inline: str = "never") -> Any:
    """Compile a function without the interpreter lock, and cache it on disk.

    Parameters
    ----------
    function
        A function of numbers and arrays.
    inline
        As in ``numba.njit``.
    """
    if function is None:
        return lambda wrapped: compiled(wrapped, inline=inline)
    stamp = _stamp(function)
    dispatcher = _cached(function, stamp, inline)
    if dispatcher is None:
        _uncached.append(function.__name__)
        dispatcher = njit(nogil=True, inline=inline)(function)
    dispatcher.sources_sha256 = stamp
    return dispatcher


def cost() -> str | None:
    """Return what it costs that nothing is kept compiled, with the remedy, or None."""
    if config.DISABLE_JIT:
        return (
            "NUMBA_DISABLE_JIT is set: nothing is compiled, and a run takes some hundred times as "
            "long. Unset it."
        )
    if not _uncached:
        return None
    return (
        "No folder can keep the compiled parts: each run compiles them anew, half a minute or "
        "more. Set NUMBA_CACHE_DIR to a folder that may be written to."
    )


def _stamp(function: Callable[..., Any]) -> str:
    """Return a digest of the sources that a compiled function is made of."""
    names = vars(inspect.getmodule(function))
    callees = {getattr(value, "sources_sha256", "") for value in names.values() if callable(value)}
    digest = hashlib.sha256(Path(inspect.getfile(function)).read_bytes())
    for each in sorted(map(str, callees)):
        digest.update(each.encode())
    return digest.hexdigest()


def _cached(function: Callable[..., Any], stamp: str, inline: str) -> Any:
    """Return the function with numba's cache on disk; None where it cannot have one."""
    try:
        dispatcher = njit(nogil=True, cache=True, inline=inline)(function)
    except RuntimeError:  # numba found no folder to write to
        return None
    if config.DISABLE_JIT:
        return dispatcher
    cache_file: Any = getattr(getattr(dispatcher, "_cache", None), "_cache_file", None)
    numba_stamp = getattr(cache_file, "_source_stamp", None)
    if numba_stamp is None:
        # A numba that keeps its stamp elsewhere: rather compile in each run than run old code.
        return None
    cache_file._source_stamp = (numba_stamp, stamp)  # noqa: SLF001 - numba has no public way
    return dispatcher
