"""Variations: other behavior that the documentation allows, so clients and test suites must accept it."""

SUBJECTS = ("responses", "nothing", "figures", "lists", "live_server", "writes", "stricter")
