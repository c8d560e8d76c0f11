"""The front door: files become tables or layers, columns get a meaning, rows are checked."""
