"""Frames and plans in; pages and pictures that open without a network out. Computes no figure."""

from coverage_model.base.lazy import public

__getattr__, __dir__, __all__ = public(__name__, __file__)
