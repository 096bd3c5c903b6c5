"""Holds any implementation of the Deals API against the contract."""
