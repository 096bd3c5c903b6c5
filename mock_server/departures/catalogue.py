"""The catalogue: every departure there is, by name, and the catalogue as text for people."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from itertools import groupby
from types import MappingProxyType, ModuleType

from mock_server.departures import defects, variations
from mock_server.departures.departure import Departure

WIDTH = 100


class UnknownDeparture(Exception):
    """There is no departure of this name."""


@cache
def all_defects() -> Mapping[str, Departure]:
    """What a real backend may get wrong, by name."""
    return _departures_in(defects)


@cache
def all_variations() -> Mapping[str, Departure]:
    """What a real backend may do otherwise without being wrong, by name."""
    return _departures_in(variations)


def named(name: str, known: Mapping[str, Departure], kind: str) -> Departure:
    """The departure of this name; the error names those that are spelled like it."""
    if name in known:
        return known[name]
    words = name.replace("_", "-").lower()
    near = get_close_matches(words, known, n=3) or [other for other in known if words and words in other][:3]
    hint = f"did you mean {' or '.join(near)}?" if near else f"--list-{kind}s names them all"
    raise UnknownDeparture(f"there is no {kind} {name!r}; {hint}")


def listed(departures: Mapping[str, Departure], label: str) -> str:
    """The catalogue as text: by subject, with what each does and what the documentation says of it."""
    groups = groupby(departures.values(), key=lambda departure: departure.subject)
    texts = [_group(subject, list(members), label) for subject, members in groups]
    return "\n\n".join([*texts, f"{len(departures)} in all."])


def _departures_in(package: ModuleType) -> Mapping[str, Departure]:
    """The departures of the package's modules, in the order in which they are written."""
    modules = [import_module(f"{package.__name__}.{subject}") for subject in package.SUBJECTS]
    found = [thing for module in modules for thing in vars(module).values() if isinstance(thing, Departure)]
    return MappingProxyType({departure.name: departure for departure in found})


def _group(subject: str, members: list[Departure], label: str) -> str:
    title = f"{subject.capitalize()} ({len(members)})"
    return "\n\n".join([f"{title}\n{'=' * len(title)}", *(_entry(member, label) for member in members)])


def _entry(departure: Departure, label: str) -> str:
    lines = {
        "": departure.does,
        f"{label}: ": departure.documented,
        "Operations: ": ", ".join(departure.operations),
    }
    texts = [
        textwrap.fill(
            before + text, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False
        )
        for before, text in lines.items()
    ]
    return "\n".join([departure.name, *texts])
