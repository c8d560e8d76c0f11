"""What everything rests on: errors, read log, frame checks, CSV safety, CRS, embedded data.

Imports nothing else of ours.
"""
