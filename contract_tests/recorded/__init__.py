"""Recorded traffic: the responses in a HAR file, judged like those of a run, with nothing sent."""
