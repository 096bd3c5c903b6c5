"""What the page shows of a world."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from heapq import nlargest
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from mock_server import __version__
from mock_server.auth import Tokens, one_of_each_role
from mock_server.contract import MockContract
from mock_server.control.contract import ControlContract
from mock_server.control.responses import world_body
from mock_server.domain.pipeline import Column, stages_in_order
from mock_server.domain.risk import deal_risk
from mock_server.domain.values import Number, counted
from mock_server.domain.world import Deal, User, World
from mock_server.faults import Active, Fault
from mock_server.store import Store
from mock_server.worldfile import fixture_names
from mock_server.worlds import BASE, Worlds

MOST_CARDS: Final = 30  # of a stage: those that changed last
NO_FAULT: Final = asdict(Fault())


@dataclass(frozen=True, slots=True)
class Card:
    """A deal on the board, with its risk if it is open."""

    deal: Deal
    risk: dict[str, Any] | None

    @property
    def score(self) -> int:
        score: int = self.risk["risk_score"] if self.risk else 0
        return score


@dataclass(frozen=True, slots=True)
class Lane:
    """A stage of the board: how much is in it, and its first cards."""

    column: Column
    cards: list[Card]

    @property
    def more(self) -> int:
        """How many deals have no card."""
        return len(self.column.deals) - len(self.cards)


def render(store: Store, worlds: Worlds, contract: MockContract, own: ControlContract) -> str:
    """The page for the world in this store."""
    now = store.clock.now()
    return PAGES.get_template("page.html").render(
        version=__version__,
        world=world_body(store),
        base=BASE,
        frozen=store.clock.stands_still,
        lanes=lanes(store.current, now),
        worlds=worlds.names,
        snapshots=store.past.snapshots,
        faults=[*_told(store.faults, everywhere=False), *_told(worlds.faults, everywhere=True)],
        operations=list(contract.operations),
        fixtures=fixture_names(),
        edge_cases=own.choices("EdgeCases", "cases"),
        deeds=own.choices("NewColleague", "does"),
        colleagues=store.colleagues,
        people=people(store, contract),
    )


def lanes(world: World, now: datetime) -> list[Lane]:
    """The board, with some cards of each stage, the riskiest first; so the page is small at any size."""
    return [_lane(world, Column(stage, world.deals.of(stage.id)), now) for stage in stages_in_order(world)]


def _lane(world: World, column: Column, now: datetime) -> Lane:
    latest = nlargest(MOST_CARDS, column.deals, key=lambda deal: (deal.updated_at, -deal.id))
    cards = [Card(deal, deal_risk(world, deal, now)) for deal in latest]
    return Lane(column, sorted(cards, key=lambda card: -card.score))


def people(store: Store, contract: MockContract) -> list[tuple[User, str]]:
    """One person of each role, with a token that is valid in this world."""
    tokens = Tokens(store.clock)
    return [(user, tokens.issue(user)) for user in one_of_each_role(contract.roles, store.current)]


def _told(faults: Iterable[Active], *, everywhere: bool) -> list[dict[str, Any]]:
    return [
        {
            "number": each.number,
            "everywhere": everywhere,
            "operation": each.fault.operation,
            "does": {
                name: value
                for name, value in asdict(each.fault).items()
                if name != "operation" and value != NO_FAULT[name]
            },
            "happened": each.happened,
        }
        for each in faults
    ]


def in_groups(number: Number | None) -> str:
    """`12,345` or `12,345.50`; a dash if there is no number."""
    if number is None:
        return "–"
    return f"{number:,}" if isinstance(number, int) else f"{number:,.2f}"


PAGES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
)
PAGES.filters.update(in_groups=in_groups, counted=counted)
