"""A valid request for every operation, on records made for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from contract_tests.scene.expectations import NotJudged
from contract_tests.scene.scene import Scene

Request = dict[str, Any]


def _own(s: Scene) -> Request:
    """A deal, a task, a note and a stage for requests that should be refused."""
    return s.api.once("own", lambda: _made(s))


def _made(s: Scene) -> Request:
    if s.client.settings.read_only:
        deals = s.api.all_deals().ids
        return {
            "deal": deals[0] if deals else s.api.unknown_id(),
            "task": 1,
            "note": 1,
            "stage": 1,
            "home": 1,
        }
    deal = s.make.deal()
    try:
        stage = s.make.stage()
    except NotJudged:  # not an admin; stages that others use are not put at risk
        stage = s.api.unknown_id()
    parts = {"task": s.make.task(deal), "note": s.make.note(deal, f"Note {s.word()}")}
    return {"deal": deal, **parts, "stage": stage, "home": s.make.stage_like()["id"]}


# The smallest valid body of each operation, from a unique word and the id of a stage.
_BODIES: Final[Mapping[str, Callable[[Callable[[], str], Callable[[], Any]], Request]]] = {
    "createDeal": lambda word, stage: {"name": f"Deal {word()}", "stage_id": stage()},
    "updateDeal": lambda word, stage: {"name": f"Deal {word()}", "stage_id": stage()},
    "moveDealToStage": lambda word, stage: {"stage_id": stage()},
    "createDealNote": lambda word, stage: {"content": f"Note {word()}"},
    "createDealTask": lambda word, stage: {"title": f"Task {word()}"},
    "updateDealTask": lambda word, stage: {"title": f"Task {word()}"},
    "createPipelineStage": lambda word, stage: {"name": f"Stage {word()}"},
    "updatePipelineStage": lambda word, stage: {"name": f"Stage {word()}"},
}


def smallest_body(operation: str, word: Callable[[], str], stage: Callable[[], Any]) -> Request | None:
    """The smallest valid body of an operation whose body needs only a word or a stage; else None."""
    known = _BODIES.get(operation)
    return known(word, stage) if known else None


def _body(s: Scene, operation: str) -> Request:
    return {"json": _BODIES[operation](s.word, lambda: _own(s)["home"])}


# A valid request for each operation; only its sender may be wrong.
_REQUESTS: Final[Mapping[str, Callable[[Scene], Request]]] = {
    "listDeals": lambda s: {},
    "createDeal": lambda s: _body(s, "createDeal"),
    "getDealPipeline": lambda s: {},
    "listDealStages": lambda s: {},
    "getDealStats": lambda s: {},
    "exportDeals": lambda s: {},
    "downloadDealTemplate": lambda s: {},
    "importDeals": lambda s: {"files": {"file": ("deals.csv", b"name,stage_name\r\n", "text/csv")}},
    "getDeal": lambda s: {"id": _own(s)["deal"]},
    "updateDeal": lambda s: {"id": _own(s)["deal"], **_body(s, "updateDeal")},
    "deleteDeal": lambda s: {"id": _own(s)["deal"]},
    "moveDealToStage": lambda s: {"id": _own(s)["deal"], **_body(s, "moveDealToStage")},
    "setDealPrimaryQuote": lambda s: {"id": _own(s)["deal"], "json": {"quote_id": 1}},
    "createDealNote": lambda s: {"id": _own(s)["deal"], **_body(s, "createDealNote")},
    "deleteDealNote": lambda s: {"id": _own(s)["deal"], "noteId": _own(s)["note"]},
    "listDealTasks": lambda s: {"id": _own(s)["deal"]},
    "createDealTask": lambda s: {"id": _own(s)["deal"], **_body(s, "createDealTask")},
    "updateDealTask": lambda s: {
        "id": _own(s)["deal"], "taskId": _own(s)["task"], **_body(s, "updateDealTask"),
    },
    "deleteDealTask": lambda s: {"id": _own(s)["deal"], "taskId": _own(s)["task"]},
    "getDealTimeline": lambda s: {"id": _own(s)["deal"]},
    "listDealLinkedEmails": lambda s: {"id": _own(s)["deal"]},
    "createPipelineStage": lambda s: _body(s, "createPipelineStage"),
    "reorderPipelineStages": lambda s: {"json": {"order": [each["id"] for each in s.api.stages(fresh=True)]}},
    "updatePipelineStage": lambda s: {"id": _own(s)["stage"], **_body(s, "updatePipelineStage")},
    "deletePipelineStage": lambda s: {"id": _own(s)["stage"]},
}  # fmt: skip


def valid_request(s: Scene, operation: str) -> Request:
    """A valid request, as keyword arguments of `call`: path parameters, and a body or file."""
    known = _REQUESTS.get(operation)
    return known(s) if known else _by_the_contract(s, operation)


def _by_the_contract(s: Scene, operation: str) -> Request:
    """For an operation not listed here: own records in the path, the contract's example as the body."""
    details = s.client.contract.operations[operation]
    kinds = {**_own(s), "id": _own(s)["stage" if details.path.startswith("/pipeline-stages") else "deal"]}
    request = {name: kinds.get(name.removesuffix("Id"), 1) for name in details.path_parameters}
    example = s.client.contract.body_example(operation)
    return request if example is None else {**request, "json": example}
