"""The quick way for a large CSV that is nothing but a header and whole rows: through Arrow.

A table of a million rows takes Python's parser many seconds, Arrow one. It is taken only where it
cannot read otherwise than the careful way (:mod:`coverage_model.reading.tables`): the header is the
first line, and there are no quotation marks, no blank or ragged line, no repeated header and
nothing below the table. Anything else comes back as None and is read the careful way.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

from coverage_model.reading.header import FOOTER_LINES, footer_start

SMALLEST_BYTES = 1 << 20
LARGEST_BYTES = 1 << 30
_LONE_RETURN = re.compile(rb"\r(?!\n)")
_SAMPLE = 20_000
_WORDS_KEPT = 4_096


def plain_rows(path: Path, *, delimiter: str, header: Sequence[str]) -> pd.DataFrame | None:
    """Read the rows below a header in the first line, all as text; None where care is needed.

    Parameters
    ----------
    path
        A file in UTF-8.
    delimiter
        Its delimiter.
    header
        The cells of its first line, all different and none blank.

    Returns
    -------
    DataFrame or None
        Columns in order, of text objects; cells that repeat are one object.
    """
    if not SMALLEST_BYTES <= path.stat().st_size <= LARGEST_BYTES or _has_marks(path):
        return None
    try:
        table = csv.read_csv(
            path,
            csv.ReadOptions(use_threads=False, skip_rows=1, column_names=list(header)),
            csv.ParseOptions(delimiter=delimiter, quote_char=False, ignore_empty_lines=False),
            csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowException:  # a ragged or blank line, bytes that are not UTF-8
        return None
    first = table.column(0)
    if not table.num_rows or pc.any(pc.equal(pc.utf8_trim_whitespace(first), "")).as_py():
        return None
    if pc.any(pc.equal(pc.utf8_trim_whitespace(first), header[0])).as_py():
        return None
    last = table.slice(max(0, table.num_rows - FOOTER_LINES)).to_pylist()
    ends = [list(row.values()) for row in last]
    if footer_start(ends, apart=[False] * len(ends), width=len(header)) < len(ends):
        return None
    rows = pd.DataFrame(
        {name: pd.Series(_texts(table.column(name)), dtype=object) for name in header}
    )
    rows.columns = pd.Index(header, dtype=object)
    return rows


def _has_marks(path: Path) -> bool:
    """Whether the file holds quotation marks, NULs or a lone return, which parsers read apart."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return (
            data.find(b'"') >= 0
            or data.find(b"\x00") >= 0
            or (data.find(b"\r") >= 0 and _LONE_RETURN.search(data) is not None)
        )


def _texts(column: pa.ChunkedArray) -> NDArray[np.object_]:
    """Cells as text objects; of a column of few words, each word once."""
    if pc.count_distinct(column.slice(0, _SAMPLE)).as_py() > _WORDS_KEPT:
        return np.asarray(column.to_numpy(), dtype=object)
    words = column.combine_chunks().dictionary_encode()
    texts = np.asarray(words.dictionary.to_numpy(zero_copy_only=False), dtype=object)
    return np.asarray(texts[words.indices.to_numpy()], dtype=object)
