"""Tasks: each belongs to one deal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mock_server.context import current_mock
from mock_server.domain.refusals import Invalid
from mock_server.mutations.handler_call import HandlerCall, change_world, current_world, day_after, records_in
from mock_server.mutations.http_exchange import HttpReply, HttpRequest
from mock_server.mutations.mutation import Changes, around_handler, around_http, with_contract
from mock_server.responses import record_bodies, success

TASKS = ("listDealTasks", "createDealTask", "updateDealTask")
WRITES = ("createDealTask", "updateDealTask")
LIST = "GET /deals/{id}/tasks. Implied: lists the tasks of this deal"
NEW_TASK = "POST /deals/{id}/tasks. Implied: adds a task to this deal"
CHANGE = (
    "PUT /deals/{id}/tasks/{taskId}. title, description, due_date, due_time, priority. Implied: saved as sent"
)
GONE = "DELETE /deals/{id}/tasks/{taskId}. Implied: deletes the task with this ID, and no other"


@around_handler("createDealTask", documented=NEW_TASK)
def new_task_is_not_saved(call: HandlerCall) -> Any:
    """A create returns the new task, but it is not saved."""
    return call.without_saving()


@around_handler("listDealTasks", documented=LIST)
def tasks_of_every_deal_are_listed(call: HandlerCall) -> Any:
    """The task list of a deal contains the tasks of all deals."""
    call()  # rejects what the handler rejects
    return success(record_bodies("Task", current_world().tasks))


@around_handler("listDealTasks", documented=LIST)
def tasks_of_the_contact_are_listed_too(call: HandlerCall) -> Any:
    """The task list of a deal also contains the tasks of its contact on other deals."""
    call()  # rejects what the handler rejects
    world = current_world()
    person = world.deals[call.id].contact_id
    tasks = [t for t in world.tasks if t.deal_id == call.id or (person and t.contact_id == person)]
    return success(record_bodies("Task", tasks))


@around_handler("listDealTasks", documented=LIST)
def task_list_is_cached(call: HandlerCall) -> Any:
    """The task list of a deal is cached on the first request and never refreshed."""
    return call.cached(call.id)


@around_handler(*WRITES, documented="priority: Values: low, medium, high")
def task_priority_is_always_medium(call: HandlerCall) -> Any:
    """`priority` is ignored: every task is saved with medium priority."""
    return call.with_fields(priority="medium")()


@around_handler(*WRITES, documented="due_date: date. Implied: saved as sent")
def task_is_due_a_day_early(call: HandlerCall) -> Any:
    """`due_date` is saved one day early, because of a time zone conversion."""
    due = call.body.get("due_date")
    return call.with_fields(due_date=day_after(due, -1))() if due else call()


@around_handler(
    "createDealTask",
    documented="POST /deals/{id}/tasks. description: string; due_time: string. Implied: saved as sent",
)
def new_task_loses_description_and_time(call: HandlerCall) -> Any:
    """`description` and `due_time` of a new task are not saved."""
    return call.without_fields("description", "due_time")()


@around_handler(*TASKS, documented='Response example of a task: "due_time": "14:00"')
def task_time_uses_the_12_hour_clock(call: HandlerCall) -> Any:
    """`due_time` uses the 12-hour clock: "2:00 PM" instead of "14:00"."""
    response = call()
    for task in records_in(response, "due_time"):
        if task["due_time"]:
            hour = int(task["due_time"][:2])
            half = "AM" if hour < 12 else "PM"
            task["due_time"] = f"{(hour - 1) % 12 + 1}{task['due_time'][2:]} {half}"
    return response


@around_handler("updateDealTask", documented=CHANGE)
def task_update_is_not_saved(call: HandlerCall) -> Any:
    """The response shows the updated task, but nothing is saved."""
    return call.without_saving()


@around_handler("updateDealTask", documented=CHANGE)
def task_update_saves_the_title_only(call: HandlerCall) -> Any:
    """A task update saves only `title`."""
    return call.without_fields(*(call.body.keys() - {"title"}))()


@around_handler(
    "updateDealTask",
    documented="PUT /deals/{id}/tasks/{taskId}. Implied: changes the task with this ID, and no other",
)
def task_update_renames_all_tasks_of_the_deal(call: HandlerCall) -> Any:
    """A task update sets `title` on every task of the deal."""
    response = call()
    title = call.body["title"]
    change_world(
        lambda world: world.put("tasks", *(replace(t, title=title) for t in world.tasks.of(call.id)))
    )
    return response


@around_handler("deleteDealTask", documented=GONE)
def task_is_not_deleted(call: HandlerCall) -> Any:
    """Deleting a task returns success, but the task stays."""
    return call.without_saving()


@around_handler("deleteDealTask", documented=GONE)
def deleting_a_task_deletes_all_tasks_of_the_deal(call: HandlerCall) -> Any:
    """Deleting a task deletes all tasks of the deal."""
    response = call()
    change_world(lambda world: world.drop("tasks", *(task.id for task in world.tasks.of(call.id))))
    return response


@around_handler(
    "deleteDealTask",
    documented="DELETE /deals/{id}/tasks/{taskId}. 404 not found. Implied: only tasks of this deal",
)
def tasks_can_be_deleted_through_any_deal(call: HandlerCall) -> Any:
    """A task can be deleted under any deal ID, even one that does not exist."""
    task = current_world().tasks.get(call.arguments["task_id"])
    return call(id_=task.deal_id) if task else call()


@with_contract(*WRITES, documented="priority: Values: low, medium, high")
def task_priority_may_be_anything() -> Changes:
    """Any `priority`, such as "urgent", is saved."""
    return {("components", "schemas", "Priority", "enum"): None}


@around_http("createDealTask", documented="title: Required")
async def a_task_needs_no_title(request: HttpRequest) -> HttpReply:
    """A task without a title is saved as "Task"."""
    return await (request if "title" in request.fields else request.with_fields(title="Task")).forward()


@around_handler("createDealTask", documented="due_date: Optional")
def a_task_needs_a_due_date(call: HandlerCall) -> Any:
    """A task without a `due_date` is rejected."""
    if call.body.get("due_date") is None:
        raise Invalid({"due_date": "due_date is required"})
    return call()


@around_handler("createDealTask", documented="due_time: string, Optional. Implied: saved as sent")
def a_due_time_without_a_date_is_dropped(call: HandlerCall) -> Any:
    """`due_time` of a new task is not saved unless `due_date` is also sent."""
    return call() if call.body.get("due_date") else call.without_fields("due_time")()


@around_handler("listDealTasks", documented=LIST)
def tasks_of_others_are_not_listed(call: HandlerCall) -> Any:
    """The task list of a deal omits tasks that are assigned to other users."""
    response = call()
    mine = [task for task in response["data"] if task["assigned_to"] in (None, current_mock().viewer.id)]
    return {**response, "data": mine}


@around_handler(
    "createDealTask", documented="POST /deals/{id}/tasks. assigned_to: integer. Implied: saved as sent"
)
def new_task_is_always_mine(call: HandlerCall) -> Any:
    """A new task is always assigned to the user who creates it."""
    return call.with_fields(assigned_to=current_mock().viewer.id)()


@around_handler(*WRITES, documented="due_time: string. Implied: saved as sent")
def a_task_due_at_midnight_has_no_time(call: HandlerCall) -> Any:
    """A `due_time` of 00:00 is saved as null."""
    midnight = (call.body.get("due_time") or "").startswith("00:00")
    return call.with_fields(due_time=None)() if midnight else call()
