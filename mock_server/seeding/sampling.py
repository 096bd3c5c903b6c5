"""Sampling by shares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import TypeVar

T = TypeVar("T")


def in_exact_shares(rng: Random, shares: Mapping[T, int]) -> Iterator[T]:
    """An endless series of values, drawn like cards from shuffled decks.

    Unlike independent draws, every value comes up within two decks and in its exact share.
    """
    deck = [value for value, count in shares.items() for _ in range(count)]
    while True:
        rng.shuffle(deck)
        yield from deck
