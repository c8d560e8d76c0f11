"""The choices beside the best plan: today, and groupings that exist already."""
