"""Makes random requests safe for a shared server: they touch only records of this run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from zlib import crc32

from schemathesis.core import NotSet
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.case import Case
from schemathesis.generation.meta import TestPhase
from schemathesis.transport.serialization import Binary

from contract_tests.client.sending import Sending
from contract_tests.fuzzing.owned_resources import NO_ID, Ids, OwnedResources, kind_of_path
from deals_spec import Operation

AnyCase = Case[Any]

NAMES: Final = ("name", "title", "content")
REFERENCES: Final = (
    "contact_id",
    "bill_to_contact_id",
    "company_id",
    "partner_id",
    "reseller_id",
    "reseller_contact_id",
)
UNKNOWN_ID_EVERY: Final = 4  # every fourth random id is an unknown one


@dataclass
class SafeRequest:
    """A request as it is actually sent."""

    operation: Operation
    ids: Ids
    how: Sending = field(default_factory=Sending)

    @property
    def path(self) -> str:
        """The path below the base URL."""
        path = self.operation.path
        for name, id in self.ids.items():
            path = path.replace(f"{{{name}}}", str(id))
        return path


class Sanitizer:
    """Replaces random ids, names and references by our own or known ones."""

    def __init__(self, owned: OwnedResources) -> None:
        self._own = owned
        self._rules: dict[str, Callable[[Any], Any]] = {
            **dict.fromkeys(NAMES, self._name),
            **{name: self._reference(name) for name in REFERENCES},
            "stage_id": self._stage,
            "assigned_to": self._person,
            "deal_id": self._deal,
            "quote_id": lambda _: self._own.no_id,
            "email": self._address,
            "order": self._order,
        }

    def of(self, case: AnyCase, operation: Operation, *, linked: bool) -> SafeRequest:
        """The safe request for a generated case; `linked`: its ids come from earlier responses."""
        found = SafeRequest(operation, self._ids(case, operation, linked=linked))
        found.how["query"] = {name: _plain(value) for name, value in case.query.items()}
        found.how["headers"] = dict(case.headers)
        self._put_body(case, found)
        return found

    # Ids

    def _ids(self, case: AnyCase, operation: Operation, *, linked: bool) -> Ids:
        kind = kind_of_path(operation)
        if kind is None:
            return {}
        given = case.path_parameters
        chance = _chance(given)
        if _negative(case, ParameterLocation.PATH):
            return {**self._own.unknown(operation), operation.path_parameters[-1]: NO_ID[chance % len(NO_ID)]}
        if linked and self._own.owns(kind, given, gone=not operation.writes):
            return {name: given[name] for name in operation.path_parameters}
        if _draws_ids(case) and chance % UNKNOWN_ID_EVERY == 0:
            return self._own.unknown(operation)
        others = [] if operation.writes or kind != "deal" else self._own.others()
        if others and (chance % 2 or self._own.one(kind) is None):
            return {operation.path_parameters[-1]: others[chance % len(others)]}
        return self._own.one(kind) or self._own.unknown(operation)

    # Bodies

    def _put_body(self, case: AnyCase, found: SafeRequest) -> None:
        body: Any = case.body
        if isinstance(body, NotSet):
            return
        if found.operation.body_type == "multipart/form-data":
            self._put_form(body, found)
        elif isinstance(body, bytes | Binary):
            found.how["data"] = body.data if isinstance(body, Binary) else body
            found.how["headers"] = {"Content-Type": "application/json", **(found.how["headers"] or {})}
        else:
            found.how["json"] = self.body(body)

    def _put_form(self, body: Any, found: SafeRequest) -> None:
        if isinstance(body, dict) and "file" in body:
            found.how["files"] = {"file": self._own.file()}
            return
        kind = "multipart/form-data; boundary=none" if isinstance(body, dict) else "multipart/form-data"
        found.how["data"] = b"--none--\r\n"
        found.how["headers"] = {"Content-Type": kind, **(found.how["headers"] or {})}

    def body(self, body: Any) -> Any:
        """The body with our own names and safe references."""
        if not isinstance(body, dict):
            return body
        return {name: self._rules.get(name, _same)(value) for name, value in body.items()}

    def _name(self, value: Any) -> Any:
        return f"{self._own.scene.word()} {value}" if isinstance(value, str) and value else value

    def _address(self, value: Any) -> Any:
        return f"{self._own.scene.word()}@nobody.invalid" if isinstance(value, str) else value

    def _stage(self, value: Any) -> Any:
        return _one_of(self._own.usable_stage_ids(), value)

    def _reference(self, field: str) -> Callable[[Any], Any]:
        return lambda value: _one_of(self._own.seen(field), value)

    def _person(self, value: Any) -> Any:
        """Deals are assigned only to ourselves, because other users might be notified."""
        mine = self._own.my_id
        return _one_of([mine] if mine is not None else [], value)

    def _deal(self, value: Any) -> Any:
        own = self._own.one("deal")
        return own["id"] if own and _whole(value) else "none"

    def _order(self, value: Any) -> Any:
        """All stages once, our own last, or an order as invalid as the given one; never an unknown id."""
        known = self._own.stage_ids()
        ours = [id for id in known if self._own.owns("stage", {"id": id}, gone=False)]
        known = [id for id in known if id not in ours]
        if not isinstance(value, list) or not known:
            return value
        if value and all(map(_whole, value)) and len(set(value)) == len(value):
            turn = _chance(value) % len(known)
            return known[turn:] + known[:turn] + ours
        return [known[each % len(known)] if _whole(each) else "none" for each in value]


def _same(value: Any) -> Any:
    return value


def _plain(value: Any) -> Any:
    return value if isinstance(value, list | str | int | float | bool) else str(value)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _one_of(known: list[Any], value: Any) -> Any:
    """An existing id in place of a random one; a value that is not an id stays."""
    return known[value % len(known)] if known and _whole(value) else value


def _chance(value: Any) -> int:
    """A number that depends on the value alone, the same in every run."""
    return crc32(repr(value).encode("utf-8", "replace"))


def _negative(case: AnyCase, location: ParameterLocation) -> bool:
    return case.meta is not None and case.meta.is_negative_at(location)


def _draws_ids(case: AnyCase) -> bool:
    """Whether some ids may be unknown ones: not if the body is what is tested."""
    fuzzing = case.meta is not None and case.meta.phase.name is TestPhase.FUZZING
    return fuzzing and not _negative(case, ParameterLocation.BODY)
