"""Risk: the factors explain the score exactly."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.risk import FACTORS, deal_risk, level
from mock_server.domain.world import World
from tests.mock_server.domain.builders import DEAL, LOST, NOW, WON, ago, deal, email, note, task, world


def risk(whole: World, at: datetime = NOW) -> dict[str, Any]:
    found = deal_risk(whole, whole.deals[DEAL], at)
    assert found is not None
    return found


def quiet(days: int, **others: Any) -> Any:
    """A deal without activity for this long."""
    when = ago(days)
    return deal(created_at=when, updated_at=when, **{"stage_entered_at": when} | others)


PLANNED = (task(created_at=ago(400)),)


def factors(whole: World) -> dict[str, tuple[str, int]]:
    return {found["label"]: (found["detail"], found["weight"]) for found in risk(whole)["risk_factors"]}


def test_the_documented_example_comes_out_as_documented() -> None:
    late = {"created_at": ago(25), "due_date": date(2026, 1, 20)}
    whole = world(
        quiet(25, expected_close_date=date(2026, 3, 15)),
        emails=(email(sent_at=ago(25)),),
        tasks=(task(1, **late), task(2, **late)),
    )
    assert risk(whole) == {
        "risk_level": "medium",
        "risk_score": 45,
        "risk_factors": [
            {"label": "No activity", "detail": "25 days", "weight": 25},
            {"label": "Unanswered email", "detail": "25 days", "weight": 10},
            {"label": "Overdue tasks", "detail": "2 tasks", "weight": 10},
        ],
    }


@pytest.mark.parametrize(
    ("whole", "label", "expected"),
    [
        (world(quiet(13)), "No activity", None),
        (world(quiet(14)), "No activity", ("14 days", 14)),
        (world(quiet(99)), "No activity", ("99 days", 30)),
        (world(quiet(99), notes=(note(created_at=ago(2)),)), "No activity", None),
        (world(quiet(99), emails=(email(sent_at=ago(15)),)), "No activity", ("15 days", 15)),
        (world(deal(created_at=ago(-5))), "No activity", None),
        (world(deal(expected_close_date=NOW.date())), "Close date passed", None),
        (world(deal(expected_close_date=ago(1).date())), "Close date passed", ("1 day", 11)),
        (world(deal(expected_close_date=ago(50).date())), "Close date passed", ("50 days", 20)),
        (world(deal(), tasks=(task(due_date=NOW.date()),)), "Overdue tasks", None),
        (world(deal(), tasks=(task(due_date=ago(1).date()),)), "Overdue tasks", ("1 task", 5)),
        (world(deal(), tasks=(task(due_date=ago(1).date(), status="completed"),)), "Overdue tasks", None),
        (
            world(deal(), tasks=tuple(task(n, due_date=ago(1).date()) for n in range(1, 6))),
            "Overdue tasks",
            ("5 tasks", 10),
        ),
        (world(deal(stage_entered_at=ago(30))), "Stuck in stage", None),
        (world(deal(stage_entered_at=ago(45))), "Stuck in stage", ("45 days in Proposal", 10)),
        (world(deal(stage_entered_at=ago(61))), "Stuck in stage", ("61 days in Proposal", 15)),
        (world(deal(), emails=(email(sent_at=ago(2)),)), "Unanswered email", None),
        (world(deal(), emails=(email(sent_at=ago(5)),)), "Unanswered email", ("5 days", 10)),
        (
            world(deal(), emails=(email(1, sent_at=ago(5)), email(2, sent_at=ago(4), direction="outbound"))),
            "Unanswered email",
            None,
        ),
        (
            world(deal(), emails=(email(1, sent_at=ago(5)), email(2, sent_at=ago(4), thread_id="t2"))),
            "Unanswered email",
            ("5 days", 10),
        ),
        (world(deal(contact_id=None)), "No contact", ("No contact is linked", 10)),
        (world(deal()), "No next step", ("No pending task", 5)),
        (world(deal(), tasks=PLANNED), "No next step", None),
    ],
)
def test_each_factor_weighs_what_the_table_says(
    whole: World, label: str, expected: tuple[str, int] | None
) -> None:
    assert factors(whole).get(label) == expected


@pytest.mark.parametrize("closed", [WON, LOST])
def test_a_closed_deal_has_no_risk(closed: int) -> None:
    whole = world(deal(stage_id=closed))
    assert deal_risk(whole, whole.deals[DEAL], NOW) is None


def test_a_deal_in_good_hands_has_no_factor() -> None:
    assert risk(world(deal(), tasks=PLANNED)) == {"risk_level": "low", "risk_score": 0, "risk_factors": []}


def test_the_factors_may_weigh_100_in_all() -> None:
    assert sum(factor.most for factor in FACTORS) == 100
    late = ago(70).date()
    worst = world(
        quiet(70, contact_id=None, expected_close_date=late),
        emails=(email(sent_at=ago(70)),),
        tasks=(task(1, due_date=late, created_at=ago(70)), task(2, due_date=late, created_at=ago(70))),
    )
    assert risk(worst)["risk_score"] == 95  # overdue tasks are still pending, so there is a next step


@pytest.mark.parametrize(
    ("score", "name"), [(0, "low"), (29, "low"), (30, "medium"), (59, "medium"), (60, "high"), (100, "high")]
)
def test_levels_begin_at_their_thresholds(score: int, name: str) -> None:
    assert level(score) == name


moments = st.integers(-5, 120).map(ago)


@given(
    made=moments,
    entered=moments,
    close=st.none() | moments.map(datetime.date),
    contact=st.none() | st.just(1),
    tasks=st.lists(st.tuples(moments, st.booleans()), max_size=4),
    mails=st.lists(st.tuples(moments, st.sampled_from(["inbound", "outbound"])), max_size=4),
    later=st.integers(0, 200),
)
def test_the_factors_add_up_to_the_score(
    made: datetime, entered: datetime, close: Any, contact: Any, tasks: Any, mails: Any, later: int
) -> None:
    whole = world(
        deal(
            created_at=made,
            updated_at=made,
            stage_entered_at=entered,
            expected_close_date=close,
            contact_id=contact,
        ),
        tasks=tuple(
            task(n, created_at=at, due_date=at.date(), status="pending" if open_ else "completed")
            for n, (at, open_) in enumerate(tasks, 1)
        ),
        emails=tuple(email(n, sent_at=at, direction=way) for n, (at, way) in enumerate(mails, 1)),
    )
    found = risk(whole, NOW + timedelta(days=later))
    weights = [factor["weight"] for factor in found["risk_factors"]]
    assert sum(weights) == found["risk_score"] <= 100
    assert found["risk_level"] == level(found["risk_score"])
    assert weights == sorted(weights, reverse=True)
    assert all(type(weight) is int and weight > 0 for weight in weights)
