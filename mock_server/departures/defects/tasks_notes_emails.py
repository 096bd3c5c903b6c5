"""Tasks, notes and e-mails: what hangs on a deal, on that deal only."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

from mock_server.departures.call import Call, also, day_after, found_in, now_in, web_page
from mock_server.departures.departure import Changes, inside, obeying, outside
from mock_server.departures.front import Asked, Reply
from mock_server.domain.emails import entry
from mock_server.domain.refusals import Invalid, Missing
from mock_server.handlers.answers import created, deleted, found, record_bodies, record_body
from mock_server.handlers.context import mock

TASKS = ("listDealTasks", "createDealTask", "updateDealTask")
WRITES = ("createDealTask", "updateDealTask")
LIST = "GET /deals/{id}/tasks lists the tasks of this deal"
NEW_TASK = "POST /deals/{id}/tasks adds a task to this deal"
NEW_NOTE = "POST /deals/{id}/notes adds a note to this deal"
CHANGE = "PUT /deals/{id}/tasks/{taskId} changes the task: title, description, due_date, due_time, priority"
GONE = "DELETE /deals/{id}/tasks/{taskId}: the task is gone, and no other"
NOTE_GONE = "DELETE /deals/{id}/notes/{noteId}: the note is gone, and no other"
NOT_FOUND = "404 not found"
TIMELINE = "Combined timeline of all emails linked to a deal"


@inside("createDealTask", documented=NEW_TASK)
def new_task_is_not_saved(call: Call) -> Any:
    """The transaction is never committed."""
    return call.undone()


@inside("listDealTasks", documented=LIST)
def tasks_of_every_deal_are_listed(call: Call) -> Any:
    """The WHERE is lost: the list has the tasks of all deals."""
    call()  # for the refusals
    return found(record_bodies("Task", now_in().tasks))


@inside("listDealTasks", documented=LIST)
def tasks_of_the_contact_are_listed_with_the_deals(call: Call) -> Any:
    """`WHERE deal_id = ? OR contact_id = ?`: what is to do for the same person in other deals."""
    call()  # for the refusals
    world = now_in()
    person = world.deals[call.id].contact_id
    tasks = [t for t in world.tasks if t.deal_id == call.id or (person and t.contact_id == person)]
    return found(record_bodies("Task", tasks))


@inside("listDealTasks", documented=LIST)
def task_list_is_cached(call: Call) -> Any:
    """The tasks are as they were when they were first asked for."""
    return call.once(call.id)


@inside(*WRITES, documented="priority: Values: low, medium, high")
def task_priority_is_always_medium(call: Call) -> Any:
    """The priority is not read."""
    return call.sending(priority="medium")


@inside(*WRITES, documented="due_date: date")
def task_is_due_a_day_early(call: Call) -> Any:
    """A local midnight is converted to UTC and cut to its date."""
    due = call.body.get("due_date")
    return call.sending(due_date=day_after(due, -1)) if due else call()


@inside("createDealTask", documented="POST /deals/{id}/tasks: description, due_time: string")
def new_task_loses_description_and_time(call: Call) -> Any:
    """They are missing on the list of fillable fields."""
    return call.leaving_out("description", "due_time")


@inside(*TASKS, documented='The example of a task: "due_time": "14:00"')
def task_time_is_in_twelve_hours(call: Call) -> Any:
    """14:00 comes as "2:00 PM"."""
    answer = call()
    for task in found_in(answer, "due_time"):
        if task["due_time"]:
            hour = int(task["due_time"][:2])
            half = "AM" if hour < 12 else "PM"
            task["due_time"] = f"{(hour - 1) % 12 + 1}{task['due_time'][2:]} {half}"
    return answer


@inside("updateDealTask", documented=CHANGE)
def task_update_is_not_saved(call: Call) -> Any:
    """The changed task is answered, and forgotten."""
    return call.undone()


@inside("updateDealTask", documented=CHANGE)
def task_update_saves_the_title_only(call: Call) -> Any:
    """The form's other fields are not read."""
    return call.leaving_out(*(call.body.keys() - {"title"}))


