"""A way in which a response does not match the contract."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mismatch:
    """One way in which a response does not match; its claim contains no data of the run."""

    check: str
    claim: str
    expected: str
    received: str
    subject: str = ""  # the property that the claim is about: `Deal.value`
    cause: str = ""  # mismatches with the same cause are one finding, whichever property shows them

    @property
    def place(self) -> str:
        """What it is about: the property, or the check."""
        return self.subject or self.check
