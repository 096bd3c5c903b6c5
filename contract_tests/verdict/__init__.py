"""Verdicts: responses checked against both views, findings, waivers, and the record of a run."""
