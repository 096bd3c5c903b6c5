"""What every file of calls shares: where the mock is, and a count of what held."""

from __future__ import annotations

import os

API = os.environ.get("API", "http://127.0.0.1:4010/api")
TOKEN = os.environ.get("TOKEN", "")
CSV = b"name,stage_name\nFrom a file,Lead\n"

_held: list[str] = []


def check(claim: str, holds: bool) -> None:
    """End the program with the claim if it does not hold."""
    if not holds:
        raise SystemExit(f"not so: {claim}")
    _held.append(claim)


def done() -> None:
    """What the program prints last."""
    print(f"{len(_held)} calls as expected")
