"""Colleagues: somebody else who changes a deal just after a client has read it."""

from __future__ import annotations

from mock_server.colleagues import MOST_COLLEAGUES, Colleague
from mock_server.contract import MockContract
from mock_server.control.context import current_control
from mock_server.control.known import check_known
from mock_server.control.refusals import NoSuch, NotNow
from mock_server.control.responses import Body, done
from mock_server.domain.references import REFERENCES, ids_in
from mock_server.domain.refusals import Invalid
from mock_server.domain.world import World

# What only one thing that a colleague does can use.
ONLY_FOR = {"fields": "edit", "stage_id": "move"}


def create_colleague(body: Body) -> tuple[Body, int]:
    """Let somebody else wait for the next request that reads a deal."""
    control = current_control()
    contract, waiting = control.deals_contract, control.store.colleagues
    misplaced = [name for name, does in ONLY_FOR.items() if name in body and body["does"] != does]
    if misplaced:
        raise Invalid({name: f"{name} is only for does: {ONLY_FOR[name]}" for name in misplaced})
    if (operation := body.get("operation")) is not None:
        reads = [each.id for each in contract.operations.values() if not each.writes]
        check_known("operation", operation, reads, "an operation of the Deals API that reads")
    for name in body.get("fields", ()):
        check_known("fields", name, contract.body_fields("updateDeal"), "fields of a deal")
    _check_fields(body.get("fields", {}), contract)
    _check_ids(body, control.store.current)
    if len(waiting) >= MOST_COLLEAGUES:
        raise NotNow(f"{MOST_COLLEAGUES} colleagues are waiting; delete some first")
    return _body(waiting.add(**body)), 201


def list_colleagues() -> Body:
    """Those who wait."""
    return {"data": [_body(colleague) for colleague in current_control().store.colleagues]}


def delete_colleagues() -> Body:
    """Let nobody wait any more."""
    current_control().store.colleagues.clear()
    return done("Nobody waits any more")


def delete_colleague(number: int) -> Body:
    """Let somebody wait no longer."""
    if not current_control().store.colleagues.remove(number):
        raise NoSuch("colleague", str(number))
    return done(f"Colleague {number} waits no longer")


def _check_fields(fields: Body, contract: MockContract) -> None:
    """Refuse values that no deal can have."""
    errors = contract.compiled["updateDeal"].bodies["application/json"].errors(fields)
    wrong = {f"fields.{name}": text for name, text in errors.items() if name.split(".")[0] in fields}
    if wrong:
        raise Invalid(wrong)


def _check_ids(body: Body, world: World) -> None:
    """Refuse ids that are not in the world: somebody would wait for ever, or do nothing."""
    given = {f"fields.{name}": (name, id_) for name, id_ in body.get("fields", {}).items()}
    given |= {"deal": ("deal_id", body.get("deal")), "stage_id": ("stage_id", body.get("stage_id"))}
    wrong = {}
    for field, (name, id_) in given.items():
        table, kind = REFERENCES.get(name, ("", ""))
        if table and id_ is not None and id_ not in world.table(table):
            known = ids_in(world.table(table)) or "there is none"
            wrong[field] = f"{field} must be the id of a {kind.lower()} in this world: {known}"
    if wrong:
        raise Invalid(wrong)


def _body(colleague: Colleague) -> Body:
    return {
        "number": colleague.number,
        "does": colleague.does,
        "operation": colleague.operation,
        "deal": colleague.deal,
        "fields": dict(colleague.fields),
        "stage_id": colleague.stage_id,
    }
