"""Statistics: they agree with the list and the board."""

from __future__ import annotations

from dataclasses import replace
from math import fsum
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.pipeline import board
from mock_server.domain.stats import deal_stats
from mock_server.domain.values import cents, total
from mock_server.domain.world import Deal, World
from tests.mock_server.domain.builders import LEAD, LOST, PROPOSAL, WON, deal, world

deals = st.lists(
    st.builds(
        deal,
        st.integers(1, 99),
        value=st.none() | st.integers(0, 10**6) | st.integers(0, 10**8).map(lambda n: n / 100),
        stage_id=st.sampled_from([LEAD, PROPOSAL, WON, LOST]),
        probability=st.none() | st.integers(0, 100),
    ),
    max_size=20,
    unique_by=lambda each: each.id,
)


def test_no_deals_are_all_zero() -> None:
    assert set(deal_stats(world()).values()) == {0}


def test_the_numbers_are_what_they_say() -> None:
    whole = world(
        deal(1, value=100, probability=10),
        deal(2, value=None),
        deal(3, value=0.34, probability=None),
        deal(4, stage_id=WON, value=50),
        deal(5, stage_id=WON, value=50),
        deal(6, stage_id=LOST, value=7),
    )
    assert deal_stats(whole) == {
        "total_deals": 6,
        "open_deals": 3,
        "won_deals": 2,
        "lost_deals": 1,
        "total_value": 207.34,
        "open_value": 100.34,
        "won_value": 100,
        "lost_value": 7,
        "win_rate": 66.7,
        "average_deal_value": 34.56,
        "weighted_value": 10,
    }


@given(deals)
def test_the_parts_make_the_whole(many: list[Deal]) -> None:
    whole = world(*many)
    stats = deal_stats(whole)
    assert (
        stats["total_deals"] == len(many) == sum(stats[f"{part}_deals"] for part in ("open", "won", "lost"))
    )
    parts = sum(stats[f"{part}_value"] for part in ("open", "won", "lost"))
    assert stats["total_value"] == cents(parts)
    assert stats["total_value"] == cents(sum(column.total_value for column in board(whole)))
    assert 0 <= stats["win_rate"] <= 100
    assert stats["weighted_value"] <= stats["open_value"] + 0.01


def test_a_stage_that_is_deleted_leaves_no_trace() -> None:
    whole = world(deal(1, stage_id=LEAD, value=5), *(deal(id_, value=0) for id_ in range(2, 20)))
    assert deal_stats(whole)["total_value"] == 5
    emptied = whole.put("deals", deal(1, stage_id=PROPOSAL, value=7)).drop("stages", LEAD)
    assert deal_stats(emptied)["total_value"] == 7


def test_a_world_that_was_not_asked_does_not_share_with_what_was_made_of_it() -> None:
    before = world(deal(1, value=5))
    after = before.put("deals", deal(2, value=7))
    assert deal_stats(before)["total_value"] == 5
    assert deal_stats(after)["total_value"] == 12


VALUES = st.none() | st.integers(0, 10**12) | st.floats(0, 999_999_999_999.99)
WRITES = st.lists(
    st.tuples(
        st.integers(1, 30),
        st.sampled_from([LEAD, PROPOSAL, WON, LOST]),
        VALUES,
        st.none() | st.integers(0, 100),
        st.booleans(),
    ),
    max_size=40,
)


@given(WRITES, WRITES)
def test_figures_that_are_kept_are_those_that_are_added_up_anew(first: Any, then: Any) -> None:
    """The tallies are carried from write to write; a world without them adds up what it has."""
    kept = world()
    for id_, stage_id, value, probability, stays in first:
        kept = kept.put("deals", deal(id_, stage_id=stage_id, value=value, probability=probability))
        kept = kept if stays else kept.drop("deals", id_)
    deal_stats(kept)
    for id_, stage_id, value, probability, stays in then:
        kept = kept.put("deals", deal(id_, stage_id=stage_id, value=value, probability=probability))
        kept = kept if stays else kept.drop("deals", id_)
    assert deal_stats(kept) == deal_stats(kept.without_caches()) == plainly(kept)


def test_statistics_read_no_deals() -> None:
    """At any size they take the same time, also the first ones, and those of a world from the past."""
    whole = world(*(deal(id_, value=id_) for id_ in range(1, 101))).put("deals", deal(7, value=1000))
    for each in (whole, whole.without_caches()):
        assert deal_stats(replace(each, deals=World().deals)) == deal_stats(whole) == plainly(whole)


def plainly(whole: World) -> dict[str, Any]:
    """The figures as the contract describes them, from all deals at once."""
    deals = list(whole.deals)
    won = [each for each in deals if whole.stages[each.stage_id].is_won]
    lost = [each for each in deals if whole.stages[each.stage_id].is_lost]
    open_ = [each for each in deals if each not in won and each not in lost]
    groups = {"total": deals, "open": open_, "won": won, "lost": lost}
    value = {name: total(each.value for each in group) for name, group in groups.items()}
    weighted = fsum((each.value or 0) * (each.probability or 0) for each in open_) / 100
    return {
        **{f"{name}_deals": len(group) for name, group in groups.items()},
        **{f"{name}_value": value[name] for name in groups},
        "win_rate": round(100 * len(won) / (len(won) + len(lost)), 1) if won or lost else 0,
        "average_deal_value": cents(value["total"] / len(deals)) if deals else 0,
        "weighted_value": cents(weighted),
    }
