"""Cameras, what they see, and what is covered.

The package turns camera records into view sectors, cuts them by buildings, and adds them up to
coverage by area, ownership and image quality. It knows neither ``optimisation`` nor ``maps``.
"""
