"""Beside the API: what a developer asks of the mock itself, below `/__admin`."""
