"""Tasks: what is to be done for a deal, for that deal only."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mock_server.context import current_mock
from mock_server.domain.refusals import Invalid
from mock_server.mutations.handler_call import HandlerCall, also, day_after, found_in, now_in
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import Changes, around_handler, around_http, with_contract
from mock_server.responses import record_bodies, success

TASKS = ("listDealTasks", "createDealTask", "updateDealTask")
WRITES = ("createDealTask", "updateDealTask")
LIST = "GET /deals/{id}/tasks lists the tasks of this deal"
NEW_TASK = "POST /deals/{id}/tasks adds a task to this deal"
CHANGE = "PUT /deals/{id}/tasks/{taskId} changes the task: title, description, due_date, due_time, priority"
GONE = "DELETE /deals/{id}/tasks/{taskId}: the task is gone, and no other"


@around_handler("createDealTask", documented=NEW_TASK)
def new_task_is_not_saved(call: HandlerCall) -> Any:
    """The transaction is never committed."""
    return call.undone()


@around_handler("listDealTasks", documented=LIST)
def tasks_of_every_deal_are_listed(call: HandlerCall) -> Any:
    """The WHERE is lost: the list has the tasks of all deals."""
    call()  # for the refusals
    return success(record_bodies("Task", now_in().tasks))


@around_handler("listDealTasks", documented=LIST)
def tasks_of_the_contact_are_listed_with_the_deals(call: HandlerCall) -> Any:
    """`WHERE deal_id = ? OR contact_id = ?`: what is to do for the same person in other deals."""
    call()  # for the refusals
    world = now_in()
    person = world.deals[call.id].contact_id
    tasks = [t for t in world.tasks if t.deal_id == call.id or (person and t.contact_id == person)]
    return success(record_bodies("Task", tasks))


@around_handler("listDealTasks", documented=LIST)
def task_list_is_cached(call: HandlerCall) -> Any:
    """The tasks are as they were when they were first asked for."""
    return call.once(call.id)


@around_handler(*WRITES, documented="priority: Values: low, medium, high")
def task_priority_is_always_medium(call: HandlerCall) -> Any:
    """The priority is not read."""
    return call.sending(priority="medium")


@around_handler(*WRITES, documented="due_date: date")
def task_is_due_a_day_early(call: HandlerCall) -> Any:
    """A local midnight is converted to UTC and cut to its date."""
    due = call.body.get("due_date")
    return call.sending(due_date=day_after(due, -1)) if due else call()


@around_handler("createDealTask", documented="POST /deals/{id}/tasks: description, due_time: string")
def new_task_loses_description_and_time(call: HandlerCall) -> Any:
    """They are missing on the list of fillable fields."""
    return call.leaving_out("description", "due_time")


@around_handler(*TASKS, documented='The example of a task: "due_time": "14:00"')
def task_time_is_in_twelve_hours(call: HandlerCall) -> Any:
    """14:00 comes as "2:00 PM"."""
    answer = call()
    for task in found_in(answer, "due_time"):
        if task["due_time"]:
            hour = int(task["due_time"][:2])
            half = "AM" if hour < 12 else "PM"
            task["due_time"] = f"{(hour - 1) % 12 + 1}{task['due_time'][2:]} {half}"
    return answer


@around_handler("updateDealTask", documented=CHANGE)
def task_update_is_not_saved(call: HandlerCall) -> Any:
    """The changed task is answered, and forgotten."""
    return call.undone()


@around_handler("updateDealTask", documented=CHANGE)
def task_update_saves_the_title_only(call: HandlerCall) -> Any:
    """The form's other fields are not read."""
    return call.leaving_out(*(call.body.keys() - {"title"}))


@around_handler("updateDealTask", documented="PUT /deals/{id}/tasks/{taskId} changes the task of this id")
def task_update_renames_all_of_the_deal(call: HandlerCall) -> Any:
    """The WHERE names the deal: each of its tasks gets the title."""
    answer = call()
    title = call.body["title"]
    also(lambda world: world.put("tasks", *(replace(t, title=title) for t in world.tasks.of(call.id))))
    return answer


@around_handler("deleteDealTask", documented=GONE)
def task_is_not_deleted(call: HandlerCall) -> Any:
    """Success is answered, and the task stays."""
    return call.undone()


@around_handler("deleteDealTask", documented=GONE)
def deleting_a_task_takes_all_of_the_deal(call: HandlerCall) -> Any:
    """The WHERE names the deal: all its tasks are deleted."""
    answer = call()
    also(lambda world: world.drop("tasks", *(task.id for task in world.tasks.of(call.id))))
    return answer


@around_handler(
    "deleteDealTask", documented="DELETE /deals/{id}/tasks/{taskId}: a task of this deal; 404 not found"
)
def tasks_can_be_deleted_through_any_deal(call: HandlerCall) -> Any:
    """Nobody looks whether the task belongs to the deal of the path."""
    task = now_in().tasks.get(call.arguments["task_id"])
    return call(id_=task.deal_id) if task else call()


@with_contract(*WRITES, documented="priority: Values: low, medium, high")
def task_priority_may_be_anything() -> Changes:
    """ "urgent" is saved."""
    return {("components", "schemas", "Priority", "enum"): None}


@around_http("createDealTask", documented="title: Required")
async def a_task_needs_no_title(request: HttpRequest) -> HttpReply:
    """A task without a title is saved as "Task"."""
    return await (request if "title" in request.fields else request.with_fields(title="Task")).forward()


@around_handler("createDealTask", documented="due_date: Optional")
def a_task_needs_a_due_date(call: HandlerCall) -> Any:
    """The column has no default and may not be null: without a date the task is refused."""
    if call.body.get("due_date") is None:
        raise Invalid({"due_date": "due_date is required"})
    return call()


@around_handler("createDealTask", documented=f"{NEW_TASK}. due_time: string, Optional")
def a_due_time_without_a_date_is_dropped(call: HandlerCall) -> Any:
    """Date and time are put together as a timestamp, and without a date there is none."""
    return call() if call.body.get("due_date") else call.leaving_out("due_time")


@around_handler("listDealTasks", documented=LIST)
def tasks_of_others_are_not_listed(call: HandlerCall) -> Any:
    """The query is that of "my tasks": what is assigned to somebody else is left out."""
    answer = call()
    mine = [task for task in answer["data"] if task["assigned_to"] in (None, current_mock().viewer.id)]
    return {**answer, "data": mine}


@around_handler("createDealTask", documented="assigned_to: integer, of a task")
def a_new_task_belongs_to_whoever_makes_it(call: HandlerCall) -> Any:
    """The viewer's id is written over the one that was sent."""
    return call.sending(assigned_to=current_mock().viewer.id)


@around_handler(*WRITES, documented="due_time of a task, as it was sent")
def a_task_due_at_midnight_has_no_time(call: HandlerCall) -> Any:
    """The time is kept in seconds, and 0 of them are taken for none."""
    midnight = (call.body.get("due_time") or "").startswith("00:00")
    return call.sending(due_time=None) if midnight else call()
