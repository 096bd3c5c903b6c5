"""Emails over HTTP: the list and the timeline show the same emails."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.worldfile import load_world
from tests.mock_server.conftest import NOW, Api, Start

SHARED = ("thread_id", "direction", "subject", "from_name", "to_name")


def emails(api: Api, deal_id: int) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = api.data(f"/deals/{deal_id}/linked-emails")
    return listed


def timeline(api: Api, deal_id: int) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = api.data(f"/deals/{deal_id}/timeline")
    return listed


def with_emails(api: Api) -> list[int]:
    """Some deals that have emails."""
    return [deal.id for deal in api.world.deals if api.world.emails.count_of(deal.id) > 1][:40]


def test_the_timeline_is_the_linked_emails_backwards(reader: Api) -> None:
    deals = with_emails(reader)
    assert len(deals) > 10
    for deal_id in deals:
        mails = emails(reader, deal_id)
        assert [mail["id"] for mail in reversed(mails)] == [e["email_id"] for e in timeline(reader, deal_id)]
        for mail, entry in zip(reversed(mails), timeline(reader, deal_id), strict=True):
            assert {name: entry[name] for name in SHARED} == {name: mail[name] for name in SHARED}
            assert (entry["type"], entry["occurred_at"]) == ("email", mail["sent_at"])


def test_emails_come_oldest_first_and_are_all_of_the_deal(reader: Api) -> None:
    for deal_id in with_emails(reader):
        mails = emails(reader, deal_id)
        assert [mail["sent_at"] for mail in mails] == sorted(mail["sent_at"] for mail in mails)
        assert {mail["deal_id"] for mail in mails} == {deal_id}


def test_a_summary_is_the_beginning_of_the_email_on_one_line(reader: Api) -> None:
    for deal_id in with_emails(reader):
        bodies = {mail["id"]: " ".join(mail["body"].split()) for mail in emails(reader, deal_id)}
        for entry in timeline(reader, deal_id):
            assert bodies[entry["email_id"]].startswith(entry["summary"].removesuffix("…"))
            assert 0 < len(entry["summary"]) <= 121


def test_a_deal_without_emails_has_an_empty_timeline(api: Api) -> None:
    deal = api.create()["id"]
    assert (emails(api, deal), timeline(api, deal)) == ([], [])


def test_hostile_emails_come_as_they_are(start: Start) -> None:
    mails = emails(start(load_world("nasty", NOW)), 1000)
    assert [mail["id"] for mail in mails] == [3, 1, 2]
    assert mails[2]["subject"] == "Re: Re: Re: AW: SV: 回复: \r\nBcc: everybody@revorbit.example"
    assert mails[1]["body"] == ""


@pytest.mark.parametrize("path", ["timeline", "linked-emails"])
def test_emails_stay_when_notes_and_tasks_come_and_go(api: Api, path: str) -> None:
    before = api.data(f"/deals/10/{path}")
    api.post("/deals/10/notes", {"content": "x"})
    api.post("/deals/10/tasks", {"title": "x"})
    api.move(10, to=6)
    assert api.data(f"/deals/10/{path}") == before
