"""Reports: content, its three writers, charts and chapters."""
