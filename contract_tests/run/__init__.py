"""One run from start to end, for the command and for pytest."""
