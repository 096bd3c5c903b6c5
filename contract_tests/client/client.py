"""The client of the server under test: base URL, accounts, pace, and what was created there."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, Unpack
from urllib.parse import quote

import requests

from contract_tests.client.created import ORDER_CHANGERS, CreatedResources
from contract_tests.client.errors import (
    NoSuchOperationError,
    NoSuchPersonError,
    OutOfTimeError,
    ReadOnlyError,
    ThrottledError,
    UnreachableError,
)
from contract_tests.client.exchange import Exchange, File
from contract_tests.client.pace import Pace, StopConditions, retry_after
from contract_tests.client.reading import Reading
from contract_tests.client.redaction import Secrets
from contract_tests.client.sending import UNSET, Bearer, Prepared, Sending, cause_of, session_for
from contract_tests.client.tokens import tampered
from contract_tests.settings.settings import Settings
from deals_spec import Contract, Operation

PATIENCE: Final = 8  # attempts while the server returns 429
Observer = Callable[[Exchange], None]


class Client:
    """Sends every request of the run to the server under test."""

    def __init__(self, settings: Settings, contract: Contract, run_id: str) -> None:
        self.settings = settings
        self.contract = contract
        self.run_id = run_id
        self.base_url = settings.base_url.rstrip("/")
        self.people: dict[str, str | None] = {
            "me": settings.token,
            "admin": settings.admin_token,
            "other": settings.other_token,
            "expired": settings.expired_token,
            "nobody": None,
            "bad": tampered(settings.token),
        }
        self.secrets = Secrets(self.people, settings.password)
        self.observers: list[Observer] = []
        self.pace = Pace(settings.rate_limit)
        self.stop = StopConditions()
        self.created = CreatedResources()
        self.reading = Reading(contract)
        self._siblings: list[Client] = []
        self._local = threading.local()

    def sibling(self) -> Client:
        """A client for another thread of the same run: the same pace, its own list of created resources."""
        sibling = copy.copy(self)
        sibling.created, sibling.observers = CreatedResources(), [*self.observers]
        self._siblings.append(sibling)
        return sibling

    @property
    def sent(self) -> int:
        """How many requests this client and its siblings have sent."""
        return self.pace.sent

    # Accounts

    def has(self, person: str) -> bool:
        """Whether the run has a token for this person."""
        return self.people.get(person) is not None

    def signed_in(self, person: str, token: str) -> None:
        """Use this token for this person from now on."""
        self.people[person] = token
        if person == "me":
            self.people["bad"] = tampered(token)
        self.secrets.learn(self.people)

    def redact(self, text: str) -> str:
        """The text without any token or password."""
        return self.secrets.redact(text)

    # Requests

    def call(
        self,
        operation_id: str,
        *,
        as_: str | None = None,
        query: Mapping[str, Any] | None = None,
        json: Any = UNSET,
        files: Mapping[str, File] | None = None,
        headers: Mapping[str, str] | None = None,
        observe: bool = True,
        **path_params: Any,
    ) -> Exchange:
        """Call an operation of the contract, e.g. `call("getDeal", id=7)`."""
        operation = self.contract.operations.get(operation_id)
        if operation is None:
            raise NoSuchOperationError(f"the contract has no operation {operation_id}")
        path = operation.path
        for name in operation.path_parameters:
            path = path.replace(f"{{{name}}}", quote(str(path_params.pop(name)), safe=""))
        if path_params:
            raise TypeError(f"{operation_id} has no path parameter {', '.join(path_params)}")
        return self.send(
            operation.method,
            path,
            as_=as_ or self.person_for(operation),
            query=query,
            json=json,
            files=files,
            headers=headers,
            operation_id=operation_id,
            observe=observe,
        )

    def send(
        self,
        method: str,
        path: str,
        *,
        as_: str = "me",
        operation_id: str | None = None,
        **how: Unpack[Sending],
    ) -> Exchange:
        """Send any request; the path is relative to the base URL."""
        self.allow(method)
        operation_id = operation_id or self._operation_of(method, path)
        if operation_id in ORDER_CHANGERS:
            self._remember_order()
        exchange = self._with_patience(Prepared(method.upper(), path, as_, how))
        exchange.operation_id = operation_id
        self.created.learn_from(exchange)
        if how.get("observe", True):
            self.journal(exchange)
        return exchange

    def allow(self, method: str) -> None:
        """Raise an error if the run must not send this request."""
        if self.settings.read_only and method.upper() != "GET":
            raise ReadOnlyError("--read-only allows only GET requests")
        self.stop.allow()

    def journal(self, exchange: Exchange) -> None:
        """Show an exchange to the observers, even if another client made it."""
        if exchange.operation_id is None:
            exchange.operation_id = self._operation_of(exchange.method, exchange.path)
        self.secrets.learn_from(exchange)
        for observer in self.observers:
            observer(exchange)

    # What was created

    def made(self, kind: str, id: Any, parent: Any = None) -> None:
        """Remember a deal, stage, task or note that must be deleted at the end."""
        self.created.made(kind, id, parent)

    def gone(self, kind: str, id: Any) -> None:
        """Forget a resource that has been deleted."""
        self.created.gone(kind, id)

    def left(self) -> list[tuple[str, Any, Any]]:
        """What this client and its siblings have created and not deleted: kind, id, parent."""
        while self._siblings:
            self.created.absorb(self._siblings.pop().created)
        return self.created.left()

    def person_for(self, operation: Operation) -> str:
        """Whose token to use: the admin's if there is one and the operation requires a role, else mine."""
        return "admin" if operation.required_role and self.has("admin") else "me"

    # Inside

    def _remember_order(self) -> None:
        """Read the order of the stages before the run changes it; a contract without their list has none."""
        if not self.created.remembers_order and "listDealStages" in self.contract.operations:
            self.created.remember_order(self.call("listDealStages").data)

    def _operation_of(self, method: str, path: str) -> str | None:
        operation = self.contract.match(method, path)
        return operation.id if operation else None

    def _with_patience(self, prepared: Prepared) -> Exchange:
        for attempt in range(PATIENCE):
            self.pace.wait()
            exchange = self._once(prepared)
            if exchange.status != 429:
                return exchange
            self.journal(exchange)
            pause = retry_after(exchange.headers, attempt)
            if self.stop.passed(after=pause):
                raise OutOfTimeError("the time limit (--max-time) was reached while waiting after a 429")
            self.pace.pause(pause)
        raise ThrottledError(f"{prepared.method} {prepared.path}: still 429 after {PATIENCE} attempts")

    def _once(self, prepared: Prepared) -> Exchange:
        started = time.monotonic()
        response = self._response(prepared)
        return Exchange(
            method=prepared.method,
            path=prepared.path,
            url=response.request.url or self.base_url,
            status=response.status_code,
            headers=response.headers,
            body=response.content,
            request_body=prepared.body,
            as_=prepared.as_,
            operation_id=None,
            seconds=time.monotonic() - started,
            query=prepared.query,
            request_headers=prepared.headers,
            files=prepared.files,
            reader=self.reading.of,
        )

    def _response(self, prepared: Prepared) -> requests.Response:
        """Send a request; a GET whose connection broke is sent once more."""
        try:
            return self._exchange(prepared)
        except requests.ConnectionError as error:
            if prepared.method != "GET":
                raise self._unreachable(prepared, error) from error
        except requests.RequestException as error:
            raise self._unreachable(prepared, error) from error
        try:
            return self._exchange(prepared)
        except requests.RequestException as error:
            raise self._unreachable(prepared, error) from error

    def _exchange(self, prepared: Prepared) -> requests.Response:
        return self._session().request(
            prepared.method,
            f"{self.base_url}{prepared.path}",
            params=list(prepared.query),
            data=prepared.body,
            files=prepared.files or None,
            headers=prepared.headers,
            auth=Bearer(self._token(prepared.as_)),
            timeout=self.settings.request_timeout,
            allow_redirects=False,
        )

    def _unreachable(self, prepared: Prepared, error: Exception) -> UnreachableError:
        text = f"{prepared.method} {self.base_url}{prepared.path}: {cause_of(error)}"
        return UnreachableError(self.redact(text))

    def _token(self, person: str) -> str | None:
        token = self.people[person]
        if token is None and person != "nobody":
            raise NoSuchPersonError(f"there is no token for “{person}”")
        return token

    def _session(self) -> requests.Session:
        """One connection pool for each thread."""
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = session_for(self.base_url)
        return session
