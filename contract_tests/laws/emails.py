"""The emails linked to a deal, and its timeline. The API creates no emails, so existing ones are read."""

from __future__ import annotations

from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import law
from contract_tests.scene.expectations import NotJudged, expect, granted
from contract_tests.scene.json_search import Record, descendants, records_in
from contract_tests.scene.run_names import lasting
from contract_tests.scene.scene import Scene

BOTH: Final = ("getDealTimeline", "listDealLinkedEmails")
ENOUGH: Final = 6  # deals with emails
SAMPLE: Final = 24  # deals whose emails are read
IDS: Final = ("email_id", "id", "email")
MOMENTS: Final = ("occurred_at", "sent_at", "date", "created_at", "timestamp")


def _entries(s: Scene, operation: str, deal: Any) -> tuple[list[Record], Exchange]:
    exchange = granted(s.call(operation, id=deal))
    found = records_in(exchange.json)
    if found is None:
        raise NotJudged(f"no list is recognised in the response of {operation}")
    return found, exchange


def _texts(ids: list[Any]) -> set[str]:
    return set(map(str, ids))


def _ids(entries: list[Record]) -> list[Any]:
    return [next((entry[name] for name in IDS if name in entry), None) for entry in entries]


def _deals_with_emails(s: Scene) -> dict[Any, list[Record]]:
    """Deals with emails, from a sample spread over the list."""
    return s.api.once("emails", lambda: _sampled(s))


def _sampled(s: Scene) -> dict[Any, list[Record]]:
    ids = sorted((record["id"] for record in lasting(s.api.all_deals().records)), key=str)
    found: dict[Any, list[Record]] = {}
    for id in ids[:: max(1, len(ids) // SAMPLE)][:SAMPLE]:
        if emails := _entries(s, "listDealLinkedEmails", id)[0]:
            found[id] = emails
        if len(found) == ENOUGH:
            break
    return found


@law("listDealLinkedEmails", "getDealTimeline", needs=("writes",), cases=BOTH)
def a_new_deal_has_no_emails(s: Scene, operation: str) -> None:
    """“Combined timeline of all emails linked to a deal”: a new deal has no linked emails."""
    entries, exchange = _entries(s, operation, s.make.deal())
    expect(
        not entries, "no emails", f"{len(entries)} emails: {_ids(entries)[:5]}", exchange, operation=operation
    )


@law("getDealTimeline", "listDealLinkedEmails")
def the_timeline_contains_exactly_the_linked_emails(s: Scene) -> None:
    """“Combined timeline of all emails linked to a deal”: all linked emails, and no others."""
    linked = _deals_with_emails(s)
    if not linked:
        raise NotJudged("none of the deals that were sampled has emails")
    for deal, emails in linked.items():
        entries, exchange = _entries(s, "getDealTimeline", deal)
        count = len(emails)
        if len(entries) < count and _each_somewhere(emails, exchange):
            continue  # grouped, by thread or by day
        expect(
            len(entries) >= count,
            f"{count} emails, as linked to the deal",
            f"{len(entries)} entries",
            exchange,
        )
        wanted, got = _ids(emails), _ids(entries)
        if None in wanted + got or not all("email_id" in e or "email" in e for e in entries):
            continue  # the entries do not say which email they are about
        expect(_texts(wanted) <= _texts(got), f"the emails {wanted}", got, exchange)
        later = _ids(_entries(s, "listDealLinkedEmails", deal)[0])  # a new one may have arrived
        expect(_texts(got) <= _texts(later), f"only the emails {later}", got, exchange)
        shown = [(str(id), str(entry.get("type"))) for id, entry in zip(got, entries, strict=True)]
        expect(len(shown) == len(set(shown)), "each email once", got, exchange)


def _each_somewhere(emails: list[Record], timeline: Exchange) -> bool:
    """Whether the id of each email is somewhere in the timeline."""
    there = {str(value) for value in descendants(timeline.json) if not isinstance(value, dict | list)}
    return None not in _ids(emails) and _texts(_ids(emails)) <= there


@law("listDealLinkedEmails")
def linked_emails_belong_to_the_deal(s: Scene) -> None:
    """“/deals/{id}/linked-emails”: only the emails of the deal in the path, each once."""
    for deal, emails in _deals_with_emails(s).items():
        wrong = [email["deal_id"] for email in emails if "deal_id" in email and email["deal_id"] != deal]
        exchange = s.call("listDealLinkedEmails", id=deal) if wrong else None
        expect(
            not wrong,
            f"only emails of deal {deal}",
            f"emails of the deals {wrong[:3]}",
            *([exchange] if exchange else []),
        )
        ids = _ids(emails)
        if None not in ids and len(set(map(str, ids))) != len(ids):
            expect(False, "each email once", ids, s.call("listDealLinkedEmails", id=deal))


@law("getDealTimeline")
def the_timeline_is_sorted_by_time(s: Scene) -> None:
    """“Combined timeline of all emails”: sorted by time, in either direction."""
    judged = False
    for deal, emails in _deals_with_emails(s).items():
        if len(emails) < 2:
            continue
        entries, exchange = _entries(s, "getDealTimeline", deal)
        moments = [_moment(entry) for entry in entries]
        if None in moments:
            continue
        judged = True
        ordered = moments in (sorted(moments, key=str), sorted(moments, key=str, reverse=True))
        expect(ordered, "times in ascending or descending order", moments, exchange)
    if not judged:
        raise NotJudged("no timeline with two or more emails shows when they were sent")


def _moment(entry: Record) -> Any:
    texts = {name: entry[name] for name in MOMENTS if isinstance(entry.get(name), str)}
    return next(iter(texts.values()), None)
