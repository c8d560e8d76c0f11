"""A real place as a study folder: from one extract, or from public services."""
