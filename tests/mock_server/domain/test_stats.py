"""Statistics: they agree with the list and the board."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.pipeline import board
from mock_server.domain.stats import deal_stats
from mock_server.domain.values import cents
from mock_server.domain.world import Deal
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
