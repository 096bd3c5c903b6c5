"""Schemathesis as this suite uses it: many requests to every operation, safe on a shared server."""
