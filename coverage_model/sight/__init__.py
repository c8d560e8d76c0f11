"""What a camera sees between buildings: obstacle index, position, sweep, visible areas."""
