"""What a lens holds: pixel density, image-quality levels, view cones before buildings cut them."""
