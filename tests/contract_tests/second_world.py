"""What the second implementation knows: its records, its rules, and its own reading of the documentation."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

Record = dict[str, Any]

PEOPLE = {
    1: {
        "id": 1,
        "first_name": "Ada",
        "last_name": "Reyes",
        "email": "ada@second.example",
        "role": "admin",
        "team": 1,
    },
    2: {
        "id": 2,
        "first_name": "Max",
        "last_name": "Ode",
        "email": "max@second.example",
        "role": "rep",
        "team": 1,
    },
    3: {
        "id": 3,
        "first_name": "Tom",
        "last_name": "Zoll",
        "email": "tom@second.example",
        "role": "rep",
        "team": 2,
    },
}
COMPANIES = {1: "Acme Corp", 2: "ännchen & Söhne", 3: "Zeta; Ltd"}
CONTACTS = {1: "Jane Smith", 2: "bob Wilson", 3: "Érik Ó"}
OPTIONAL_IDS = (
    "contact_id",
    "bill_to_contact_id",
    "company_id",
    "partner_id",
    "reseller_id",
    "reseller_contact_id",
    "assigned_to",
)
COLUMNS = ("Deal name", "Amount", "Stage", "Closing", "Company", "Contact", "Labels", "Remarks")
DATE_FIELDS = ("expected_close_date", "closed_at", "created_at")
SORT_FIELDS = {"title": "name", "assigned_to_name": "assigned_name"}
SORTABLE = (
    "contact_name",
    "company_name",
    "stage_name",
    "value",
    "expected_close_date",
    "closed_at",
    "created_at",
)


class RefusedError(Exception):
    """The request cannot be served, and this is what the answer says."""

    def __init__(self, status: int, message: str, **errors: str) -> None:
        super().__init__(message)
        self.status, self.message, self.errors = status, message, errors


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass
class World:
    """Everything the server remembers."""

    stages: dict[int, Record] = field(default_factory=dict)
    deals: dict[int, Record] = field(default_factory=dict)
    tasks: dict[int, Record] = field(default_factory=dict)
    notes: dict[int, Record] = field(default_factory=dict)
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1001))

    def found(self, kind: str, key: int, **of: int) -> Record:
        record: Record | None = getattr(self, kind).get(key)
        if record is None or any(record[name] != value for name, value in of.items()):
            raise RefusedError(404, f"No such record in {kind}")
        return record

    # Deals
    def shown(self, deal: Record) -> Record:
        """A deal as answers carry it: no closed_at, empty texts, floats, and no risk once it is closed."""
        stage = self.stages[deal["stage_id"]]
        owner = PEOPLE.get(deal["assigned_to"])
        value = deal["value"]
        view = {
            "id": deal["id"], "name": deal["name"], "value": None if value is None else float(value),
            "stage_id": stage["id"], "stage_name": stage["name"],
            "contact_id": deal["contact_id"], "contact_name": CONTACTS.get(deal["contact_id"]),
            "company_id": deal["company_id"], "company_name": COMPANIES.get(deal["company_id"]),
            "probability": deal["probability"], "expected_close_date": deal["expected_close_date"],
            "is_won": stage["is_won"], "is_lost": stage["is_lost"], "loss_reason": "",
            "assigned_to": deal["assigned_to"], "assigned_name": owner and owner["first_name"],
            "notes": deal["notes"] or "", "tags": deal["tags"] or "",
            "partner_id": deal["partner_id"], "reseller_id": deal["reseller_id"],
            "reseller_name": COMPANIES.get(deal["reseller_id"]),
            "reseller_contact_name": CONTACTS.get(deal["reseller_contact_id"]),
            "created_at": deal["created_at"], "updated_at": deal["updated_at"],
            "currency": "EUR", "links": {"self": f"/deals/{deal['id']}"},
        }  # fmt: skip
        if not (stage["is_won"] or stage["is_lost"]):
            view["risk"] = _risk(deal)
        return view

    def save_deal(self, deal: Record | None, given: Record, me: int | None = None) -> Record:
        """Whatever the body does not name is cleared: a PUT replaces."""
        now = stamp(datetime.now(UTC))
        saved = {"value": None, "probability": None, "expected_close_date": None, "notes": None, "tags": None}
        saved |= dict.fromkeys(OPTIONAL_IDS)
        saved |= {"closed_at": None, "primary_quote": None, "created_at": now, "id": None}
        if deal is not None:
            saved |= {name: deal[name] for name in ("closed_at", "primary_quote", "created_at", "id")}
        saved |= given | {"updated_at": now}
        if saved["id"] is None:
            saved["id"] = next(self.ids)
        self.deals[saved["id"]] = saved
        self._mark_closing(saved)
        return saved

    def move(self, deal: Record, stage_id: int) -> None:
        deal["stage_id"] = stage_id
        deal["probability"] = self.stages[stage_id]["probability"]
        self._mark_closing(deal)

    def _mark_closing(self, deal: Record) -> None:
        stage = self.stages[deal["stage_id"]]
        closed = stage["is_won"] or stage["is_lost"]
        deal["closed_at"] = (deal["closed_at"] or stamp(datetime.now(UTC))) if closed else None

    def remove_deal(self, key: int) -> None:
        del self.deals[key]
        self.tasks = {i: task for i, task in self.tasks.items() if task["deal_id"] != key}
        self.notes = {i: note for i, note in self.notes.items() if note["deal_id"] != key}

    def listed(self, query: dict[str, str], me: int) -> list[Record]:
        """The deals that the filters leave, by name or by what sort_by says, empty values first."""
        deals = [deal for deal in self.deals.values() if self._passes(deal, query, me)]
        by = query.get("sort_by", "title")
        name = SORT_FIELDS.get(by, by if by in SORTABLE else "name")
        down = query.get("sort_dir", "ASC").upper() == "DESC"

        def key(deal: Record) -> tuple[bool, Any]:
            value = deal["closed_at"] if name == "closed_at" else self.shown(deal)[name]
            return (value is not None, value)

        return sorted(deals, key=key, reverse=down)

    def _passes(self, deal: Record, query: dict[str, str], me: int) -> bool:
        view = self.shown(deal)
        teammates = {p["id"] for p in PEOPLE.values() if p["team"] == PEOPLE[me]["team"]}
        scope = {"me": {me}, "team": teammates}.get(query.get("scope", ""))
        asked = [
            _asked(query, "stage_id", lambda v: deal["stage_id"] == whole(v, "stage_id")),
            _asked(query, "assigned_to", lambda v: deal["assigned_to"] == whole(v, "assigned_to")),
            _asked(
                query,
                "stage_ids",
                lambda v: deal["stage_id"] in [whole(i, "stage_ids") for i in v.split(",") if i],
            ),
            _asked(query, "search", lambda v: v.casefold() in _searched(view)),
            _asked(query, "won", lambda v: view["is_won"] == (v == "1") if v in "01" else True),
            scope is None or deal["assigned_to"] in scope,
            _in_range(deal, query),
        ]
        return all(asked)

    # Stages
    def in_order(self) -> list[Record]:
        return sorted(self.stages.values(), key=lambda stage: stage["display_order"])

    def reorder(self, order: list[int]) -> None:
        """The named stages come first, in that order; the others follow as they stood."""
        named = [self.stages[key] for key in dict.fromkeys(order)]
        rest = [stage for stage in self.in_order() if stage not in named]
        for position, stage in enumerate([*named, *rest], 1):
            stage["display_order"] = position * 10

    def remove_stage(self, key: int) -> None:
        """A stage's deals are not lost with it: they go to the first of the others."""
        refuge = next(stage["id"] for stage in self.in_order() if stage["id"] != key)
        for deal in self.deals.values():
            if deal["stage_id"] == key:
                self.move(deal, refuge)
        del self.stages[key]

    # Files
    def csv_of(self, deals: list[Record]) -> bytes:
        out = io.StringIO()
        writer = csv.writer(out, delimiter=";")
        writer.writerow(("No.", *COLUMNS, "Status"))
        for deal in deals:
            view = self.shown(deal)
            status = "won" if view["is_won"] else "lost" if view["is_lost"] else "open"
            names = (
                "name",
                "value",
                "stage_name",
                "expected_close_date",
                "company_name",
                "contact_name",
                "tags",
                "notes",
            )
            writer.writerow((view["id"], *(view[name] for name in names), status))
        return out.getvalue().encode("utf-8-sig", errors="replace")

    def imported(self, rows: list[Record]) -> int:
        stages = {stage["name"].casefold(): stage["id"] for stage in self.in_order()}
        good = [row for row in rows if (row.get("Deal name") or "").strip()]
        for row in good:
            stage = stages.get((row.get("Stage") or "").casefold(), self.in_order()[0]["id"])
            given: Record = {"name": row["Deal name"], "stage_id": stage}
            given |= {
                "notes": row.get("Remarks"),
                "tags": row.get("Labels"),
                "value": _amount(row.get("Amount")),
            }
            self.save_deal(None, given)
        return len(good)


