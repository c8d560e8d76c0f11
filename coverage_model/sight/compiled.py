"""Compile functions with numba, once for each version of the sources.

numba's own cache looks at the file of the function that is called, not at the files of the
functions that it calls in turn: after a change to one of those it would go on running the old code.
Here the stamp of each cached function covers the sources of all compiled modules.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from numba import njit

MODULES = ("grid", "_kernel", "_rings", "_shadows", "_sweep", "positions")
"""Modules whose functions are compiled together."""


def _digest() -> str:
    digest = hashlib.sha256()
    for name in MODULES:
        digest.update(Path(__file__).with_name(f"{name}.py").read_bytes())
    return digest.hexdigest()


_DIGEST = _digest()


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
    dispatcher = njit(nogil=True, cache=True, inline=inline)(function)
    cache_file: Any = getattr(getattr(dispatcher, "_cache", None), "_cache_file", None)
    stamp = getattr(cache_file, "_source_stamp", None)
    if stamp is None:
        # A numba that keeps its stamp elsewhere: rather compile in each run than run old code.
        return njit(nogil=True, inline=inline)(function)
    cache_file._source_stamp = (stamp, _DIGEST)  # noqa: SLF001 - numba has no public way
    return dispatcher
