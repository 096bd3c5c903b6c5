"""Variations: other legal readings of the documentation. A client, or a suite, must bear each of them."""

SUBJECTS = ("responses", "lists", "live_server", "writes")
