"""The tables that the comparison of boroughs writes."""

from __future__ import annotations

import pandas as pd

from coverage_model.base.schemas import Table, col

BASES = ("published", "inventory", "model", "illustrative", "unknown")
RETURNS = ("increasing", "constant", "decreasing")

SCOPES = {
    "street": "streets",
    "public_space_foi": "public space (answers to requests)",
    "whole_system": "whole systems with estates",
    "inventory": "public cameras of the inventory",
}
"""Scope classes of numbers of cameras, in words."""


class Comparators(Table):
    """One row a measure and borough: what is known, of when, of what and from where.

    Measures mix years and scopes: read both before comparing two rows.
    """

    borough_code: str = col("GSS code of the borough")
    borough: str = col("Name of the borough")
    measure: str = col("Identifier of the measure")
    label: str = col("What it is")
    value: float = col("How much; empty where unknown", ge=0, nullable=True)
    unit: str = col("Unit in words")
    year: pd.Int64Dtype = col(
        "Year of the number of cameras or of the cost; empty where unknown or computed",
        nullable=True,
    )
    second_year: pd.Int64Dtype = col(
        "Year of the other figure in a ratio, where it is another", nullable=True
    )
    scope_class: str = col("Class of what is counted: only like classes compare; empty if unknown")
    scope: str = col("What is counted, as published or as computed")
    confidence: str = col("How far the figure can be trusted")
    basis: str = col(
        "published; inventory (counted from a file); model; illustrative (from generated cameras); "
        "unknown",
        isin=BASES,
    )
    source: str = col("Where the figures were read or computed")


class StructurePeers(Table):
    """One row a borough and peer: the boroughs most like it by structure, nearest first."""

    borough_code: str = col("GSS code of the borough")
    borough: str = col("Name of the borough")
    place: int = col("Place in the order of distance, from 1", ge=1)
    peer_code: str = col("GSS code of the peer")
    peer: str = col("Name of the peer")
    distance: float = col(
        "Standardised Euclidean distance over residents, density, crime rate and inner or outer "
        "London",
        ge=0,
    )


class Comparisons(Table):
    """One row a measure and borough: its figure beside those of like boroughs.

    Like boroughs have a figure of the same scope class, published within a stated number of years;
    the nearest by structure are used.
    """

    borough_code: str = col("GSS code of the borough")
    borough: str = col("Name of the borough")
    measure: str = col("Identifier of the measure")
    label: str = col("What it is")
    value: float = col("The borough's figure; empty where unknown", nullable=True)
    unit: str = col("Unit in words")
    year: pd.Int64Dtype = col("Year of the figure", nullable=True)
    scope_class: str = col("Class of what is counted")
    basis: str = col("Basis of the figure", isin=BASES)
    like_boroughs: int = col("Boroughs whose figure is like for like", ge=0)
    enough: bool = col("Whether there are enough of them to compare with")
    remark: str = col("Why nothing is compared; empty otherwise")
    peers_used: int = col("Like boroughs compared with", ge=0)
    peers: str = col("Their names, nearest first")
    peer_low: float = col("Lowest figure among them", nullable=True)
    peer_median: float = col("Middle figure among them", nullable=True)
    peer_high: float = col("Highest figure among them", nullable=True)
    peers_below: pd.Int64Dtype = col("How many of them have a lower figure", nullable=True)


class RankingChecks(Table):
    """One row a measure: whether it carries a ranking of boroughs, and if not, why."""

    measure: str = col("Identifier of the measure", unique=True)
    label: str = col("What it is")
    boroughs: int = col("Boroughs asked about", ge=0)
    known: int = col("Boroughs with a figure", ge=0)
    scopes: str = col("Scope classes of the figures")
    years: str = col("Years of the figures")
    low_confidence: int = col("Figures of low confidence", ge=0)
    allowed: bool = col("Whether the measure carries a ranking")
    reasons: str = col("Names of the rules that are broken; empty where none is")
    explained: str = col("The same in words")
    caution: str = col("What must be said with the ranking; empty where it is refused")


class Ranks(Table):
    """One row a measure that carries a ranking and borough; the caution belongs to every row."""

    measure: str = col("Identifier of the measure")
    label: str = col("What it is")
    borough_code: str = col("GSS code of the borough")
    borough: str = col("Name of the borough")
    value: float = col("The borough's figure")
    unit: str = col("Unit in words")
    rank: int = col("Place from the lowest value, 1, upwards; equal values share a place", ge=1)
    of: int = col("Boroughs in the order", ge=2)
    caution: str = col("How not to read the order")


class RoomEfficiency(Table):
    """One row a room of today: data envelopment of the cost model's rooms. Not of councils.

    Inputs are the yearly cost and the operators on duty of the cost model; outputs the cameras
    watched, the residents served and, where cameras are real, the ground covered.
    """

    room_code: str = col("GSS code of the borough that hosts the room", unique=True)
    borough: str = col("Name of that borough")
    cameras_basis: str = col("published; assumed (filled in by a rule); inventory; mixed")
    cost_gbp_per_year: float = col("Input: modelled yearly cost", unit="£ a year", ge=0)
    posts: int = col("Input: modelled operators on duty", ge=0)
    cameras: float = col("Output: cameras watched", ge=0)
    residents: float = col("Output: residents served, 2020", ge=0)
    covered_m2: float = col(
        "Ground covered by views; an output only where used", unit="m²", nullable=True
    )
    efficiency_constant: float = col("Under constant returns to scale", unit="0 to 1", ge=0)
    efficiency_variable: float = col("Under variable returns to scale", unit="0 to 1", ge=0)
    scale_efficiency: float = col(
        "efficiency_constant / efficiency_variable: what the room's size costs", unit="0 to 1"
    )
    returns_to_scale: str = col(
        "increasing (too small), constant, or decreasing (too large)", isin=RETURNS
    )
    efficient: bool = col("Whether no mixture of rooms does as much with less")
    corrected: float = col(
        "efficiency_variable less its bootstrap bias; empty where all rooms are efficient",
        nullable=True,
    )
    low: float = col("Low end of its 95 % bootstrap interval", nullable=True)
    high: float = col("High end of it", nullable=True)
    peers: str = col("Rooms it is judged by, with their weights")
    outputs: str = col("What a room is judged to do: cameras, residents, ground covered")
    basis: str = col("model, or illustrative where generated cameras count", isin=BASES)


class RoomPeers(Table):
    """One row a room and one of the rooms that it is judged by, under variable returns."""

    room_code: str = col("GSS code of the borough that hosts the room")
    borough: str = col("Name of that borough")
    peer_code: str = col("GSS code of the borough that hosts the other room")
    peer: str = col("Name of that borough")
    weight: float = col("Weight in the mixture of rooms; they add up to 1", ge=0)
