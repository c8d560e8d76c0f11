"""What a verb says when it is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from maps.shell import wording
from maps.shell.wording import Sentence
from sharedview import provenance


@dataclass(frozen=True)
class Summary:
    """What a verb says when it is done.

    Parameters
    ----------
    sentences
        The findings, in plain words.
    columns, rows
        A short table.
    page
        The page to open first, if there is one.
    closing
        The last line: where the files are.
    figures
        The same findings for machines.
    """

    sentences: tuple[Sentence, ...]
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    page: Path | None = None
    closing: str = "Done"
    figures: dict[str, Any] = field(default_factory=dict)

    def as_json(self, runtime_s: float) -> dict[str, Any]:
        """Return the summary as a mapping for JSON."""
        return provenance.plain(
            {
                "sentences": [wording.plain(sentence) for sentence in self.sentences],
                "page": self.page,
                "runtime_s": round(runtime_s, 2),
                **self.figures,
            }
        )