def whole(text: object, name: str) -> int:
    try:
        return int(str(text))
    except ValueError:
        raise RefusedError(400, "Bad query", **{name: f"{name} is no number"}) from None


def _amount(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None


def _asked(query: dict[str, str], name: str, passes: Any) -> bool:
    return bool(passes(query[name])) if query.get(name) else True


def _searched(view: Record) -> str:
    texts = (view[name] for name in ("name", "company_name", "contact_name", "notes", "tags"))
    return "\n".join(text for text in texts if text).casefold()


def _in_range(deal: Record, query: dict[str, str]) -> bool:
    name = query.get("date_field", "expected_close_date")
    day = (deal[name if name in DATE_FIELDS else "expected_close_date"] or "")[:10]
    bounds = [query.get("date_from") or "", query.get("date_to") or ""]
    for bound in filter(None, bounds):
        calendar_day(bound, "date")
    if not any(bounds):
        return True
    return bool(day) and bounds[0] <= day <= (bounds[1] or "9999-12-31")


def calendar_day(text: str, name: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except (TypeError, ValueError):
        raise RefusedError(400, "Bad date", **{name: f"{name} is YYYY-MM-DD"}) from None


def _risk(deal: Record) -> Record:
    score = 12.5 if deal["contact_id"] else 80.5
    factors = [{"label": "Contact", "detail": "known" if score < 50 else "missing", "weight": str(score)}]
    return {"risk_level": "low" if score < 50 else "critical", "risk_score": score, "risk_factors": factors}
