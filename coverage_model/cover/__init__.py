"""From visible areas to covered ground: by area, depth, owner, level, street, gap and demand."""
