"""Slower, independent answers that the fast code is tested against."""
