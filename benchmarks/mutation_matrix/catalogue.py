"""The servers of the matrix by name; the only module here that imports the mock's mutations."""

from __future__ import annotations

from mock_server.mutations import Mutation, all_defects, all_variations

__all__ = [
    "REFERENCE_SERVERS",
    "SECOND_IMPLEMENTATION",
    "UNMODIFIED_MOCK",
    "Mutation",
    "all_defects",
    "all_variations",
    "is_legal",
    "mutation_named",
    "server_names",
]

UNMODIFIED_MOCK = "unmodified-mock"
SECOND_IMPLEMENTATION = "second-implementation"
REFERENCE_SERVERS = (UNMODIFIED_MOCK, SECOND_IMPLEMENTATION)  # no mutation: the whole suite runs against them


def server_names() -> list[str]:
    """Every row of the matrix; the longest runs come first, so that all processes finish together."""
    return [*REFERENCE_SERVERS, *all_variations(), *all_defects()]


def mutation_named(name: str) -> Mutation | None:
    """The defect or variation of this name; None for a reference server."""
    return all_defects().get(name) or all_variations().get(name)


def is_legal(name: str) -> bool:
    """Whether the server conforms, so that a violation would be a false alarm."""
    return name not in all_defects()
