"""Errors cross from one process to another whole: a pool that cannot read one breaks."""

from __future__ import annotations

import pickle

import pytest

from coverage_model.base import errors
from coverage_model.base.errors import Fault, InfeasibleError, InputError
from optimisation.search.groups import TooManyGroupsError

KINDS = [InputError, errors.CRSError, errors.MissingFileError]


@pytest.mark.parametrize("kind", KINDS)
def test_an_input_error_survives_pickling(kind: type[InputError]) -> None:
    error = kind("cameras.csv", [Fault("range_m is negative", "Give metres above 0", ("C7",))])
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 (our own bytes)
    assert type(again) is kind
    assert again.faults == error.faults
    assert str(again) == str(error)


@pytest.mark.parametrize("error", [InfeasibleError(["a", "b"]), TooManyGroupsError(9)])
def test_other_errors_survive_pickling(error: Exception) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 (our own bytes)
    assert type(again) is type(error)
    assert str(again) == str(error)
