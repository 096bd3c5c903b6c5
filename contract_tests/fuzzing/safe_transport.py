"""The only transport for Schemathesis: every request is made safe and sent by our client."""

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

from contract_tests.client.created import MAKERS, OWNED, REMOVERS, made_id
from contract_tests.client.errors import NoResponseError, UnreachableError
from contract_tests.client.exchange import Exchange
from contract_tests.fuzzing.generating import Baton
from contract_tests.fuzzing.owned_resources import OwnedResources, kind_of_path
from contract_tests.fuzzing.sanitizer import SafeRequest, Sanitizer
from deals_spec import Operation

AnyCase = Case[Any]
Observer = Callable[[Exchange, SafeRequest], None]
DROPPED: Final = 599  # the status given to Schemathesis if the connection was dropped


class SafeTransport(RequestsTransport):
    """Sends generated cases through our client, after making them safe."""

    def __init__(self, owned: OwnedResources, *, linked: bool = False) -> None:
        super().__init__()
        self.baton = Baton(shared=owned.client.settings.workers > 1)
        self._copy_serializers_from(REQUESTS_TRANSPORT)
        self.client = owned.client
        self.own = owned
        self.observers: list[Observer] = []
        self.dropped: list[UnreachableError] = []  # requests without a response, and why
        self.server_errors: list[Exchange] = []  # requests outside the contract that returned 5xx
        self.failure: NoResponseError | None = None
        self._linked = linked
        self._sanitizer = Sanitizer(owned)

    def send(self, case: AnyCase, *, session: requests.Session | None = None, **_: Any) -> Response:
        """Send the safe request for a case, and note its actual path in the case."""
        if self.failure is not None:
            raise self.failure
        try:
            with self.baton.handed_on():
                return self._send(case)
        except NoResponseError as error:
            self.failure = error
            raise

    def _send(self, case: AnyCase) -> Response:
        operation = self._operation(case)
        safe = self._sanitizer.of(case, operation, linked=self._linked)
        case.path_parameters = dict(safe.ids)
        try:
            exchange = self._exchange(safe, observe=not _probes_content_type(case))
        except UnreachableError as error:  # only of this request: the server still responds to others
            self.dropped.append(error)
            return _response({}, DROPPED, b"")
        for observer in self.observers:
            observer(exchange, safe)
        self._remember(exchange, safe)
        return _response(exchange.headers, exchange.status, self._shown(exchange, safe))

    def _exchange(self, safe: SafeRequest, *, observe: bool) -> Exchange:
        """Send the request; outside the contract any status but 5xx is allowed."""
        client, operation = self.client, safe.operation
        safe.how["observe"] = observe
        exchange = client.send(
            operation.method,
            safe.path,
            as_="nobody" if operation.public else client.person_for(operation),
            operation_id=operation.id,
            **safe.how,
        )
        if not observe and exchange.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self.server_errors.append(exchange)
        return exchange

    def _operation(self, case: AnyCase) -> Operation:
        name = case.operation.definition.raw["operationId"]
        return self.client.contract.operations[name]

    def _remember(self, exchange: Exchange, safe: SafeRequest) -> None:
        operation = safe.operation.id
        if exchange.ok and operation in REMOVERS:
            self.own.deleted(operation, safe.ids)
        made = made_id(exchange.json, MAKERS[operation]) if exchange.ok and operation in MAKERS else None
        if made is not None and self.client.ownership.is_own(MAKERS[operation], made):
            self.own.learn(MAKERS[operation], made)

    def _shown(self, exchange: Exchange, safe: SafeRequest) -> bytes:
        """The body as links can use it: with the id of the new record, wherever it was, and its deal's."""
        kind = MAKERS.get(safe.operation.id)
        made = made_id(exchange.json, kind) if kind and exchange.ok else None
        if made is None:
            return exchange.body
        parent = {"deal_id": safe.ids["id"]} if kind in OWNED and kind_of_path(safe.operation) else {}
        return json.dumps({"success": True, "data": {"id": made, **parent}}).encode()


def _probes_content_type(case: AnyCase) -> bool:
    data = case.meta.phase.data if case.meta is not None else None
    return isinstance(data, CoveragePhaseData) and data.scenario in CONTENT_TYPE_PROBES


def _response(headers: Any, status: int, content: bytes) -> Response:
    request = requests.Request("GET", "http://target.invalid/").prepare()
    sent = {name.lower(): [value] for name, value in headers.items() if name.lower() != "content-encoding"}
    return Response(status, sent, content, request, elapsed=0.0, verify=True)
