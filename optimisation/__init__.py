"""Boroughs, cameras and costs in; proved plans for shared control rooms out."""

from coverage_model.base.lazy import public

__getattr__, __dir__, __all__ = public(__name__, __file__)
