"""The questions of PCD 167 beside rooms and coverage: one module each, one answer each.

An ask puts a scenario, a coverage run and a consolidation run through its model and hands over its
tables, its findings and its chapter. To add one, write a module with an :class:`Ask` and name it in
:data:`sharedview.asks.registry.ASKS`.
"""

from sharedview.asks._ask import Answer, Ask, Material

__all__ = ["Answer", "Ask", "Material"]
