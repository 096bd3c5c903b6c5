"""What the cells of a row mean, by the types and formats of their columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mock_server.domain.amounts import number, percentage
from mock_server.domain.days import day, moment
from mock_server.domain.notation import Notation
from mock_server.domain.readings import Reading, Unclear, shown

READERS: Mapping[str, Callable[[str, Notation], Reading]] = {
    "number": number,
    "integer": percentage,  # the only whole numbers of a deal
    "date": day,
    "date-time": moment,
}


@dataclass(slots=True)
class Meaning:
    """The texts of a row in the contract's notation, what is unclear, and what was written otherwise."""

    texts: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)


def meaning(texts: Mapping[str, str], kinds: Mapping[str, str], notation: Notation) -> Meaning:
    """What the texts of a row mean, in a file with this notation."""
    found = Meaning(dict(texts))
    for name, text in texts.items():
        if reader := READERS.get(kinds[name]):
            try:
                reading = reader(text, notation)
            except Unclear as unclear:
                found.errors[name] = f"{name} {shown(text)} {unclear}"
                continue
            found.texts[name] = reading.text
            if reading.remark:
                found.warnings[name] = f"{name} {shown(text)} {reading.remark}"
    return found
