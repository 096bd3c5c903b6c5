"""The course of one deal, in days before now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from mock_server.domain.world import Stage
from mock_server.seeding.business_calendar import FRESHEST
from mock_server.seeding.sampling import in_exact_shares

PROPOSAL = Stage(id=3, name="Proposal", display_order=3, probability=50, color="#3b82f6")
STAGES = (
    Stage(id=1, name="Lead", display_order=1, probability=10, color="#94a3b8"),
    Stage(id=2, name="Qualified", display_order=2, probability=30, color="#06b6d4"),
    PROPOSAL,
    Stage(id=4, name="Negotiation", display_order=4, probability=75, color="#f59e0b"),
    Stage(id=5, name="Won", display_order=5, probability=100, color="#22c55e", is_won=True),
    Stage(id=6, name="Lost", display_order=6, probability=0, color="#ef4444", is_lost=True),
)
FUNNEL = dict(zip(STAGES, (5, 4, 3, 2, 4, 2), strict=True))

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Health:
    """How well an open deal is looked after, which determines how risky it looks.

    The ranges of `quiet`, `close_in` and the rest are far apart on purpose: the risk of healthy
    deals is mostly low, of slipping ones mostly medium, and of neglected ones high.
    """

    quiet: Range
    in_stage: Range
    close_in: Range
    tasks_late: tuple[int, int]
    tasks_ahead: tuple[int, int]
    unanswered: float


HEALTHY = Health(
    quiet=(FRESHEST, 9),
    in_stage=(0.1, 24),
    close_in=(-1, 100),
    tasks_late=(0, 0),
    tasks_ahead=(0, 2),
    unanswered=0.1,
)
SLIPPING = Health(
    quiet=(18, 27),
    in_stage=(0.1, 30),
    close_in=(-5, 45),
    tasks_late=(1, 1),
    tasks_ahead=(0, 1),
    unanswered=1,
)
NEGLECTED = Health(
    quiet=(32, 75),
    in_stage=(0.1, 60),
    close_in=(-60, -11),
    tasks_late=(2, 3),
    tasks_ahead=(0, 0),
    unanswered=0.5,
)
HEALTH_SHARES = {HEALTHY: 9, SLIPPING: 4, NEGLECTED: 2}


class DealProfile(NamedTuple):
    """When a deal was created, entered its stage and was last changed; all in days before now."""

    stage: Stage
    health: Health
    is_open: bool
    created: float
    entered: float
    touched: float
    last_event: float  # the latest activity: none is after the last change, or after the deal was closed


def profiles(rng: Random) -> Iterator[DealProfile]:
    """An endless series: a funnel of open deals, and the won and lost ones."""
    stages, health = in_exact_shares(rng, FUNNEL), in_exact_shares(rng, HEALTH_SHARES)
    for stage in stages:
        yield _open(rng, stage, next(health)) if is_open(stage) else _closed(rng, stage)


def is_open(stage: Stage) -> bool:
    """Whether a deal in this stage is neither won nor lost."""
    return not (stage.is_won or stage.is_lost)


def _open(rng: Random, stage: Stage, health: Health) -> DealProfile:
    touched = rng.uniform(*health.quiet)
    entered = touched + rng.uniform(*health.in_stage)
    created = entered + 0.1 + sum(rng.uniform(1, 16) for _ in range(stage.id - 1))
    return DealProfile(stage, health, True, created, entered, touched, last_event=touched)


def _closed(rng: Random, stage: Stage) -> DealProfile:
    entered = 1 + 540 * rng.random() ** 1.5
    created = entered + rng.uniform(10, 150)
    later_edit = rng.uniform(0, 5) if rng.random() < 0.2 else 0
    touched = max(FRESHEST, entered - later_edit)
    return DealProfile(stage, HEALTHY, False, created, entered, touched, last_event=entered)
