"""The verbs of the command line: read, work out, write."""
