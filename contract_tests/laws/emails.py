"""The e-mails linked to a deal, and its timeline. None can be made: those that are there are read."""

from __future__ import annotations

from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import law
from contract_tests.scene.expectations import NotJudged, expect, granted
from contract_tests.scene.json_search import Record, records_in
from contract_tests.scene.scene import Scene

BOTH: Final = ("getDealTimeline", "listDealLinkedEmails")
ENOUGH: Final = 6  # deals with e-mails
SAMPLE: Final = 24  # deals that are asked for them
IDS: Final = ("email_id", "id", "email")
MOMENTS: Final = ("occurred_at", "sent_at", "date", "created_at", "timestamp")


def _entries(s: Scene, operation: str, deal: Any) -> tuple[list[Record], Exchange]:
    exchange = granted(s.call(operation, id=deal))
    found = records_in(exchange.json)
    if found is None:
        raise NotJudged(f"no list is recognised in the answer of {operation}")
    return found, exchange


def _texts(ids: list[Any]) -> set[str]:
    return set(map(str, ids))


def _ids(entries: list[Record]) -> list[Any]:
    return [next((entry[name] for name in IDS if name in entry), None) for entry in entries]


def _deals_with_emails(s: Scene) -> dict[Any, list[Record]]:
    """Deals that have e-mails, of a sample: spread over the list."""
    return s.api.once("e-mails", lambda: _sampled(s))


def _sampled(s: Scene) -> dict[Any, list[Record]]:
    there = [r["id"] for r in s.api.all_deals().records if s.client.run_id not in str(r.get("name"))]
    ids = sorted(there, key=str)
    found: dict[Any, list[Record]] = {}
    for id in ids[:: max(1, len(ids) // SAMPLE)][:SAMPLE]:
        if emails := _entries(s, "listDealLinkedEmails", id)[0]:
            found[id] = emails
        if len(found) == ENOUGH:
            break
    return found


@law("listDealLinkedEmails", "getDealTimeline", needs=("writes",), cases=BOTH)
def a_new_deal_has_no_emails(s: Scene, operation: str) -> None:
    """“Combined timeline of all emails linked to a deal”: to a deal just made, none is linked."""
    entries, exchange = _entries(s, operation, s.make.deal())
    expect(not entries, "no e-mails", f"{len(entries)}: {_ids(entries)[:5]}", exchange, operation=operation)


@law("getDealTimeline", "listDealLinkedEmails")
def the_timeline_contains_exactly_the_linked_emails(s: Scene) -> None:
    """“Combined timeline of all emails linked to a deal”: all that are linked, and no other e-mail."""
    linked = _deals_with_emails(s)
    if not linked:
        raise NotJudged("none of the deals looked at has e-mails")
    for deal, emails in linked.items():
        entries, exchange = _entries(s, "getDealTimeline", deal)
        count = len(emails)
        expect(len(entries) >= count, f"{count} e-mails, as are linked", f"{len(entries)}", exchange)
        wanted, got = _ids(emails), _ids(entries)
        if None in wanted + got or not all("email_id" in e or "email" in e for e in entries):
            continue  # which e-mail an entry is about is not told
        expect(_texts(wanted) <= _texts(got), f"the e-mails {wanted}", got, exchange)
        later = _ids(_entries(s, "listDealLinkedEmails", deal)[0])  # one may have come since
        expect(_texts(got) <= _texts(later), f"no e-mail but {later}", got, exchange)
        told = [(str(id), str(entry.get("type"))) for id, entry in zip(got, entries, strict=True)]
        expect(len(told) == len(set(told)), "each e-mail once", got, exchange)


@law("listDealLinkedEmails")
def linked_emails_belong_to_the_deal(s: Scene) -> None:
    """“/deals/{id}/linked-emails”: the deal's own e-mails; one says so if it names a deal."""
    for deal, emails in _deals_with_emails(s).items():
        wrong = [email["deal_id"] for email in emails if "deal_id" in email and email["deal_id"] != deal]
        exchange = s.call("listDealLinkedEmails", id=deal) if wrong else None
        expect(
            not wrong, f"e-mails of deal {deal}", f"of deal {wrong[:3]}", *([exchange] if exchange else [])
        )
        ids = _ids(emails)
        if None not in ids and len(set(map(str, ids))) != len(ids):
            expect(False, "each e-mail once", ids, s.call("listDealLinkedEmails", id=deal))


@law("getDealTimeline")
def the_timeline_is_sorted_by_time(s: Scene) -> None:
    """“Combined timeline of all emails”: one after the other in time, forwards or backwards."""
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
        expect(ordered, "rising or falling times", moments, exchange)
    if not judged:
        raise NotJudged("no timeline of two e-mails or more shows when they were sent")


def _moment(entry: Record) -> Any:
    texts = {name: entry[name] for name in MOMENTS if isinstance(entry.get(name), str)}
    return next(iter(texts.values()), None)
