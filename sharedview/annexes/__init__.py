"""Annexes that a report has only where they are asked for."""