@inside("updateDealTask", documented="PUT /deals/{id}/tasks/{taskId} changes the task of this id")
def task_update_renames_all_of_the_deal(call: Call) -> Any:
    """The WHERE names the deal: each of its tasks gets the title."""
    answer = call()
    title = call.body["title"]
    also(lambda world: world.put("tasks", *(replace(t, title=title) for t in world.tasks.of(call.id))))
    return answer


@inside("deleteDealTask", documented=GONE)
def task_is_not_deleted(call: Call) -> Any:
    """Success is answered, and the task stays."""
    return call.undone()


@inside("deleteDealTask", documented=GONE)
def deleting_a_task_takes_all_of_the_deal(call: Call) -> Any:
    """The WHERE names the deal: all its tasks are deleted."""
    answer = call()
    also(lambda world: world.drop("tasks", *(task.id for task in world.tasks.of(call.id))))
    return answer


@inside("deleteDealTask", documented="DELETE /deals/{id}/tasks/{taskId}: a task of this deal; 404 not found")
def tasks_can_be_deleted_through_any_deal(call: Call) -> Any:
    """Nobody looks whether the task belongs to the deal of the path."""
    task = now_in().tasks.get(call.arguments["task_id"])
    return call(id_=task.deal_id) if task else call()


@obeying(*WRITES, documented="priority: Values: low, medium, high")
def task_priority_may_be_anything() -> Changes:
    """ "urgent" is saved."""
    return {("components", "schemas", "Priority", "enum"): None}


@outside("createDealTask", documented="title: Required")
async def a_task_needs_no_title(asked: Asked) -> Reply:
    """A task without a title is saved as "Task"."""
    return await (asked if "title" in asked.fields else asked.with_fields(title="Task")).answered()


@inside("createDealTask", documented="due_date: Optional")
def a_task_needs_a_due_date(call: Call) -> Any:
    """The column has no default and may not be null: without a date the task is refused."""
    if call.body.get("due_date") is None:
        raise Invalid({"due_date": "due_date is required"})
    return call()


@inside("createDealTask", documented=f"{NEW_TASK}. due_time: string, Optional")
def a_due_time_without_a_date_is_dropped(call: Call) -> Any:
    """Date and time are put together as a timestamp, and without a date there is none."""
    return call() if call.body.get("due_date") else call.leaving_out("due_time")


@inside("createDealNote", documented=NEW_NOTE)
def new_note_is_not_saved(call: Call) -> Any:
    """The transaction is never committed: the note cannot even be deleted."""
    return call.undone()


@inside("createDealNote", documented=f"{NEW_NOTE}; the deal's own notes are another field")
def new_note_overwrites_the_deals_notes(call: Call) -> Any:
    """The content is written to the field `notes` of the deal, too."""
    answer = call()
    text = call.body["content"]
    also(lambda world: world.put("deals", replace(world.deals[call.id], notes=text)))
    return answer


@inside("createDealNote", documented=f"{NEW_NOTE}. content: string")
def new_note_is_cut_at_255_characters(call: Call) -> Any:
    """The column is short, and the database takes no offence."""
    return call.sending(content=call.body["content"][:255])


@inside("createDealNote", documented=f"{NEW_NOTE}. content: string")
def new_note_loses_its_line_breaks(call: Call) -> Any:
    """The content is cleaned as if it came from a field of one line."""
    return call.sending(content=" ".join(call.body["content"].splitlines()) or call.body["content"])


@outside("createDealNote", documented="content: Required")
async def a_note_needs_no_content(asked: Asked) -> Reply:
    """An empty note is saved."""
    return await (asked if "content" in asked.fields else asked.with_fields(content=" ")).answered()


@inside("createDealNote", documented=NOT_FOUND)
def a_note_needs_no_deal(call: Call) -> Any:
    """A note on a deal that does not exist is accepted, and lost."""
    if call.id in now_in().deals:
        return call()
    return created({"id": now_in().notes.next_id, "deal_id": call.id, **call.body}, "Note")


@inside("deleteDealNote", documented=NOTE_GONE)
def note_is_not_deleted(call: Call) -> Any:
    """Success is answered, and the note stays."""
    return call.undone()


