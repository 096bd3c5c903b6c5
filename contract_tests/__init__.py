"""Tests any server that implements the Deals API against its contract."""
