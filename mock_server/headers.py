"""The mock's own header fields, and what a `Host` field says."""

from __future__ import annotations

import re
from typing import Final

KEY: Final = "X-Mock-Admin-Key"  # also the name of the cookie
WARNING: Final = "X-Mock-Warning"
WORLD: Final = "X-Mock-World"  # also the name of the cookie
HOST: Final = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<name>[^\s:@/\[\]]+))(?::[0-9]*)?")


def name_of(host: str) -> str:
    """The name or address in a `Host` field, without its port; empty if there is none."""
    found = HOST.fullmatch(host)
    return (found["six"] or found["name"]) if found else ""
