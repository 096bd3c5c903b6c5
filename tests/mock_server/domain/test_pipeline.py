"""The board, and what a move does to a deal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mock_server.domain.listing import Filters
from mock_server.domain.pipeline import board, move_to_stage
from mock_server.domain.refusals import Invalid, Missing
from tests.mock_server.domain.builders import (
    DEAL,
    LEAD,
    LOST,
    NOW,
    PROPOSAL,
    STAGES,
    WON,
    ago,
    contents,
    deal,
    world,
)

OPEN = deal(stage_entered_at=ago(9), updated_at=ago(9), probability=77)
CLOSED = deal(stage_id=LOST, probability=0, closed_at=ago(5), loss_reason="Price")


@pytest.mark.parametrize(("stage_id", "probability"), [(WON, 100), (LOST, 0)])
def test_moving_into_a_closing_stage_closes_the_deal(stage_id: int, probability: int) -> None:
    new, moved = move_to_stage(world(OPEN), DEAL, stage_id, NOW)
    assert moved == new.deals[DEAL]
    assert (moved.stage_id, moved.probability, moved.closed_at) == (stage_id, probability, NOW)
    assert (moved.stage_entered_at, moved.updated_at) == (NOW, NOW)


def test_moving_back_opens_the_deal_again() -> None:
    _, moved = move_to_stage(world(CLOSED), DEAL, PROPOSAL, NOW)
    assert (moved.closed_at, moved.loss_reason, moved.probability) == (None, None, 60)


def test_a_won_deal_has_no_loss_reason() -> None:
    assert move_to_stage(world(CLOSED), DEAL, WON, NOW)[1].loss_reason is None


def test_moving_between_open_stages_takes_the_stages_probability() -> None:
    assert move_to_stage(world(OPEN), DEAL, LEAD, NOW)[1].probability == 10


def test_a_move_touches_nothing_else() -> None:
    whole = world(OPEN, deal(11))
    new, moved = move_to_stage(whole, DEAL, LEAD, NOW)
    assert moved == replace(OPEN, stage_id=LEAD, probability=10, stage_entered_at=NOW, updated_at=NOW)
    assert contents(new) | {"deals": []} == contents(whole) | {"deals": []}
    assert new.deals[11] == whole.deals[11]
    assert whole.deals[DEAL] == OPEN


def test_moving_a_deal_to_its_own_stage_changes_nothing() -> None:
    whole = world(OPEN)
    assert move_to_stage(whole, DEAL, PROPOSAL, NOW) == (whole, OPEN)


def test_moving_to_an_unknown_stage_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        move_to_stage(world(OPEN), DEAL, 99, NOW)
    assert caught.value.errors == {"stage_id": "Stage 99 does not exist"}


def test_moving_an_unknown_deal_is_refused() -> None:
    with pytest.raises(Missing, match="Deal 99 not found"):
        move_to_stage(world(), 99, LEAD, NOW)


def test_the_board_has_every_stage_in_display_order() -> None:
    turned = tuple(replace(stage, display_order=-stage.id) for stage in STAGES)
    assert [column.stage.id for column in board(world(stages=turned))] == [LOST, WON, PROPOSAL, LEAD]


def test_the_board_holds_each_deal_once_and_adds_up_its_values() -> None:
    many = [deal(n, stage_id=LEAD if n % 2 else WON, value=n / 10 if n % 3 else None) for n in range(1, 8)]
    columns = {column.stage.id: column for column in board(world(*many))}
    assert [each.id for each in columns[LEAD].deals] == [1, 3, 5, 7]
    assert [each.id for each in columns[WON].deals] == [2, 4, 6]
    assert columns[LEAD].total_value == 1.3
    assert columns[WON].total_value == 0.6
    assert columns[LOST].total_value == 0


def test_the_board_keeps_empty_stages_when_filtered() -> None:
    nothing = Filters(stages=frozenset())
    assert [len(column.deals) for column in board(world(OPEN), nothing)] == [0, 0, 0, 0]
