"""The herd: a handful of deals of every kind, on which the laws of the list are held."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from contract_tests.law import NotJudged
from contract_tests.scene.digging import Record
from contract_tests.scene.ground import Ground

FIRST_DAY: Final = date(2031, 3, 10)  # far from everything that is really planned
TODAY: Final = -1  # stands for the day on which the herd is made
ME, OTHER = 0, 1
People = tuple[Any, Any]  # my id, and somebody else's or None
LITERALS: Final = ("q%z", "qloz", "q_oz")  # a wildcard would find the second, too
SAMPLED_FROM: Final = "the list is too long to be read whole, and the run may not write"


class Breed(NamedTuple):
    """How one deal of the herd is made."""

    name: str
    value: float | None
    day: int | None  # after FIRST_DAY
    stage: str  # o0, o1, o2: an open one; won; lost
    person: int = ME
    company: int | None = None
    contact: int | None = None
    probability: int | None = None


# By name, by value, by date and by id they stand in different orders, and digits differ in number.
# Some open deals are as sure as if they were won, and as hopeless as if they were lost.
BREEDS: Final = (
    Breed("mango {}", 9, 4, "o0", ME, 0, 0),
    Breed("Apple {}", 80, 9, "o1", OTHER, 1, 1),
    Breed("fig {}", 700, 1, "o0", probability=100),
    Breed("Cherry {}", 6000, None, "o1", ME, 2, 2),
    Breed("elder {}", 50000.5, 7, "won", ME, 0, 0),
    Breed("Damson {}", 12, 2, "won", OTHER, 1, probability=15),
    Breed("Banana {}", 110, 12, "lost", ME, None, 1, 85),
    Breed("quince {}", None, 5, "lost", OTHER, 2, 2),
    Breed("Lime {}", 2500, 4, "o0", OTHER, 1, 1, 0),
    Breed("nectarine {}", 33.25, TODAY, "o1", ME, 0, 0),
    Breed("Kiwi {}", 100000, 10, "o2", ME, 2, 2),
    Breed("plum {} {}q%z", 7, 3, "o2", OTHER),
    Breed("olive {} {}qloz", 1000000, 6, "o0", ME, 0),
    Breed('Pear & plum, "ripe" {} {}q_oz', 99.99, 8, "o1", ME, 1, 1),
)


@dataclass(frozen=True)
class Herd:
    """Deals whose details are known, and the query that finds all of them and no others."""

    base: Mapping[str, Any]
    records: Mapping[Any, Record]
    made: bool  # for the laws, and not just there
    tag: str = ""

    def where(self, test: Callable[[Record], bool]) -> set[Any]:
        """The ids of the deals that pass a test."""
        return {id for id, record in self.records.items() if test(record)}

    def values(self, name: str) -> list[Any]:
        """The different values of a field, None left out, the most frequent first."""
        found = [r[name] for r in self.records.values() if r.get(name) not in (None, "")]
        return sorted(dict.fromkeys(found), key=found.count, reverse=True)

    def read_again(self, ground: Ground) -> Herd | None:
        """The same deals as they are now; None if one of them is gone."""
        if not self.made:
            return None
        read = {id: ground.call("getDeal", id=id).data for id in self.records}
        whole = all(isinstance(record, dict) for record in read.values())
        return replace(self, records=read) if whole else None


def herd_of(ground: Ground, people: People) -> Herd:
    """The herd: made, or on a read-only target the deals that are there."""
    if ground.target.settings.read_only:
        there = ground.all_deals()
        if not there.complete:
            raise NotJudged(SAMPLED_FROM)
        if not there.records:
            raise NotJudged("there are no deals, and the run may not write")
        return Herd({}, {record["id"]: record for record in there.records}, made=False)
    return _made(ground, people)


def people_of(ground: Ground) -> People:
    """My id, and the id of somebody else to whom deals are assigned (or None)."""
    me = _me(ground)
    assignees = [record.get("assigned_to") for record in ground.all_deals().records]
    return me, next((id for id in assignees if id is not None and id != me), None)


def _me(ground: Ground) -> Any:
    settings = ground.target.settings
    if settings.token is None and settings.email and settings.password:
        answer = ground.call(
            "login", json={"email": settings.email, "password": settings.password}, as_="nobody"
        )
        if answer.ok and isinstance(answer.json, dict) and isinstance(answer.json.get("user"), dict):
            return answer.json["user"].get("id")
    mine = ground.page({"scope": "me", "per_page": 1}).records
    if mine or settings.read_only:
        return mine[0].get("assigned_to") if mine else None
    return ground.deal(ground.new_deal()).get("assigned_to")  # most likely the deal of who made it


def _made(ground: Ground, people: People) -> Herd:
    tag = f"{ground.word()}p"
    me, other = people
    owners = (me, me if other is None else other)
    there = ground.all_deals().records
    companies, contacts = _ids(there, "company"), _ids(there, "contact")
    made: dict[Any, Record] = {}
    today: date | None = None
    for breed in BREEDS:
        fields: dict[str, Any] = {
            "name": breed.name.format(tag, tag),
            "value": breed.value,
            "stage_id": _stage(ground, breed.stage)["id"],
            "assigned_to": owners[breed.person],
            "company_id": _pick(companies, breed.company),
            "contact_id": _pick(contacts, breed.contact),
            "expected_close_date": _day(breed.day, today),
            "probability": breed.probability,
        }
        id = ground.new_deal(**{name: value for name, value in fields.items() if value is not None})
        today = today or _day_of(ground.deal(id).get("created_at"))
        made[id] = {}
    for id, breed in zip(made, BREEDS, strict=True):
        if breed.stage in ("won", "lost"):
            stage = ground.stage_like(won=breed.stage == "won", lost=breed.stage == "lost")
            ground.call("moveDealToStage", id=id, json={"stage_id": stage["id"]})
    records = {id: ground.deal(id) for id in made}
    ground.search(tag, lambda reading: records.keys() <= set(reading.ids))  # an index may take a moment
    return Herd({"search": tag}, records, made=True, tag=tag)


def _stage(ground: Ground, kind: str) -> Record:
    """The stage in which a deal is made: who is to be won or lost begins in an open one."""
    open_ = [s for s in ground.stages() if not s.get("is_won") and not s.get("is_lost")]
    place = int(kind[1:]) if kind.startswith("o") else 0
    return ground.stage_like(place=min(place, max(len(open_) - 1, 0)))


def _ids(records: list[Record], kind: str) -> list[Any]:
    """Ids of companies or contacts that are in use, each with a name of plain letters."""
    named = {r.get(f"{kind}_id"): r.get(f"{kind}_name") for r in records}
    plain = [id for id, name in named.items() if id is not None and name and str(name).isascii()]
    return plain[:3]


def _pick(ids: list[Any], place: int | None) -> Any:
    return None if place is None or not ids else ids[place % len(ids)]


def _day(day: int | None, today: date | None) -> str | None:
    if day is None:
        return None
    if day == TODAY:
        return today.isoformat() if today else None
    return (FIRST_DAY + timedelta(days=day)).isoformat()


def _day_of(moment: Any) -> date | None:
    try:
        return date.fromisoformat(str(moment)[:10])
    except ValueError:
        return None
