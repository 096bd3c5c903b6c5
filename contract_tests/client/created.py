"""What the run has created on the server and not deleted yet."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from contract_tests.client.exchange import Exchange
from contract_tests.client.history import History

MAKERS = {  # operation → kind of resource it creates
    "createDeal": "deal",
    "createPipelineStage": "stage",
    "createDealTask": "task",
    "createDealNote": "note",
}
REMOVERS = {  # operation → kind of resource it deletes
    "deleteDeal": "deal",
    "deletePipelineStage": "stage",
    "deleteDealTask": "task",
    "deleteDealNote": "note",
}
OWNED = {"task": "taskId", "note": "noteId"}  # kinds that belong to a deal → their path parameter
ORDER_CHANGERS = frozenset({"createPipelineStage", "reorderPipelineStages", "deletePipelineStage"})


class CreatedResources:
    """The resources that the run has created and not deleted, and the original order of the stages."""

    def __init__(self, history: History | None = None) -> None:
        self.history = history or History()
        self._left: dict[tuple[str, str], tuple[Any, Any]] = {}
        self._lock = threading.Lock()
        self.order: list[Any] | None = None
        self.wrote = False  # whether a write was sent, even if it was interrupted before the response came

    def made(self, kind: str, id: Any, parent: Any = None) -> None:
        """Remember a resource."""
        self.history.made(kind, id)
        with self._lock:
            self._left.setdefault((kind, str(id)), (id, parent))

    def gone(self, kind: str, id: Any) -> None:
        """Forget a resource and what belongs to it."""
        with self._lock:
            self._left.pop((kind, str(id)), None)
            if kind == "deal":
                for key, (_, parent) in list(self._left.items()):
                    if key[0] in OWNED and str(parent) == str(id):
                        del self._left[key]

    def left(self) -> list[tuple[str, Any, Any]]:
        """What is left, newest first, without what is deleted together with its deal."""
        with self._lock:
            left = [(kind, id, parent) for (kind, _), (id, parent) in reversed(self._left.items())]
        deals = {str(id) for kind, id, _ in left if kind == "deal"}
        return [each for each in left if each[0] not in OWNED or str(each[2]) not in deals]

    def learn_from(
        self, exchange: Exchange, is_own: Callable[[str, Any], bool] = lambda kind, id: True
    ) -> None:
        """Learn from a successful request what was created or deleted."""
        self.history.note(exchange)
        if not exchange.ok or exchange.operation_id is None:
            return
        parts = exchange.path.strip("/").split("/")
        if kind := MAKERS.get(exchange.operation_id):
            if (id := made_id(exchange.json, kind)) is not None and is_own(kind, id):
                self.made(kind, id, parent=parts[1] if kind in OWNED else None)
        elif kind := REMOVERS.get(exchange.operation_id):
            self.gone(kind, parts[-1])

    def absorb(self, other: CreatedResources) -> None:
        """Take over everything that another instance remembers."""
        for kind, id, parent in reversed(other.left()):
            self.made(kind, id, parent)
        self.wrote = self.wrote or other.wrote
        self.order = self.order or other.order

    @property
    def remembers_order(self) -> bool:
        """Whether the original order of the stages is known."""
        return self.order is not None

    def remember_order(self, stages: Any) -> None:
        """Remember the ids of the stages in display order."""
        self.order = ordered_ids(stages) or None


def delete_request(kind: str, id: Any, parent: Any = None) -> tuple[str, dict[str, Any]]:
    """The operation that deletes a resource, and its path parameters."""
    operation = next(name for name, deleted in REMOVERS.items() if deleted == kind)
    return operation, {"id": parent, OWNED[kind]: id} if kind in OWNED else {"id": id}


def restored_order(before: list[Any], now: list[Any]) -> list[Any]:
    """The current stages in their original order; new ones come last."""
    return [id for id in before if id in now] + [id for id in now if id not in before]


def made_id(response: Any, kind: str) -> Any:
    """The id in the response to a create: at `data.id`, `data.deal.id`, `deal.id` or `id`, or None."""
    for place in (("data", "id"), ("data", kind, "id"), (kind, "id"), ("id",)):
        node = response
        for name in place:
            node = node.get(name) if isinstance(node, dict) else None
        if isinstance(node, int | str) and not isinstance(node, bool):
            return node
    return None


def ordered_ids(stages: Any) -> list[Any]:
    """The ids of the stages in display order; [] if this is not a list."""
    if not isinstance(stages, list):
        return []
    known = [stage for stage in stages if isinstance(stage, dict) and "id" in stage]
    return [stage["id"] for stage in sorted(known, key=_display_order)]


def _display_order(stage: dict[str, Any]) -> float:
    order = stage.get("display_order")
    return order if isinstance(order, int | float) else 0
