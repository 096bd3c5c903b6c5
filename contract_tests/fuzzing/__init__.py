"""Schemathesis as this suite uses it: many requests for every operation, harmless on a shared server."""
