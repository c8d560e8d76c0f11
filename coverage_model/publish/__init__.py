"""What may be shown to the public."""
