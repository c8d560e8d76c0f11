"""What a scenario may choose for technology: its table ``[technology]``."""

from __future__ import annotations

from typing import ClassVar

from optimisation.options import Options


class TechnologyOptions(Options):
    """Choices for technology (:mod:`sharedview.questions.technology.model`).

    Parameters
    ----------
    levers
        Levers to look at, alone and together; all of them if left out.
    """

    key: ClassVar[str] = "technology"
    levers: tuple[str, ...] = ()
