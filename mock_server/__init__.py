"""A Deals API of Revenue Orbit that runs on your own machine, driven by the contract."""

import warnings

# Connexion's own imports, which nobody who uses the mock can do anything about.
for _message in ("Using `httpx` with `starlette.testclient`", r"jsonschema\..*Ref"):
    warnings.filterwarnings("ignore", message=_message)

__version__ = "0.1.0"
