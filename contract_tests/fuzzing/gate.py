"""The only way out for Schemathesis: every request of it is made harmless and sent by the target."""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

import requests
from schemathesis.core.transport import Response
from schemathesis.generation.case import Case
from schemathesis.generation.meta import CONTENT_TYPE_PROBES, CoveragePhaseData
from schemathesis.transport.requests import REQUESTS_TRANSPORT, RequestsTransport

from contract_tests.contract import Operation
from contract_tests.fuzzing.belongings import Belongings, kind_of_path
from contract_tests.fuzzing.disguise import Disguise, Disguised
from contract_tests.target.errors import TargetError, UnreachableError
from contract_tests.target.exchange import Exchange
from contract_tests.target.ledger import MAKERS, OWNED, REMOVERS, made_id

AnyCase = Case[Any]
Witness = Callable[[Exchange, Disguised], None]
DROPPED: Final = 599  # what Schemathesis is told when the connection was dropped


class Gate(RequestsTransport):
    """Sends generated cases through the target, and nothing in any other way."""

    def __init__(self, belongings: Belongings, *, linked: bool = False) -> None:
        super().__init__()
        self._copy_serializers_from(REQUESTS_TRANSPORT)
        self.target = belongings.target
        self.own = belongings
        self.witnesses: list[Witness] = []
        self.dropped: list[Disguised] = []  # requests that got no answer from a server that lives
        self.crashed: list[Exchange] = []  # requests outside the contract that got a 5xx
        self.failure: TargetError | None = None
        self._linked = linked
        self._disguise = Disguise(belongings)

    def send(self, case: AnyCase, *, session: requests.Session | None = None, **_: Any) -> Response:
        """Send the harmless twin of a case; the case itself is told its real path."""
        if self.failure is not None:
            raise self.failure
        try:
            return self._send(case)
        except TargetError as error:
            self.failure = error
            raise

    def _send(self, case: AnyCase) -> Response:
        operation = self._operation(case)
        twin = self._disguise.of(case, operation, linked=self._linked)
        case.path_parameters = dict(twin.ids)
        try:
            exchange = self._exchange(twin, inside=not _probes_content_type(case))
        except UnreachableError:
            self.target.call("listDealStages", observe=False)  # raises if the server is gone
            self.dropped.append(twin)
            return _response({}, DROPPED, b"")
        for witness in self.witnesses:
            witness(exchange, twin)
        self._remember(exchange, twin)
        return _response(exchange.headers, exchange.status, self._shown(exchange, twin))

    def _exchange(self, twin: Disguised, *, inside: bool) -> Exchange:
        """What is outside the contract may be refused with any status but 5xx."""
        target, operation = self.target, twin.operation
        twin.how["observe"] = inside
        exchange = target.send(
            operation.method,
            twin.path,
            as_="nobody" if operation.public else target.person_for(operation),
            operation_id=operation.id,
            **twin.how,
        )
        if not inside and exchange.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self.crashed.append(exchange)
        return exchange

    def _operation(self, case: AnyCase) -> Operation:
        name = case.operation.definition.raw["operationId"]
        return self.target.contract.operations[name]

    def _remember(self, exchange: Exchange, twin: Disguised) -> None:
        operation = twin.operation.id
        if exchange.ok and operation in REMOVERS:
            self.own.deleted(operation, twin.ids)
        made = made_id(exchange.json, MAKERS[operation]) if exchange.ok and operation in MAKERS else None
        if made is not None:
            self.own.learn(MAKERS[operation], made)

    def _shown(self, exchange: Exchange, twin: Disguised) -> bytes:
        """The answer as links can use it: the id of what was made, wherever it stood, and its deal's."""
        kind = MAKERS.get(twin.operation.id)
        made = made_id(exchange.json, kind) if kind and exchange.ok else None
        if made is None:
            return exchange.body
        parent = {"deal_id": twin.ids["id"]} if kind in OWNED and kind_of_path(twin.operation) else {}
        return json.dumps({"success": True, "data": {"id": made, **parent}}).encode()


def _probes_content_type(case: AnyCase) -> bool:
    data = case.meta.phase.data if case.meta is not None else None
    return isinstance(data, CoveragePhaseData) and data.scenario in CONTENT_TYPE_PROBES


def _response(headers: Any, status: int, content: bytes) -> Response:
    request = requests.Request("GET", "http://target.invalid/").prepare()
    sent = {name.lower(): [value] for name, value in headers.items() if name.lower() != "content-encoding"}
    return Response(status, sent, content, request, elapsed=0.0, verify=True)
