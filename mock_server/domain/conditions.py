"""The conditions that filters consist of, as values: equal ones let the same deals through."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from unicodedata import normalize

from mock_server.domain.fields import JOINED, Joined, deal_field, stage_of
from mock_server.domain.world import Deal, World

# Whether a deal of a world passes. It depends on nothing but the deal and what is joined to it.
Test = Callable[[World, Deal], bool]


def passing(world: World, deals: Iterable[Deal], tests: Iterable[Test]) -> Iterable[Deal]:
    """Those of a world's deals that pass all tests."""
    for test in tests:
        if isinstance(test, Contains):
            deals = test.among(world, deals)
        else:
            deals = [deal for deal in deals if test(world, deal)]
    return deals


def folded(text: str) -> str:
    """The text without differences in case or in how accents are encoded."""
    return text.lower() if text.isascii() else normalize("NFC", normalize("NFC", text).casefold())


@dataclass(frozen=True, slots=True)
class Contains:
    """One of these properties contains a text, which is folded."""

    text: str
    names: tuple[str, ...]

    def __call__(self, world: World, deal: Deal) -> bool:
        return any(self._is_in(deal_field(world, deal, name)) for name in self.names)

    def among(self, world: World, deals: Iterable[Deal]) -> Iterator[Deal]:
        """Those of many deals that pass: what is joined to several is looked at once."""
        own = [name for name in self.names if name not in JOINED]
        joined = [JOINED[name] for name in self.names if name in JOINED]
        shared = [(each.reference, self._joined(world, each)) for each in joined]
        for deal in deals:
            for reference, ids in shared:
                if getattr(deal, reference) in ids:
                    yield deal
                    break
            else:
                if any(self._is_in(getattr(deal, name)) for name in own):
                    yield deal

    def _joined(self, world: World, joined: Joined) -> set[int]:
        """The ids of the records whose property contains the text."""
        rows = world.table(joined.table).rows
        return {id_ for id_, row in rows.items() if self._is_in(getattr(row, joined.attribute))}

    def _is_in(self, text: str | None) -> bool:
        return text is not None and self.text in folded(text)


@dataclass(frozen=True, slots=True)
class AssignedTo:
    """Assigned to this user."""

    user_id: int

    def __call__(self, _: World, deal: Deal) -> bool:
        return deal.assigned_to == self.user_id


@dataclass(frozen=True, slots=True)
class InTeam:
    """Assigned to somebody in this team."""

    team: str

    def __call__(self, world: World, deal: Deal) -> bool:
        user = world.users.get(deal.assigned_to)
        return user is not None and user.team == self.team


@dataclass(frozen=True, slots=True)
class TurnedOut:
    """In a stage with this outcome, `is_won` or `is_lost`."""

    outcome: str

    def __call__(self, world: World, deal: Deal) -> bool:
        return bool(getattr(stage_of(world, deal), self.outcome))


@dataclass(frozen=True, slots=True)
class Between:
    """On one of these days, the first and the last included, by this property."""

    name: str
    first: date
    last: date

    def __call__(self, world: World, deal: Deal) -> bool:
        value = deal_field(world, deal, self.name)
        day = value.date() if isinstance(value, datetime) else value
        return day is not None and self.first <= day <= self.last
