"""How much an open deal is at risk, and why: the weights of the factors add up to the score.

The table `FACTORS` is the whole rule: it gives each factor its maximum weight, 100 in all.
Activity is anything that leaves a time on the deal: its creation, its last change, a task or
note added, an email sent or received. The due date of a task is a plan, not an activity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from mock_server.domain.emails import is_from_customer
from mock_server.domain.tables import Record
from mock_server.domain.tasks import is_pending
from mock_server.domain.values import counted, to_json
from mock_server.domain.world import Deal, Email, Stage, Task, World

DAY = timedelta(days=1)
LEVELS = ((60, "high"), (30, "medium"), (0, "low"))  # (lowest score, level)


@dataclass(frozen=True, slots=True)
class History:
    """The data that the factors look at."""

    deal: Deal
    stage: Stage
    open_tasks: list[Task]
    emails: list[Email]
    activities: list[datetime]
    now: datetime

    @classmethod
    def of(cls, world: World, deal: Deal, now: datetime) -> History:
        """What the world knows of a deal."""
        tasks, emails = world.tasks.of(deal.id), world.emails.of(deal.id)
        activities = [
            deal.created_at,
            deal.updated_at,
            *(task.created_at for task in tasks),
            *(note.created_at for note in world.notes.of(deal.id)),
            *(email.sent_at for email in emails),
        ]
        pending = [task for task in tasks if is_pending(task)]
        return cls(deal, world.stages[deal.stage_id], pending, emails, activities, now)

    def fields(self, *names: str) -> dict[str, Any]:
        return {name: getattr(self.deal, name) for name in names}

    def days_since(self, moment: datetime) -> int:
        return (self.now - moment).days


Points = tuple[int, str]  # the weight, and why
NONE: Points = (0, "")


def no_activity(history: History) -> Points:
    """A point for each day without activity, from two weeks on."""
    days = history.days_since(max(history.activities))
    return (days, counted(days, "day")) if days >= 14 else NONE


def close_date_passed(history: History) -> Points:
    """Ten points, plus one for each day overdue."""
    close_date = history.deal.expected_close_date
    days = (history.now.date() - close_date).days if close_date else 0
    return (10 + days, counted(days, "day")) if days > 0 else NONE


def unanswered_email(history: History) -> Points:
    """A customer has waited three days or more for a reply; the longest wait counts."""
    last = {email.thread_id: email for email in sorted(history.emails, key=_moment)}
    waits = [history.days_since(email.sent_at) for email in last.values() if is_from_customer(email)]
    days = max(waits, default=0)
    return (10, counted(days, "day")) if days >= 3 else NONE


def overdue_tasks(history: History) -> Points:
    """Five points for each task; it is overdue from the day after its due date."""
    today = history.now.date()
    late = sum(task.due_date is not None and task.due_date < today for task in history.open_tasks)
    return 5 * late, counted(late, "task")


def stuck_in_stage(history: History) -> Points:
    """More than a month in one stage, or more than two."""
    days = history.days_since(history.deal.stage_entered_at)
    weight = 15 if days > 60 else 10 if days > 30 else 0
    return weight, f"{counted(days, 'day')} in {history.stage.name}"


def no_contact(history: History) -> Points:
    """The deal has no contact."""
    return (10, "No contact is linked") if history.deal.contact_id is None else NONE


def no_next_step(history: History) -> Points:
    """The deal has no pending task."""
    return NONE if history.open_tasks else (5, "No pending task")


@dataclass(frozen=True, slots=True)
class Factor:
    """One reason for risk, and its maximum weight."""

    label: str
    most: int
    weigh: Callable[[History], Points]
    inputs: Callable[[History], dict[str, Any]] = lambda _: {}  # what it has looked at, for an explanation


# Factors may count only whole days: `unchanged_for` says how long what they found stays right.
FACTORS = (
    Factor("No activity", 30, no_activity, lambda seen: {"last_activity": max(seen.activities)}),
    Factor("Close date passed", 20, close_date_passed, lambda seen: seen.fields("expected_close_date")),
    Factor("Stuck in stage", 15, stuck_in_stage, lambda seen: seen.fields("stage_entered_at")),
    Factor("Unanswered email", 10, unanswered_email, lambda seen: {"emails": _ids(seen.emails)}),
    Factor("Overdue tasks", 10, overdue_tasks, lambda seen: {"pending_tasks": _ids(seen.open_tasks)}),
    Factor("No contact", 10, no_contact, lambda seen: seen.fields("contact_id")),
    Factor("No next step", 5, no_next_step, lambda seen: {"pending_tasks": _ids(seen.open_tasks)}),
)


def deal_risk(world: World, deal: Deal, now: datetime) -> dict[str, Any] | None:
    """The risk of an open deal with its factors, the heaviest first; None for a closed deal."""
    stage = world.stages[deal.stage_id]
    if stage.is_won or stage.is_lost:
        return None
    history = History.of(world, deal, now)
    factors = [found for factor in FACTORS if (found := _found(factor, history))["weight"] > 0]
    factors.sort(key=lambda found: -found["weight"])
    score = sum(found["weight"] for found in factors)
    return {"risk_level": level(score), "risk_score": score, "risk_factors": factors}


@dataclass(frozen=True, slots=True)
class Considered:
    """A factor, whether it applies or not: its rule in words, and what it has looked at."""

    label: str
    rule: str
    most: int
    weight: int
    detail: str
    inputs: dict[str, Any]


def considered(world: World, deal: Deal, now: datetime) -> list[Considered]:
    """Every factor as it was considered for a deal; none for a closed deal, which has no risk."""
    if deal_risk(world, deal, now) is None:
        return []
    history = History.of(world, deal, now)
    return [_considered(factor, history) for factor in FACTORS]


def _considered(factor: Factor, history: History) -> Considered:
    found = _found(factor, history)
    rule = (factor.weigh.__doc__ or "").strip()
    inputs = {name: to_json(value) for name, value in factor.inputs(history).items()}
    return Considered(factor.label, rule, factor.most, found["weight"], found["detail"], inputs)


def unchanged_for(world: World, deal: Deal, now: datetime) -> timedelta:
    """How long the risk stays what it is, unless somebody changes something.

    All factors count whole days: since a moment of the deal, or by the calendar (UTC).
    """
    history = History.of(world, deal, now)
    midnight = datetime.combine(now.date(), time(), UTC)
    moments = (midnight, deal.stage_entered_at, *history.activities)
    return DAY - max((now - moment) % DAY for moment in moments)


def level(score: int) -> str:
    """The level for a score."""
    return next(name for start, name in LEVELS if score >= start)


def _found(factor: Factor, history: History) -> dict[str, Any]:
    weight, detail = factor.weigh(history)
    return {"label": factor.label, "detail": detail, "weight": min(weight, factor.most)}


def _ids(records: Iterable[Record]) -> list[int]:
    return [record.id for record in records]


def _moment(email: Email) -> tuple[datetime, int]:
    return email.sent_at, email.id
