"""Faults: what goes wrong on purpose."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from mock_server.control.context import Control, current_control
from mock_server.control.known import check_known
from mock_server.control.refusals import NoSuch, NotNow
from mock_server.control.responses import Body, done
from mock_server.domain.refusals import Invalid
from mock_server.faults import MOST_FAULTS, Active, Fault, Faults

EFFECTS: Final = frozenset({"status", "delay", "cut", "limit", "defect"})


def list_faults() -> Body:
    """The faults that are switched on."""
    control = current_control()
    own = [_body(active, everywhere=False) for active in control.store.faults]
    return {"data": [*own, *(_body(active, everywhere=True) for active in control.worlds.faults)]}


def create_fault(body: Body) -> tuple[Body, int]:
    """Switch a fault on."""
    control = current_control()
    _check(body, control)
    everywhere = body.pop("everywhere", False)
    faults = _faults(control, everywhere=everywhere)
    if len(faults) >= MOST_FAULTS:
        raise NotNow(f"There are {MOST_FAULTS} faults; delete some first")
    return _body(faults.add(Fault(**body)), everywhere=everywhere), 201


def list_defects() -> Body:
    """The defects of the catalogue, which can be switched on like any fault."""
    return {
        "data": [
            {
                "name": defect.name,
                "subject": defect.subject,
                "does": defect.does,
                "documented": defect.documented,
                "operations": list(defect.operations),
            }
            for defect in current_control().defects().values()
        ]
    }


def delete_fault(number: int, query: Body) -> Body:
    """Switch a fault off."""
    if not _faults(current_control(), everywhere=query["everywhere"]).remove(number):
        raise NoSuch("fault", str(number))
    return done(f"Fault {number} switched off")


def delete_faults() -> Body:
    """Switch off the faults of this world, and those of all worlds."""
    control = current_control()
    control.store.faults.clear()
    control.worlds.faults.clear()
    return done("All faults switched off")


def _faults(control: Control, *, everywhere: bool) -> Faults:
    return control.worlds.faults if everywhere else control.store.faults


def _check(body: Body, control: Control) -> None:
    if (operation := body.get("operation")) is not None:
        check_known(
            "operation", operation, control.deals_contract.operations, "an operation of the Deals API"
        )
    wanted = {name for name in EFFECTS if body.get(name) is not None}
    if not wanted:
        raise Invalid({"body": f"body must have one of {', '.join(sorted(EFFECTS))}"})
    if "limit" in wanted and (others := sorted((wanted - {"limit"}) | body.keys() & {"share"})):
        raise Invalid({name: f"{name} cannot be combined with limit" for name in others})
    if (defect := body.get("defect")) is not None:
        check_known("defect", defect, control.defects(), "the name of a defect (GET /__admin/defects)")
        if others := sorted(body.keys() - {"defect", "everywhere"}):
            raise Invalid({name: f"{name} cannot be combined with defect" for name in others})


def _body(active: Active, *, everywhere: bool) -> Body:
    return {
        "number": active.number,
        "everywhere": everywhere,
        **asdict(active.fault),
        "happened": active.happened,
    }
