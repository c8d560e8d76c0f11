"""Damaged files of every container: a result or our own error, in time and memory, never else.

The cases are fixed by their numbers. A case that does wrong is written out by
``python -m tests.fuzz.run NUMBER 1 FOLDER``.
"""

from __future__ import annotations

import pytest

from tests.fuzz.harness import Readers
from tests.fuzz.seeds import make_seeds

PARTS = 8  # so that the workers share them


@pytest.fixture(scope="module")
def readers(tmp_path_factory):
    seeds = tmp_path_factory.mktemp("seeds")
    make_seeds(seeds)
    return Readers(seeds)


def wrong(readers, tmp_path, cases):
    outcomes = [readers.run(case, tmp_path / "case") for case in cases]
    return [outcome.line() for outcome in outcomes if outcome.is_wrong]


def test_every_seed_is_read(readers):
    for read, seeds, _ in readers.table.values():
        for seed in seeds:
            read(readers.seeds / seed)


@pytest.mark.parametrize("part", range(PARTS))
def test_two_thousand_cases(readers, tmp_path, part):
    assert wrong(readers, tmp_path, range(part, 2_000, PARTS)) == []


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_twenty_thousand_cases(readers, tmp_path, part):
    assert wrong(readers, tmp_path, range(2_000 + part, 22_000, PARTS)) == []