@inside("deleteDealNote", documented=f"{NOTE_GONE}; 403 insufficient permissions")
def the_notes_of_others_only_seem_to_be_deleted(call: Call) -> Any:
    """`WHERE id = ? AND created_by = ?` deletes no row, and nobody counts them."""
    note = now_in().notes.get(call.arguments["note_id"])
    return call() if note is None or note.created_by == mock().viewer.id else call.undone()


@inside("deleteDealNote", documented=NOTE_GONE)
def deleting_a_note_takes_all_of_the_deal(call: Call) -> Any:
    """The WHERE names the deal: all its notes are deleted."""
    answer = call()
    also(lambda world: world.drop("notes", *(note.id for note in world.notes.of(call.id))))
    return answer


@inside("deleteDealNote", documented="DELETE /deals/{id}/notes/{noteId}: a note of this deal; 404 not found")
def notes_can_be_deleted_through_any_deal(call: Call) -> Any:
    """Nobody looks whether the note belongs to the deal of the path."""
    note = now_in().notes.get(call.arguments["note_id"])
    return call(id_=note.deal_id) if note else call()


@inside("deleteDealNote", documented=NOT_FOUND)
def deleting_an_unknown_note_succeeds(call: Call) -> Any:
    """Zero rows deleted is success, too."""
    with suppress(Missing):
        return call()
    return deleted("Note")


@inside("getDealTimeline", documented=TIMELINE)
def timeline_crashes_without_emails(call: Call) -> Any:
    """The first e-mail is looked at before it is known that there is one."""
    answer = call()
    return answer if answer["data"] else web_page(500, "Undefined array key 0")


@inside("getDealTimeline", documented=NOT_FOUND)
def timeline_of_an_unknown_deal_is_empty(call: Call) -> Any:
    """A deal that does not exist has no e-mails."""
    with suppress(Missing):
        return call()
    return found([])


@inside("listDealLinkedEmails", documented=NOT_FOUND)
def emails_of_an_unknown_deal_are_none(call: Call) -> Any:
    """A deal that does not exist has no e-mails."""
    with suppress(Missing):
        return call()
    return found([])


@inside("getDealTimeline", documented=TIMELINE)
def timeline_lacks_the_newest_email(call: Call) -> Any:
    """The loop ends one e-mail too early. (Seen only where a deal has e-mails: nobody can write one here.)"""
    return found(call()["data"][1:])


@inside("getDealTimeline", documented=TIMELINE)
def timeline_without_threads_is_everybodys(call: Call) -> Any:
    """`if ($threads) $query->whereIn(…)`: a deal without e-mails has those of all deals."""
    answer = call()
    return answer if answer["data"] else found([entry(email) for email in now_in().emails])


@inside("getDealTimeline", documented=TIMELINE)
def timeline_has_the_received_before_the_sent(call: Call) -> Any:
    """Two queries, one put after the other and never merged."""
    return found(sorted(call()["data"], key=lambda email: email["direction"]))


@inside("getDealTimeline", "listDealLinkedEmails", documented="id: Resource ID: the e-mails of this deal")
def emails_are_found_by_a_part_of_the_id(call: Call) -> Any:
    """`deal_ids LIKE '%1%'`: deal 1 has the e-mails of deal 10, 11, 21 …, too."""
    call()  # for the refusals
    alike = [email for email in now_in().emails if str(call.id) in str(email.deal_id)]
    emails = sorted(alike, key=lambda email: (email.sent_at, email.id))
    if call.operation == "getDealTimeline":
        return found([entry(email) for email in reversed(emails)])
    return found(record_bodies("Email", emails))


@inside("getDealTimeline", "listDealLinkedEmails", documented=TIMELINE)
def emails_of_every_deal_are_shown(call: Call) -> Any:
    """The WHERE is lost: a new deal has everybody's e-mails. (Seen only where there are any.)"""
    call()  # for the refusals
    emails = sorted(now_in().emails, key=lambda email: (email.sent_at, email.id))
    if call.operation == "getDealTimeline":
        return found([entry(email) for email in reversed(emails)])
    return found([record_body("Email", email) for email in emails])
