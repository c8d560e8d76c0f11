"""One adapter a format: each turns a file into raw camera rows, before any unit is converted."""
