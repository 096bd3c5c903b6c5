"""Stages are created, updated, reordered and deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.refusals import Invalid, Missing
from mock_server.domain.stages import create_stage, delete_stage, reorder_stages, update_stage
from mock_server.domain.world import Stage
from tests.mock_server.domain.builders import (
    LEAD,
    LOST,
    NOW,
    PROPOSAL,
    STAGES,
    WON,
    ago,
    contents,
    deal,
    stage,
    world,
)


def created(**body: Any) -> Stage:
    return create_stage(world(), {"name": "New", "color": "#888888"} | body)[1]


def test_a_new_stage_comes_last() -> None:
    new, made = create_stage(world(), {"name": "New", "color": "#888888"})
    assert new.stages[7] == made == Stage(id=7, name="New", display_order=7, probability=0, color="#888888")


@pytest.mark.parametrize(
    ("body", "probability"),
    [({"is_won": True}, 100), ({"is_lost": True}, 0), ({}, 0), ({"probability": 40}, 40)],
)
def test_a_new_stages_probability_follows_its_outcome(body: dict[str, Any], probability: int) -> None:
    assert created(**body).probability == probability


def test_a_stage_is_not_won_and_lost_at_once() -> None:
    for write in (
        lambda: created(is_won=True, is_lost=True),
        lambda: update_stage(world(), WON, {"is_lost": True}, NOW),
    ):
        with pytest.raises(Invalid) as caught:
            write()
        assert caught.value.errors == {"is_lost": "A stage cannot be both won and lost"}


def test_an_update_keeps_what_is_not_named() -> None:
    whole = world(deal())
    new, changed = update_stage(whole, PROPOSAL, {"color": "#000000"}, NOW)
    assert new.stages[PROPOSAL] == changed == replace(whole.stages[PROPOSAL], color="#000000")
    assert new.deals == whole.deals


def test_a_stage_that_becomes_won_closes_its_deals_and_back() -> None:
    whole = world(deal(1, updated_at=ago(5)), deal(2, stage_id=LEAD))
    won, _ = update_stage(whole, PROPOSAL, {"is_won": True}, NOW)
    assert (won.deals[1].closed_at, won.deals[1].probability) == (NOW, 100)
    assert won.deals[2] == whole.deals[2]
    again, _ = update_stage(won, PROPOSAL, {"is_won": False}, NOW)
    assert again.deals[1] == replace(whole.deals[1], updated_at=NOW)


@given(st.permutations([LEAD, PROPOSAL, WON, LOST]))
def test_stages_are_displayed_in_the_order_given(order: list[int]) -> None:
    new, placed = reorder_stages(world(), order)
    assert [each.id for each in placed] == order
    assert [new.stages[id_].display_order for id_ in order] == [1, 2, 3, 4]
    assert reorder_stages(new, order)[0] is new


@pytest.mark.parametrize(
    ("order", "faults"),
    [
        ([], "missing 1, 3, 5, 6"),
        ([1, 3, 5], "missing 6"),
        ([1, 3, 5, 6, 9], "unknown 9"),
        ([1, 3, 5, 6, 6], "duplicate 6"),
        ([1, 1, 3, 9], "missing 5, 6; unknown 9; duplicate 1"),
    ],
)
def test_an_order_that_is_not_of_all_stages_says_why(order: list[int], faults: str) -> None:
    with pytest.raises(Invalid) as caught:
        reorder_stages(world(), order)
    assert caught.value.errors == {"order": f"order must list every stage exactly once: {faults}"}


def test_an_empty_stage_can_be_deleted() -> None:
    whole = world()
    assert contents(delete_stage(whole, LEAD)) == contents(whole) | {"stages": list(STAGES[1:])}


@pytest.mark.parametrize(("deals", "held"), [(1, "1 deal; move it first"), (12, "12 deals; move them first")])
def test_a_stage_with_deals_stays(deals: int, held: str) -> None:
    with pytest.raises(Invalid) as caught:
        delete_stage(world(*(deal(n) for n in range(1, deals + 1))), PROPOSAL)
    assert caught.value.errors == {"id": f"Stage Proposal still has {held}"}


def test_the_last_stage_stays() -> None:
    with pytest.raises(Invalid) as caught:
        delete_stage(world(stages=(stage(1, "Only", 10),)), 1)
    assert caught.value.errors == {"id": "Stage Only is the only stage and cannot be deleted"}


def test_an_unknown_stage_is_missing() -> None:
    for write in (lambda: update_stage(world(), 99, {}, NOW), lambda: delete_stage(world(), 99)):
        with pytest.raises(Missing, match="Stage 99 not found"):
            write()
