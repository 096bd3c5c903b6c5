"""A mock of the Revenue Orbit Deals API that runs on your own machine, driven by the contract."""

__version__ = "0.1.0"
