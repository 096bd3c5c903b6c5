"""A Deals API of Revenue Orbit that runs on your own machine, driven by the contract."""
