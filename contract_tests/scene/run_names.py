"""What runs write into the names of everything they make: their id, and which of their scenes it was."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from contract_tests.scene.json_search import Record

RUN_ID: Final = re.compile(r"\bdc-[0-9a-f]{6}")


def lasting(records: Iterable[Record]) -> list[Record]:
    """The records that no run has made: those of another run may be gone at any moment."""
    return [record for record in records if not made_by_a_run(record)]


def made_by_a_run(record: Record) -> bool:
    """Whether a run made this deal or stage, be it this run or another one."""
    return RUN_ID.search(str(record.get("name"))) is not None


def made_elsewhere(record: Record, mark: str) -> bool:
    """Whether another run, or another worker of this run, made this deal or stage."""
    return made_by_a_run(record) and mark not in str(record.get("name"))
