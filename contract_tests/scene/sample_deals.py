"""Sample deals of every kind, on which the laws of the list are judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from contract_tests.client.client import Client
from contract_tests.scene.api_reader import ApiReader
from contract_tests.scene.expectations import NotJudged
from contract_tests.scene.json_search import Record
from contract_tests.scene.listing import Listing, matched
from contract_tests.scene.maker import Maker
from contract_tests.scene.people import People
from contract_tests.scene.small_whole import small_whole

FIRST_DAY: Final = date(2031, 3, 10)  # far from any real date
TODAY: Final = -1  # stands for the day on which the deals are made
ME, OTHER = 0, 1
LITERALS: Final = ("q%z", "qloz", "q_oz")  # if % or _ is a wildcard, a search for it also finds the second


class SampleSpec(NamedTuple):
    """How one sample deal is made."""

    name: str
    value: float | None
    day: int | None  # after FIRST_DAY
    stage: str  # "o0", "o1" or "o2" (an open stage), "won" or "lost"
    person: int = ME
    company: int | None = None
    contact: int | None = None
    probability: int | None = None


# Sorting by name, value, date and id gives different orders; the values differ in their number of digits.
# Some open deals have the probability of a won or a lost one.
SPECS: Final = (
    SampleSpec("mango {}", 9, 4, "o0", ME, 0, 0),
    SampleSpec("Apple {}", 80, 9, "o1", OTHER, 1, 1),
    SampleSpec("fig {}", 700, 1, "o0", probability=100),
    SampleSpec("Cherry {}", 6000, None, "o1", ME, 2, 2),
    SampleSpec("elder {}", 50000.5, 7, "won", ME, 0, 0),
    SampleSpec("Damson {}", 12, 2, "won", OTHER, 1, probability=15),
    SampleSpec("Banana {}", 110, 12, "lost", ME, None, 1, 85),
    SampleSpec("quince {}", None, 5, "lost", OTHER, 2, 2),
    SampleSpec("Lime {}", 2500, 4, "o0", OTHER, 1, 1, 0),
    SampleSpec("nectarine {}", 33.25, TODAY, "o1", ME, 0, 0),
    SampleSpec("Kiwi {}", 100000, 10, "o2", ME, 2, 2),
    SampleSpec("plum {} {}q%z", 7, 3, "o2", OTHER),
    SampleSpec("olive {} {}qloz", 1000000, 6, "o0", ME, 0),
    SampleSpec('Pear & plum, "ripe" {} {}q_oz', 99.99, 8, "o1", ME, 1, 1),
)


@dataclass(frozen=True)
class SampleDeals:
    """Deals whose details are known, and the query that finds exactly these."""

    base: Mapping[str, Any]
    records: Mapping[Any, Record]
    made: bool  # for the laws, rather than found
    tag: str = ""

    def where(self, test: Callable[[Record], bool]) -> set[Any]:
        """The ids of the deals that pass a test."""
        return {id for id, record in self.records.items() if test(record)}

    def values(self, name: str) -> list[Any]:
        """The different values of a field without None, the most frequent first."""
        found = [r[name] for r in self.records.values() if r.get(name) not in (None, "")]
        return sorted(dict.fromkeys(found), key=found.count, reverse=True)

    def read_again(self, client: Client) -> SampleDeals | None:
        """The same deals, read again; None if one of them is missing."""
        if not self.made:
            return None
        read = {id: client.call("getDeal", id=id).data for id in self.records}
        whole = all(isinstance(record, dict) for record in read.values())
        return replace(self, records=read) if whole else None


def sample_deals_of(api: ApiReader, make: Maker, people: People, tag: str) -> SampleDeals:
    """The sample deals: made, or in a read-only run the existing deals."""
    if api.client.settings.read_only:
        query, there = small_whole(api)
        if not there.records:
            raise NotJudged("there are no deals, and a read-only run cannot make any")
        return SampleDeals(query, {record["id"]: record for record in there.records}, made=False)
    return _made(api, make, people, tag)


def _made(api: ApiReader, make: Maker, people: People, tag: str) -> SampleDeals:
    owners = (people.me, people.me if people.other is None else people.other)
    there = api.all_deals().records
    companies, contacts = _related_ids(there)
    made: dict[Any, Record] = {}
    today: date | None = None
    for spec in SPECS:
        fields: dict[str, Any] = {
            "name": spec.name.format(tag, tag),
            "value": spec.value,
            "stage_id": _stage(make, spec.stage)["id"],
            "assigned_to": owners[spec.person],
            "company_id": _pick(companies, spec.company),
            "contact_id": _pick(contacts, spec.contact),
            "expected_close_date": _day(spec.day, today),
            "probability": spec.probability,
        }
        id = make.deal(**{name: value for name, value in fields.items() if value is not None})
        today = today or _day_of(api.deal(id).get("created_at"))
        made[id] = {}
    if len(made) < len(SPECS):
        raise NotJudged("several creates returned the same id")
    for id, spec in zip(made, SPECS, strict=True):
        if spec.stage in ("won", "lost"):
            stage = make.stage_like(won=spec.stage == "won", lost=spec.stage == "lost")
            api.client.call("moveDealToStage", id=id, json={"stage_id": stage["id"]})
    records = {id: api.deal(id) for id in made}
    return SampleDeals(_query_for(api, tag, records), records, made=True, tag=tag)


def _query_for(api: ApiReader, tag: str, records: Mapping[Any, Record]) -> dict[str, str]:
    """The query that finds the sample deals: in the widest scope, if the default one leaves some out."""

    def whole(listing: Listing) -> bool:
        return records.keys() <= set(listing.ids)

    found = api.search(tag, whole)  # a search index may take a moment
    narrow = {"search": tag}
    return (
        {**api.limits.widest_scope, **narrow} if whole(found) and not whole(api.listing(narrow)) else narrow
    )


def _stage(make: Maker, kind: str) -> Record:
    """The stage in which a deal is made; a deal to be won or lost starts in an open one."""
    open_ = [s for s in make.usable_stages() if not s.get("is_won") and not s.get("is_lost")]
    place = int(kind[1:]) if kind.startswith("o") else 0
    return make.stage_like(place=min(place, max(len(open_) - 1, 0)))


def _related_ids(records: list[Record]) -> tuple[list[Any], list[Any]]:
    """Ids of companies in use, and of a contact of each; both have names in ASCII."""
    named = [r for r in records if all(_is_plain(r.get(f"{kind}_name")) for kind in ("company", "contact"))]
    pairs = matched(named, "company_id", "contact_id") or {None: None}
    return list(pairs)[:3], list(pairs.values())[:3]


def _is_plain(name: Any) -> bool:
    return bool(name) and str(name).isascii()


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
