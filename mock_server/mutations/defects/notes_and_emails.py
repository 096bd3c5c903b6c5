"""Notes and e-mails: what hangs on a deal, on that deal only."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

from mock_server.context import current_mock
from mock_server.domain.emails import entry
from mock_server.domain.refusals import Missing
from mock_server.mutations.handler_call import HandlerCall, also, now_in, web_page
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import around_handler, around_http
from mock_server.responses import created, deleted, record_bodies, record_body, success

NEW_NOTE = "POST /deals/{id}/notes adds a note to this deal"
NOTE_GONE = "DELETE /deals/{id}/notes/{noteId}: the note is gone, and no other"
NOT_FOUND = "404 not found"
TIMELINE = "Combined timeline of all emails linked to a deal"


@around_handler("createDealNote", documented=NEW_NOTE)
def new_note_is_not_saved(call: HandlerCall) -> Any:
    """The transaction is never committed: the note cannot even be deleted."""
    return call.undone()


@around_handler("createDealNote", documented=f"{NEW_NOTE}; the deal's own notes are another field")
def new_note_overwrites_the_deals_notes(call: HandlerCall) -> Any:
    """The content is written to the field `notes` of the deal, too."""
    answer = call()
    text = call.body["content"]
    also(lambda world: world.put("deals", replace(world.deals[call.id], notes=text)))
    return answer


@around_handler("createDealNote", documented=f"{NEW_NOTE}. content: string")
def new_note_is_cut_at_255_characters(call: HandlerCall) -> Any:
    """The column is short, and the database takes no offence."""
    return call.sending(content=call.body["content"][:255])


@around_handler("createDealNote", documented=f"{NEW_NOTE}. content: string")
def new_note_loses_its_line_breaks(call: HandlerCall) -> Any:
    """The content is cleaned as if it came from a field of one line."""
    return call.sending(content=" ".join(call.body["content"].splitlines()) or call.body["content"])


@around_http("createDealNote", documented="content: Required")
async def a_note_needs_no_content(request: HttpRequest) -> HttpReply:
    """An empty note is saved."""
    return await (request if "content" in request.fields else request.with_fields(content=" ")).forward()


@around_handler("createDealNote", documented=NOT_FOUND)
def a_note_needs_no_deal(call: HandlerCall) -> Any:
    """A note on a deal that does not exist is accepted, and lost."""
    if call.id in now_in().deals:
        return call()
    return created({"id": now_in().notes.next_id, "deal_id": call.id, **call.body}, "Note")


@around_handler("deleteDealNote", documented=NOTE_GONE)
def note_is_not_deleted(call: HandlerCall) -> Any:
    """Success is answered, and the note stays."""
    return call.undone()


@around_handler("deleteDealNote", documented=f"{NOTE_GONE}; 403 insufficient permissions")
def the_notes_of_others_only_seem_to_be_deleted(call: HandlerCall) -> Any:
    """`WHERE id = ? AND created_by = ?` deletes no row, and nobody counts them."""
    note = now_in().notes.get(call.arguments["note_id"])
    return call() if note is None or note.created_by == current_mock().viewer.id else call.undone()


@around_handler("deleteDealNote", documented=NOTE_GONE)
def deleting_a_note_takes_all_of_the_deal(call: HandlerCall) -> Any:
    """The WHERE names the deal: all its notes are deleted."""
    answer = call()
    also(lambda world: world.drop("notes", *(note.id for note in world.notes.of(call.id))))
    return answer


@around_handler(
    "deleteDealNote", documented="DELETE /deals/{id}/notes/{noteId}: a note of this deal; 404 not found"
)
def notes_can_be_deleted_through_any_deal(call: HandlerCall) -> Any:
    """Nobody looks whether the note belongs to the deal of the path."""
    note = now_in().notes.get(call.arguments["note_id"])
    return call(id_=note.deal_id) if note else call()


@around_handler("deleteDealNote", documented=NOT_FOUND)
def deleting_an_unknown_note_succeeds(call: HandlerCall) -> Any:
    """Zero rows deleted is success, too."""
    with suppress(Missing):
        return call()
    return deleted("Note")


@around_handler("getDealTimeline", documented=TIMELINE)
def timeline_crashes_without_emails(call: HandlerCall) -> Any:
    """The first e-mail is looked at before it is known that there is one."""
    answer = call()
    return answer if answer["data"] else web_page(500, "Undefined array key 0")


@around_handler("getDealTimeline", documented=NOT_FOUND)
def timeline_of_an_unknown_deal_is_empty(call: HandlerCall) -> Any:
    """A deal that does not exist has no e-mails."""
    with suppress(Missing):
        return call()
    return success([])


@around_handler("listDealLinkedEmails", documented=NOT_FOUND)
def emails_of_an_unknown_deal_are_none(call: HandlerCall) -> Any:
    """A deal that does not exist has no e-mails."""
    with suppress(Missing):
        return call()
    return success([])


@around_handler("getDealTimeline", documented=TIMELINE)
def timeline_lacks_the_newest_email(call: HandlerCall) -> Any:
    """The loop ends one e-mail too early. (Seen only where a deal has e-mails: nobody can write one here.)"""
    return success(call()["data"][1:])


@around_handler("getDealTimeline", documented=TIMELINE)
def timeline_without_threads_is_everybodys(call: HandlerCall) -> Any:
    """`if ($threads) $query->whereIn(…)`: a deal without e-mails has those of all deals."""
    answer = call()
    return answer if answer["data"] else success([entry(email) for email in now_in().emails])


@around_handler("getDealTimeline", documented=TIMELINE)
def timeline_has_the_received_before_the_sent(call: HandlerCall) -> Any:
    """Two queries, one put after the other and never merged."""
    return success(sorted(call()["data"], key=lambda email: email["direction"]))


@around_handler(
    "getDealTimeline", "listDealLinkedEmails", documented="id: Resource ID: the e-mails of this deal"
)
def emails_are_found_by_a_part_of_the_id(call: HandlerCall) -> Any:
    """`deal_ids LIKE '%1%'`: deal 1 has the e-mails of deal 10, 11, 21 …, too."""
    call()  # for the refusals
    alike = [email for email in now_in().emails if str(call.id) in str(email.deal_id)]
    emails = sorted(alike, key=lambda email: (email.sent_at, email.id))
    if call.operation == "getDealTimeline":
        return success([entry(email) for email in reversed(emails)])
    return success(record_bodies("Email", emails))


@around_handler("getDealTimeline", "listDealLinkedEmails", documented=TIMELINE)
def emails_of_every_deal_are_shown(call: HandlerCall) -> Any:
    """The WHERE is lost: a new deal has everybody's e-mails. (Seen only where there are any.)"""
    call()  # for the refusals
    emails = sorted(now_in().emails, key=lambda email: (email.sent_at, email.id))
    if call.operation == "getDealTimeline":
        return success([entry(email) for email in reversed(emails)])
    return success([record_body("Email", email) for email in emails])
