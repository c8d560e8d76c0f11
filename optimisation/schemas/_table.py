"""What the tables of this package have in common."""

from __future__ import annotations

import pandera.pandas as pa


class Table(pa.DataFrameModel):
    """A table whose further columns pass unchecked."""

    class Config:
        """Values are turned into the type of their column."""

        coerce = True
        strict = False
