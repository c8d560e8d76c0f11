"""Cameras, what they see, and what is covered.

The package turns camera records into view sectors, cuts them by buildings, and adds them up to
coverage by area, ownership and image quality. It knows neither ``optimisation`` nor ``maps``.
"""

from coverage_model.base.lazy import public

__getattr__, __dir__, __all__ = public(__name__, __file__)
