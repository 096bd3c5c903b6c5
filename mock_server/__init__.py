"""A Deals API of Revenue Orbit that runs on your own machine, driven by the contract."""

__version__ = "0.1.0"
