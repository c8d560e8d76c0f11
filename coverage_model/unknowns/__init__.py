"""What is not known of cameras, as distributions, draws and ranges."""
