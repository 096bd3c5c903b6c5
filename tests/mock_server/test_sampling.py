"""The dice of a seeded world draw what Python's own would."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from mock_server.seeding.sampling import Dice


@given(seed=st.integers(), sizes=st.lists(st.integers(1, 21), min_size=1))
def test_dice_draw_what_random_draws(seed: int, sizes: list[int]) -> None:
    dice, rng = Dice(seed), Random(seed)
    for size in sizes:
        deck, other = list(range(size)), list(range(size))
        dice.shuffle(deck)
        rng.shuffle(other)
        assert deck == other
        assert dice.choice(deck) == rng.choice(deck)
        assert dice.randint(3, 3 + size) == rng.randint(3, 3 + size)
        assert dice.few(deck, min(3, size)) == rng.sample(deck, min(3, size))
