"""The catalogue: all mutations by name, and the text that `deals-mock --list-defects` prints."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from itertools import groupby
from types import MappingProxyType, ModuleType

from mock_server.mutations import defects, variations
from mock_server.mutations.mutation import Mutation

WIDTH = 100


class UnknownMutationError(Exception):
    """No mutation has this name."""


@cache
def all_defects() -> Mapping[str, Mutation]:
    """What a real backend may do wrong, by name."""
    return _mutations_in(defects)


@cache
def all_variations() -> Mapping[str, Mutation]:
    """What a real backend may do differently without being wrong, by name."""
    return _mutations_in(variations)


# kind: (its catalogue, the label of what the documentation says, the introduction)
KINDS = {
    "defect": (
        all_defects,
        "Documented",
        "Each defect breaks one thing that the documentation says or implies.",
    ),
    "variation": (
        all_variations,
        "Allowed because",
        "Each variation makes the mock behave in another way that the documentation allows.",
    ),
}


def mutation_named(name: str, kind: str | None = None) -> Mutation:
    """The mutation with this name, of any kind or of one; the error suggests similar names."""
    kinds = [kind] if kind else list(KINDS)
    known = {known: mutation for each in kinds for known, mutation in KINDS[each][0]().items()}
    if name in known:
        return known[name]
    for other, (catalogue, *_) in KINDS.items():
        if name in catalogue():
            raise UnknownMutationError(f"{name!r} is a {other}, not a {kind}; use --{other} {name}")
    words = name.replace("_", "-").lower()
    near = get_close_matches(words, known, n=3) or [other for other in known if words and words in other][:3]
    lists = " and ".join(f"--list-{each}s" for each in kinds)
    hint = f"did you mean {' or '.join(near)}?" if near else f"see {lists}"
    raise UnknownMutationError(f"unknown {' or '.join(kinds)} {name!r}; {hint}")


def catalogue_text(kind: str) -> str:
    """The mutations of a kind as text: by subject, with what each does and what the documentation says."""
    catalogue, label, introduction = KINDS[kind]
    start = f"{introduction}\nStart the mock with one of them: deals-mock --{kind} NAME"
    groups = groupby(catalogue().values(), key=lambda mutation: mutation.subject)
    texts = [_group(subject, list(members), label) for subject, members in groups]
    return "\n\n".join([start, *texts, f"Total: {len(catalogue())} {kind}s."])


def _mutations_in(package: ModuleType) -> Mapping[str, Mutation]:
    """The mutations in the modules of a package, in source order."""
    modules = [import_module(f"{package.__name__}.{subject}") for subject in package.SUBJECTS]
    found = [thing for module in modules for thing in vars(module).values() if isinstance(thing, Mutation)]
    return MappingProxyType({mutation.name: mutation for mutation in found})


def _group(subject: str, members: list[Mutation], label: str) -> str:
    title = f"{subject.capitalize()} ({len(members)})"
    return "\n\n".join([f"{title}\n{'=' * len(title)}", *(_entry(member, label) for member in members)])


def _entry(mutation: Mutation, label: str) -> str:
    lines = {
        "": mutation.does,
        f"{label}: ": mutation.documented,
        "Operations: ": ", ".join(mutation.operations),
    }
    texts = [
        textwrap.fill(
            before + text, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False
        )
        for before, text in lines.items()
    ]
    return "\n".join([mutation.name, *texts])
