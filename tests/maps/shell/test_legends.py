"""Classes of amounts: their limits, and what the legend says of each."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.shell.legends import ABOVE_NONE, class_limits, classed

NAN = float("nan")


def lines(values, **options):
    return [(item.label, item.count) for item in classed("k", "Share", values, **options).items]


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([0.0] * 31 + [0.00003, 0.0002], ["none", "under 0.02%", "0.02% or more"]),
        ([0.0] * 5, ["none"]),
        ([0.00001, 0.00002], ["under 0.01%"]),
        ([0.0, 0.00001], ["none", "some"]),
        ([0.09, 0.1], ["under 9.8%", "9.8% or more"]),
        ([0.1, 0.25, 0.3, NAN], ["under 22%", "22% to 28%", "28% or more", "no data"]),
    ],
)
def test_a_class_is_named_as_a_person_would(values, labels):
    assert [label for label, _ in lines(values)] == labels


def test_measures_that_share_a_scale_share_their_legend():
    detect, identify = [0.02, 0.05, 0.008], [0.0, 0.001, 0.0]
    limits = class_limits(np.array(detect + identify))
    assert limits[0] == ABOVE_NONE
    one, two = lines(detect, limits=limits), lines(identify, limits=limits)
    assert [label for label, _ in one] == [label for label, _ in two]
    assert one[0] == ("none", "0 boroughs")
    assert two[0] == ("none", "2 boroughs")


@given(st.lists(st.floats(0, 1) | st.just(0.0) | st.just(NAN), min_size=1, max_size=40))
def test_counts_add_up_and_no_two_lines_read_alike(values):
    found = lines(values)
    assert sum(int(count.split()[0]) for _, count in found) == len(values)
    labels = [label for label, _ in found]
    assert len(labels) == len(set(labels))
    assert not [label for label in labels if re.search(r"under under|to under|under .* or", label)]
