"""Sharedview models London's CCTV coverage and the consolidation of its control rooms."""

__version__ = "0.1.0"
