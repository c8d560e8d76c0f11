r"""The cost of a room as JavaScript, written from the cost terms: a page costs what Python costs.

The formulas of :mod:`optimisation.costs.terms` (and of :mod:`optimisation.costs.overflow`) are run
once with names in the place of numbers. What they do to a name is noted as a tree, and the tree is
written as JavaScript. So there is one specification: a new term, or a changed formula, is in the
page at the next run, and a formula that cannot be written fails here and not in a meeting.

An array over areas is known at one area, ``k``; a table of areas and sites at ``i`` and ``j``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np

from optimisation.costs.overflow import overflow_cost
from optimisation.costs.places import Places, posts_needed
from optimisation.costs.rates import Rates
from optimisation.costs.terms import RATE_NAMES, TERMS, Amount, Form, Largest, OfRoom

Shape = Literal["scalar", "areas", "table"]
RANK: dict[Shape, int] = {"scalar": 0, "areas": 1, "table": 2}

# Length of the arrays that formulas see while they are traced. An array of that length that is not
# a name can only be the positions, or one number repeated.
LENGTH = 97

ARRAYS = tuple(name for name in Places.__dataclass_fields__ if name != "km")

_BINARY: dict[Any, str] = {
    np.add: "+",
    np.subtract: "-",
    np.multiply: "*",
    np.divide: "/",
    np.equal: "===",
    np.not_equal: "!==",
    np.greater: ">",
    np.greater_equal: ">=",
    np.less: "<",
    np.less_equal: "<=",
    np.bitwise_and: "&&",
    np.logical_and: "&&",
    np.bitwise_or: "||",
}
_CALLS: dict[Any, str] = {
    np.ceil: "Math.ceil",
    np.maximum: "Math.max",
    np.minimum: "Math.min",
    np.absolute: "Math.abs",
}


class Traced(np.lib.mixins.NDArrayOperatorsMixin):
    """A quantity without a value: how it follows from others.

    Parameters
    ----------
    shape
        Whether it is one number, an array over areas, or a table of areas and sites.
    write
        Returns its JavaScript, given the names of the area (and site) it is asked at.
    given
        Whether it is at hand as it is, and not worked out.
    """

    def __init__(
        self, shape: Shape, write: Callable[[tuple[str, ...]], str], *, given: bool = False
    ) -> None:
        self.kind, self.write, self.given = shape, write, given

    def __len__(self) -> int:
        return LENGTH

    def __bool__(self) -> bool:
        raise TypeError("a cost formula decides by an `if` on a figure; use numpy.where")

    def __hash__(self) -> int:
        return id(self)

    def at(self, *place: str) -> str:
        """Return its JavaScript at a place."""
        rank = RANK[self.kind]
        if self.kind == "areas" and not self.given:
            return f"{_array(self.write(('k',)))}[{place[-1]}]"
        # As numpy lines arrays up: an array over areas in a table runs along its sites.
        return self.write(place[len(place) - rank :] if rank else ())

    def astype(self, _kind: Any) -> Traced:
        """Return the same number: JavaScript has one kind of them."""
        return Traced(self.kind, lambda place: f"(+{self.at(*place)})")

    def __getitem__(self, key: Any) -> Traced:
        if isinstance(key, Traced):
            return Traced("areas", lambda place: self.at(key.at(*place)))
        if key == (slice(None), None):
            return Traced("table", lambda place: self.at(place[0]))
        if key == (None, slice(None)):
            return Traced("table", lambda place: self.at(place[1]))
        raise TypeError(f"a cost formula looks up {key!r}, which cannot be written as JavaScript")

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **given: Any) -> Traced:
        if ufunc is np.isfinite:
            return True  # type: ignore[return-value]  # what is unlimited is not asked of the page
        if ufunc is np.multiply and any(_is_nothing(each) for each in inputs):
            return 0.0  # type: ignore[return-value]
        parts = [traced(each) for each in inputs]
        shape = _widest(parts)
        if method == "__call__" and ufunc in _BINARY:
            sign = _BINARY[ufunc]
            found = Traced(
                shape, lambda place: f"({parts[0].at(*place)} {sign} {parts[1].at(*place)})"
            )
        elif method == "__call__" and ufunc in _CALLS:
            name = _CALLS[ufunc]
            found = Traced(
                shape, lambda place: f"{name}({', '.join(part.at(*place) for part in parts)})"
            )
        elif method == "__call__" and ufunc in (np.negative, np.invert, np.logical_not):
            sign = "-" if ufunc is np.negative else "!"
            found = Traced(shape, lambda place: f"({sign}{parts[0].at(*place)})")
        else:
            raise TypeError(f"a cost formula uses {ufunc.__name__}, which no page can work out")
        if "where" in given:
            otherwise = traced(given["out"][0])
            return _where(traced(given["where"]), found, otherwise)
        return found

    def __array_function__(
        self, function: Any, _types: Any, inputs: Any, given: Mapping[str, Any]
    ) -> Any:
        if function is np.where:
            return _where(*(traced(each) for each in inputs))
        if function is np.bincount:
            return _sums(inputs[0], given["weights"])
        if function is np.interp:
            return _interpolated(*inputs)
        if function is np.fill_diagonal:
            table, value = inputs
            before = table.write
            table.write = lambda place: (
                f"({place[0]} === {place[1]} ? {float(value)!r} : {before(place)})"
            )
            return None
        raise TypeError(f"a cost formula uses {function.__name__}, which no page can work out")


def traced(value: Any) -> Traced:
    """Return a number, or an array that can only be positions or one number, as traced.

    Raises
    ------
    TypeError
        For an array of anything else.
    """
    if isinstance(value, Traced):
        return value
    array = np.asarray(value)
    if array.ndim == 0:
        return Traced("scalar", lambda _: _number(array.item()))
    flat = array.reshape(-1)
    if (flat == flat[0]).all() and flat.size > 1:
        return Traced("scalar", lambda _: _number(flat[0].item()))
    if flat.size == LENGTH and (flat == np.arange(LENGTH)).all():
        along = 0 if array.ndim == 2 and array.shape[0] == LENGTH else -1
        shape: Shape = "table" if array.ndim == 2 else "areas"
        return Traced(shape, lambda place: place[along], given=True)
    raise TypeError("a cost formula holds an array of numbers, which no page can work out")


def _number(value: Any) -> str:
    return json.dumps(value)


def _widest(parts: list[Traced]) -> Shape:
    return max((part.kind for part in parts), key=lambda kind: RANK[kind])


def _where(condition: Traced, yes: Traced, no: Traced) -> Traced:
    return Traced(
        _widest([condition, yes, no]),
        lambda at: f"({condition.at(*at)} ? {yes.at(*at)} : {no.at(*at)})",
    )


_ARRAYS: dict[str, str] = {}
"""Arrays of the text that is being written: what makes each, and its name."""


def _array(text: str) -> str:
    """Return the name of an array that is worked out once, from its element at ``k``."""
    return _ARRAYS.setdefault(f"array((k) => {text})", f"a{len(_ARRAYS)}")


def _sums(bins: Traced, weights: Traced) -> Traced:
    """Sum weights by bin."""

    def write(place: tuple[str, ...]) -> str:
        made = f"sums((k) => {bins.at('k')}, (k) => {weights.at('k')})"
        return f"{_ARRAYS.setdefault(made, f'a{len(_ARRAYS)}')}[{place[0]}]"

    return Traced("areas", write, given=True)


def _arrays() -> list[str]:
    """Return the lines that make the arrays noted so far, and forget them."""
    lines = [f"    const {name} = {made};" for made, name in _ARRAYS.items()]
    _ARRAYS.clear()
    return lines


def _interpolated(at: Traced, x: Any, y: Any) -> Traced:
    points = json.dumps([np.asarray(x).tolist(), np.asarray(y).tolist()])
    return Traced(at.kind, lambda place: f"interpolated({at.at(*place)}, {_points(points)})")


_POINTS: dict[str, str] = {}
"""Points of curves that the text names, by what they are."""


def _points(text: str) -> str:
    return _POINTS.setdefault(text, f"POINTS_{len(_POINTS)}")


@dataclass(frozen=True, slots=True)
class _Inputs:
    rate: Rates
    places: Places


def _inputs() -> _Inputs:
    """Return coefficients and places that are names."""

    def name(prefix: str, key: str, shape: Shape) -> Traced:
        end = {"scalar": "", "areas": "[{0}]", "table": "[{0} * n + {1}]"}[shape]
        return Traced(shape, lambda at: f"{prefix}.{key}{end.format(*at)}", given=True)

    rate = Rates({key: name("r", key, "scalar") for key in RATE_NAMES})  # type: ignore[misc]
    arrays: dict[str, Any] = {key: name("p", key, "areas") for key in ARRAYS}
    return _Inputs(rate, Places(km=name("p", "km", "table"), **arrays))  # type: ignore[arg-type]


def _is_nothing(part: Any) -> bool:
    return not isinstance(part, Traced) and not np.any(np.asarray(part))


def _form(form: Form) -> str:
    parts = []
    for key in ("room", "change", "post", "member"):
        part = getattr(form, key)
        if _is_nothing(part):
            continue
        places = ("i", "j") if key == "member" else ("j",)
        text = traced(part).at(*places)
        kept = key
        if key == "member" and "j" not in _names(text):
            kept, places = "area", ("i",)  # the same wherever the room stands
        parts.append(f"{kept}: ({', '.join(places)}) => {text}")
    return "{ " + ", ".join(parts) + " }"


def _names(text: str) -> set[str]:
    word, found = "", set()
    for character in text + " ":
        if character.isalnum() or character in "_.":
            word += character
        else:
            found.add(word)
            word = ""
    return found


def _amount(amount: Amount) -> str:
    if isinstance(amount, OfRoom):
        cameras = Traced("scalar", lambda _: "cameras")
        posts = Traced("scalar", lambda _: "posts")
        return f"ofRoom: (cameras, posts) => {traced(amount.amount(cameras, posts)).at()}"  # type: ignore[arg-type]
    if isinstance(amount, Largest):
        return f"largest: [{', '.join(_form(form) for form in amount.forms)}]"
    return f"form: {_form(amount)}"


HELPERS = (
    "  function over(n) {",
    "    const array = (value) => {",
    "      const found = new Float64Array(n);",
    "      for (let k = 0; k < n; k += 1) found[k] = value(k);",
    "      return found;",
    "    };",
    "    const sums = (bin, weight) => {",
    "      const total = new Float64Array(n);",
    "      for (let k = 0; k < n; k += 1) total[bin(k)] += weight(k);",
    "      return total;",
    "    };",
    "    return { array, sums };",
    "  }",
    "  function interpolated(at, points) {",
    "    const x = points[0], y = points[1];",
    "    if (at <= x[0]) return y[0];",
    "    for (let q = 1; q < x.length; q += 1) {",
    "      if (at > x[q]) continue;",
    "      return ((y[q] - y[q - 1]) / (x[q] - x[q - 1])) * (at - x[q - 1]) + y[q - 1];",
    "    }",
    "    return y[y.length - 1];",
    "  }",
)


@cache
def cost_script() -> str:
    """Return the cost specification as JavaScript: one object, ``CostTerms``.

    ``terms(r, p)`` gives each term's amount from coefficients and places, ``posts(cameras, r)`` the
    operators of a room, ``overflow(cameras, capacity, r, annuity)`` what does not fit,
    ``load(r, p)`` and ``postsBefore(r, p)`` the rooms of today.

    Examples
    --------
    >>> "room_fixed_gbp_per_year * p.rent_factor[k]" in cost_script()
    True
    """
    given = _inputs()
    rate, places = given.rate, given.places
    lines = [
        f"      {{ line: {json.dumps(term.line)}, when: {json.dumps(term.when)}, "
        f"bias: {'0' if term.bias is None else f'r.{term.bias}'}, "
        f"{_amount(term.amount(rate, places))} }},"
        for term in TERMS
    ]
    cameras = Traced("scalar", lambda _: "cameras")
    capacity: Any = Traced("scalar", lambda _: "capacity")
    annuity: Any = Traced("scalar", lambda _: "annuity")
    needed = traced(posts_needed(cameras, rate)).at()  # type: ignore[arg-type]
    excess = traced(overflow_cost(cameras, capacity, rate, annuity)).at()  # type: ignore[arg-type]
    made = _arrays()
    before = traced(places.posts_before(rate)).at("k")
    return "\n".join(
        [
            '"use strict";',
            "/* Written by optimisation/costs/script.py from the cost terms: change them there. */",
            "const CostTerms = (() => {",
            *(f"  const {name} = {text};" for text, name in _POINTS.items()),
            *HELPERS,
            "  function terms(r, p) {",
            "    const n = p.cameras.length, { array, sums } = over(n);",
            *made,
            "    return [",
            *lines,
            "    ];",
            "  }",
            "  function postsBefore(r, p) {",
            "    const n = p.cameras.length, { array, sums } = over(n);",
            *_arrays(),
            f"    return array((k) => {before});",
            "  }",
            f"  const posts = (cameras, r) => {needed};",
            f"  const overflow = (cameras, capacity, r, annuity) => {excess};",
            "  return { terms, posts, overflow, postsBefore };",
            "})();",
            "",
        ]
    )
