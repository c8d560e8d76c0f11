"""The mathematics of choosing groups: it knows no pound and no borough."""
