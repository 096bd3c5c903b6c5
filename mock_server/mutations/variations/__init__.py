"""Variations: other legal readings of the documentation. A client, or a suite, must bear each of them."""

SUBJECTS = ("answers", "lists", "living", "writes")
