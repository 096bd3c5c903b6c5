"""A run is never green for nothing: it states how much it has judged."""

from __future__ import annotations

import pytest

from contract_tests.verdict.judged_share import JudgedShare


def share(selected: int, judged: int, *, left_out: int = 0, reason: str = "forbidden (403)") -> JudgedShare:
    """So many rules, of which the first are judged, and the last left out by the user."""
    found = JudgedShare()
    names = [f"rule {number}" for number in range(selected)]
    found.select(names)
    for name in names[:judged]:
        found.judged(name)
    for name in names[judged : selected - left_out]:
        found.missed(name, reason)
    for name in names[selected - left_out :]:
        found.leave_out(name)
    return found


def test_enough_is_enough() -> None:
    assert share(4, 3).too_small(0.75) == ""


def test_too_little_says_how_little_and_why() -> None:
    text = share(100, 12).too_small(0.75)
    assert text == (
        "judged only 12 of 100 rules (12%), at least 75% are needed; the main reasons: forbidden (403) (88)"
    )


def test_the_most_frequent_reason_comes_first() -> None:
    found = share(9, 1, reason="rare")
    for number in range(3, 9):
        found.judged(f"rule {number}")
    found.select([*(f"rule {number}" for number in range(9)), *(f"unreached {n}" for n in range(20))])

    assert found.too_small(0.75).endswith("not reached (20); rare (8)")


@pytest.mark.parametrize("least", [0, 0.75])
def test_nothing_judged_is_never_enough(least: float) -> None:
    assert share(3, 0).too_small(least).startswith("judged only 0 of 3 rules (0%)")
    assert share(0, 0).too_small(least).startswith("judged nothing: no rule is left")
    assert share(3, 0, left_out=3).too_small(least).startswith("judged nothing: no rule is left")


def test_what_the_user_leaves_out_does_not_count() -> None:
    found = share(100, 10, left_out=90)
    assert (found.counts, found.too_small(0.75)) == ((10, 10), "")


def test_a_rule_that_was_judged_in_part_is_not_judged() -> None:
    found = share(2, 2)
    found.missed("rule 0", "the time was up")
    assert found.counts == (1, 2)


def test_where_nothing_was_counted_nothing_is_claimed() -> None:
    assert JudgedShare().too_small(0.75) == ""
