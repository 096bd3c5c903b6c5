"""Pages about the mock itself, besides the API, below `/__admin`."""
