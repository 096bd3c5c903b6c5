"""The client of the server under test: base URL, accounts, pace, and what was created there."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Unpack
from urllib.parse import quote

from contract_tests.client.accounts import Accounts, token_in
from contract_tests.client.created import ORDER_CHANGERS, CreatedResources, made_id
from contract_tests.client.errors import (
    HaltedError,
    NoResponseError,
    NoSuchOperationError,
    UnreachableError,
)
from contract_tests.client.exchange import Exchange, File
from contract_tests.client.ownership import Ownership
from contract_tests.client.pace import Pace, StopConditions
from contract_tests.client.patience import Patience
from contract_tests.client.permissions import ORDER_READER, Permissions
from contract_tests.client.reading import Reading
from contract_tests.client.redaction import Secrets
from contract_tests.client.route import route_to
from contract_tests.client.sending import UNSET, Prepared, Sending, ids
from contract_tests.client.transport import Transport
from contract_tests.settings.settings import Settings
from deals_spec import Contract, Operation

Observer = Callable[[Exchange], None]
BeforeSending = Callable[["Client", Operation, str], None]  # who asks, what for, as which person


class Client:
    """Sends every request of the run to the server under test."""

    def __init__(self, settings: Settings, contract: Contract, run_id: str) -> None:
        self.settings = settings
        self.contract = contract
        self.run_id = run_id
        self.base_url = settings.base_url.rstrip("/")
        self.accounts = Accounts(settings)
        self.route = route_to(settings)
        self.secrets = Secrets(self.people, settings.password, settings.headers, self.route.proxy_password)
        self.observers: list[Observer] = []
        self.before_sending: list[BeforeSending] = []  # called before each request to a known operation
        self.pace = Pace(settings.rate_limit)
        self.stop = StopConditions()
        self.created = CreatedResources()
        self.ownership = Ownership(run_id)
        self.permissions = Permissions(settings, contract)
        self.transport = Transport(self.route, settings.headers)
        self.patience = Patience(self._once, contract, self.pace, self.stop, self.journal)
        self.reading = Reading(contract)
        self._siblings: list[Client] = []
        self._local = threading.local()
        self._case = ""

    def sibling(self) -> Client:
        """A client for another thread of the same run: the same pace, its own list of created resources."""
        sibling = copy.copy(self)
        sibling.created = CreatedResources(self.created.history)
        sibling.observers = [*self.observers]
        sibling.patience = self.patience.sibling(sibling._once, sibling.journal)
        self._siblings.append(sibling)
        return sibling

    def quiet(self) -> Client:
        """The same client for requests that are no test: nobody observes them, nothing comes before them."""
        quiet = copy.copy(self)
        quiet.observers, quiet.before_sending = [], []
        quiet.patience = self.patience.sibling(quiet._once, quiet.journal)
        return quiet

    @property
    def sent(self) -> int:
        """How many requests this client and its siblings have sent."""
        return self.pace.sent

    # Accounts

    @property
    def people(self) -> dict[str, str | None]:
        """The token of each person."""
        return self.accounts.people

    def has(self, person: str) -> bool:
        """Whether the run has a token for this person."""
        return self.people.get(person) is not None

    def signed_in(self, person: str, token: str) -> None:
        """Use this token for this person from now on."""
        self.accounts.signed_in(person, token)
        self.secrets.learn(self.people)

    def redact(self, text: str) -> str:
        """The text without any token, password or secret header."""
        return self.secrets.redact(text)

    # Requests

    @contextmanager
    def case(self, name: str) -> Iterator[None]:
        """Send the requests of this thread, and of threads that it starts, for this law or check."""
        before, self._case = self._case, name
        here, self._local.case = getattr(self._local, "case", None), name
        try:
            yield
        finally:
            self._case, self._local.case = before, here

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
        operation_id = operation_id or self._operation_of(method, path)
        self.permissions.check(method, operation_id)
        self.stop.allow()
        if operation := self.contract.operations.get(operation_id or ""):
            self.ownership.check(operation, path)
            for prepare in self.before_sending:
                prepare(self, operation, as_)
        if operation_id in ORDER_CHANGERS:
            self._remember_order()
        prepared = Prepared(method.upper(), path, as_, how, operation_id)
        self.created.wrote = self.created.wrote or prepared.method != "GET"
        try:
            exchange = self._answer(prepared)
        except UnreachableError as error:
            error.exchange = prepared.unanswered(self.base_url)
            self.created.history.note(error.exchange)
            raise
        self._learn_from(exchange)
        if how.get("observe", True):
            self.journal(exchange)
        return exchange

    def refusal(self, operation_id: str) -> str:
        """Why `--skip` forbids an operation, or an empty text."""
        return self.permissions.refusal(operation_id)

    def prove(self, *operation_ids: str) -> None:
        """Ask these, which the application has answered, to see whether it is still there."""
        operations = [self.contract.operations[name] for name in operation_ids]
        self.patience.proven[:] = [Prepared(each.method, each.path, "me", {}, each.id) for each in operations]

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
        if self.ownership.is_own(kind, id):
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

    def _learn_from(self, exchange: Exchange) -> None:
        """Learn what the run has created; the first create must really have made what it returns."""
        self.ownership.learn_from(exchange)
        if reader := self.ownership.reader_of(exchange):
            with suppress(NoResponseError):
                how = {} if reader == ORDER_READER else {"id": made_id(exchange.json, "deal")}
                self.ownership.compare(exchange, self.quiet().call(reader, **how))
        self.created.learn_from(exchange, is_own=self.ownership.is_own)

    def _remember_order(self) -> None:
        """Read the order of the stages before the run changes it; a contract without their list has none."""
        if not self.created.remembers_order and ORDER_READER in self.contract.operations:
            self.created.remember_order(self.call(ORDER_READER).data)

    def _operation_of(self, method: str, path: str) -> str | None:
        operation = self.contract.match(method, path)
        return operation.id if operation else None

    def _answer(self, prepared: Prepared) -> Exchange:
        """The response to a request; if its token has ended, the response to it with a new one."""
        exchange = self.patience.answer(prepared)
        self.accounts.learn_from(exchange, prepared.token)
        if self.accounts.seems_ended(exchange, prepared.token) and self._has_ended(prepared.token):
            return self.patience.answer(prepared)
        return exchange

    def _has_ended(self, token: str | None) -> bool:
        """Whether a token has ended, and there is a new one; ends the run if there can be none."""
        with self.accounts.changing:
            if self.people["me"] != token:
                return True  # another thread has signed in
            answers = [self.patience.answer(each.copy()) for each in self.patience.proven]
            if not answers or not all(self.accounts.seems_ended(each, token) for each in answers):
                return False  # it is this operation that rejects the token
            reason = self._renew()
            if reason:
                self.stop.lose(reason)
                raise HaltedError(reason)
            return True

    def _renew(self) -> str:
        """Sign in again; returns why that is not possible, or an empty text."""
        rejected = "the server now rejects the token that it accepted before (401)"
        if not self.accounts.renewable:
            return f"{rejected}; with --email and --password instead of --token, a run signs in again"
        if refusal := self.refusal("login"):
            return f"{rejected}; {refusal} forbids signing in again"
        exchange = self.sign_in(observe=False)
        token = token_in(exchange)
        if token is None:
            return f"{rejected}; signing in again returned {exchange.status}"
        self.signed_in("me", token)
        return ""

    def sign_in(self, *, observe: bool = True) -> Exchange:
        """Sign in with `--email` and `--password`; the token is not used yet."""
        body = {"email": self.settings.email, "password": self.settings.password}
        return self.call("login", as_="nobody", json=body, observe=observe)

    def _once(self, prepared: Prepared) -> Exchange:
        prepared.token = self.accounts.token(prepared.as_)
        prepared.case = getattr(self._local, "case", None) or self._case
        seconds = self.stop.at_most(self.settings.request_timeout)
        url = f"{self.base_url}{prepared.path}"
        exchange = self.transport.exchange(prepared, url, ids(self.run_id, prepared.case), seconds)
        exchange.reader = self.reading.of
        return exchange
