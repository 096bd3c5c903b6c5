"""Notes and emails: each belongs to one deal."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

from mock_server.context import current_mock
from mock_server.domain.emails import entry
from mock_server.domain.refusals import Missing
from mock_server.mutations.handler_call import HandlerCall, change_world, current_world, web_page
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import around_handler, around_http
from mock_server.responses import created, deleted, note_body, record_bodies, record_body, success

NEW_NOTE = "POST /deals/{id}/notes. Implied: adds a note to this deal"
NOTE_GONE = "DELETE /deals/{id}/notes/{noteId}. Implied: deletes the note with this ID, and no other"
NOT_FOUND = "404 not found"
TIMELINE = "Combined timeline of all emails linked to a deal"


@around_handler("createDealNote", documented=NEW_NOTE)
def new_note_is_not_saved(call: HandlerCall) -> Any:
    """A create returns the new note, but it is not saved."""
    return call.without_saving()


@around_handler("createDealNote", documented=f"{NEW_NOTE}, and does not change the notes field of the deal")
def new_note_overwrites_the_deals_notes(call: HandlerCall) -> Any:
    """A new note also overwrites the `notes` field of the deal."""
    response = call()
    text = call.body["content"]
    change_world(lambda world: world.put("deals", replace(world.deals[call.id], notes=text)))
    return response


@around_handler(
    "createDealNote", documented="POST /deals/{id}/notes. content: string. Implied: saved as sent"
)
def new_note_is_cut_at_255_characters(call: HandlerCall) -> Any:
    """`content` is silently cut at 255 characters."""
    return call.with_fields(content=call.body["content"][:255])()


@around_handler(
    "createDealNote", documented="POST /deals/{id}/notes. content: string. Implied: saved as sent"
)
def new_note_loses_its_line_breaks(call: HandlerCall) -> Any:
    """Line breaks in `content` are replaced by spaces."""
    return call.with_fields(content=" ".join(call.body["content"].splitlines()) or call.body["content"])()


@around_http("createDealNote", documented="content: Required")
async def a_note_needs_no_content(request: HttpRequest) -> HttpReply:
    """A note without content is saved."""
    return await (request if "content" in request.fields else request.with_fields(content=" ")).forward()


@around_handler("createDealNote", documented=NOT_FOUND)
def a_note_needs_no_deal(call: HandlerCall) -> Any:
    """A note on a deal that does not exist returns 201, and is lost."""
    if call.id in current_world().deals:
        return call()
    return created({"id": current_world().notes.next_id, "deal_id": call.id, **call.body}, "Note")


@around_handler("deleteDealNote", documented=NOTE_GONE)
def note_is_not_deleted(call: HandlerCall) -> Any:
    """Deleting a note returns success, but the note stays."""
    return call.without_saving()


@around_handler("deleteDealNote", documented=f"{NOTE_GONE}. 403 insufficient permissions")
def notes_of_others_are_not_deleted(call: HandlerCall) -> Any:
    """Deleting another user's note returns success, but the note stays."""
    note = current_world().notes.get(call.arguments["note_id"])
    return call() if note is None or note.created_by == current_mock().viewer.id else call.without_saving()


@around_handler("deleteDealNote", documented=NOTE_GONE)
def deleting_a_note_deletes_all_notes_of_the_deal(call: HandlerCall) -> Any:
    """Deleting a note deletes all notes of the deal."""
    response = call()
    change_world(lambda world: world.drop("notes", *(note.id for note in world.notes.of(call.id))))
    return response


@around_handler(
    "deleteDealNote",
    documented="DELETE /deals/{id}/notes/{noteId}. 404 not found. Implied: only notes of this deal",
)
def notes_can_be_deleted_through_any_deal(call: HandlerCall) -> Any:
    """A note can be deleted under any deal ID, even one that does not exist."""
    note = current_world().notes.get(call.arguments["note_id"])
    return call(id_=note.deal_id) if note else call()


@around_handler("deleteDealNote", documented=NOT_FOUND)
def deleting_an_unknown_note_succeeds(call: HandlerCall) -> Any:
    """Deleting a note that does not exist returns success instead of 404."""
    with suppress(Missing):
        return call()
    return deleted("Note")


@around_handler("getDealTimeline", documented=TIMELINE)
def timeline_crashes_without_emails(call: HandlerCall) -> Any:
    """The timeline of a deal without emails returns 500."""
    response = call()
    return response if response["data"] else web_page(500, "Undefined array key 0")


@around_handler("getDealTimeline", documented=NOT_FOUND)
def timeline_of_an_unknown_deal_is_empty(call: HandlerCall) -> Any:
    """The timeline of a deal that does not exist is empty instead of 404."""
    with suppress(Missing):
        return call()
    return success([])


@around_handler("listDealLinkedEmails", documented=NOT_FOUND)
def emails_of_an_unknown_deal_are_empty(call: HandlerCall) -> Any:
    """The linked emails of a deal that does not exist are an empty list instead of 404."""
    with suppress(Missing):
        return call()
    return success([])


@around_handler("getDealTimeline", documented=TIMELINE)
def timeline_lacks_the_newest_email(call: HandlerCall) -> Any:
    """The timeline omits the newest email. (Visible only if there are any; no endpoint adds one.)"""
    return success(call()["data"][1:])


@around_handler("getDealTimeline", documented=TIMELINE)
def an_empty_timeline_shows_all_emails(call: HandlerCall) -> Any:
    """The timeline of a deal without emails shows the emails of all deals."""
    response = call()
    return response if response["data"] else success([entry(email) for email in current_world().emails])


@around_handler("getDealTimeline", documented=TIMELINE)
def timeline_lists_received_before_sent(call: HandlerCall) -> Any:
    """The timeline lists all received emails before all sent ones, instead of merging them by time."""
    return success(sorted(call()["data"], key=lambda email: email["direction"]))


@around_handler(
    "getDealTimeline",
    "listDealLinkedEmails",
    documented="id: Resource ID. Implied: only the emails of this deal",
)
def emails_match_part_of_the_deal_id(call: HandlerCall) -> Any:
    """The deal ID is matched with `LIKE '%1%'`, so deal 1 also shows the emails of deals 10, 11 and 21."""
    call()  # rejects what the handler rejects
    alike = [email for email in current_world().emails if str(call.id) in str(email.deal_id)]
    emails = sorted(alike, key=lambda email: (email.sent_at, email.id))
    if call.operation == "getDealTimeline":
        return success([entry(email) for email in reversed(emails)])
    return success(record_bodies("Email", emails))


@around_handler("getDealTimeline", "listDealLinkedEmails", documented=TIMELINE)
def emails_of_every_deal_are_shown(call: HandlerCall) -> Any:
    """Each deal shows the emails of all deals. (Visible only if there are any.)"""
    call()  # rejects what the handler rejects
    emails = sorted(current_world().emails, key=lambda email: (email.sent_at, email.id))
    if call.operation == "getDealTimeline":
        return success([entry(email) for email in reversed(emails)])
    return success([record_body("Email", email) for email in emails])


@around_handler("createDealNote", "getDeal", documented="/deals/{id}/notes. Implied: the notes of this deal")
def notes_of_every_deal_are_shown(call: HandlerCall) -> Any:
    """The details of a deal show the notes of all deals."""
    response = call()
    if call.operation == "getDeal":
        world = current_world()
        response["data"]["deal_notes"] = [note_body(world, note) for note in world.notes]
    return response
