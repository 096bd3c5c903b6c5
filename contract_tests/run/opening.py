"""The first requests of a run: is this the API, does it respond, and does it accept the accounts?"""

from __future__ import annotations

import time
from functools import cached_property
from typing import Final

from contract_tests.client.accounts import token_in
from contract_tests.client.client import Client
from contract_tests.client.errors import HaltedError, NoResponseError, UnreachableError
from contract_tests.client.exchange import Exchange
from contract_tests.client.foreign import UNAVAILABLE, is_foreign, is_json
from contract_tests.client.tokens import same_account
from contract_tests.run.wrong_target import (
    MISSING,
    REFUSED,
    WrongTarget,
    lacks_header,
    wants_other_credentials,
)

PROBES: Final = ("listDealStages", "listDeals")  # every signed-in account may read these
BETWEEN_ATTEMPTS: Final = 0.5  # seconds, while the server starts
BAD_CREDENTIALS: Final = frozenset({400, 401, 403, 404, 422})
REJECTED: Final = 401


class CouldNotRunError(Exception):
    """The server cannot be tested at all."""


class Opening:
    """Finds out whether a server can be tested."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._waited = ""
        self._doubt = ""  # why this may not be the API
        self.tokenless: Exchange | None = None  # a sign-in that succeeded without a token
        self.not_signed_in = ""  # why, although there are credentials

    def run(self) -> None:
        """Send the first requests; raises CouldNotRunError with what is wrong, in one line."""
        try:
            self._await_server()
            self._find_api()
            self._check_people()
        except UnreachableError as error:
            raise CouldNotRunError(f"cannot reach the server: {error}{self._waited}") from error
        except HaltedError:  # -x, and one of these first requests showed a violation
            return
        except NoResponseError as error:
            raise CouldNotRunError(str(error)) from error

    @cached_property
    def probes(self) -> list[str]:
        """The operations to ask first, without those that `--skip` names."""
        operations = self._client.contract.operations
        if not any(name in operations for name in PROBES):
            raise CouldNotRunError(f"the contract has none of the operations {', '.join(PROBES)}")
        plain = [each.id for each in operations.values() if not each.writes and not each.path_parameters]
        usual = [name for name in PROBES if self._may_ask(name)]
        return usual or [name for name in plain if self._may_ask(name)][:1]

    # Inside

    def _may_ask(self, name: str) -> bool:
        return name in self._client.contract.operations and not self._client.refusal(name)

    def _await_server(self) -> None:
        """With --wait, ask until the server responds."""
        wait, stop = self._client.settings.wait, self._client.stop
        if not wait or not self.probes:
            return
        started = time.monotonic()
        while (left := wait - (time.monotonic() - started)) > 0:
            stop.each = left
            try:
                response = self._client.call(self.probes[0], as_="nobody", observe=False)
            except UnreachableError:
                response = None
            if response is not None and response.status not in UNAVAILABLE:
                break
            self._waited = f" (waited {time.monotonic() - started:.0f} s)"
            time.sleep(BETWEEN_ATTEMPTS)
        stop.each = self._client.settings.request_timeout

    def _find_api(self) -> None:
        """Sign in if asked to, and ask with the token; a wrong target is noticed before any sign-in."""
        client = self._client
        responses = self._ask("me" if client.has("me") else "nobody")
        if client.has("me"):
            self._check_access(responses)
        if client.settings.email:
            self._sign_in(responses)
        if not client.settings.token:
            responses = self._ask("me")
            self._check_access(responses)
        client.prove(
            *(each.operation_id or "" for each in responses if not is_foreign(each, client.contract))
        )
        for response in responses:
            client.journal(response)

    def _ask(self, person: str) -> list[Exchange]:
        """The responses to the probes, if they are the API's; one failing response alone proves nothing."""
        responses = [self._client.call(name, as_=person, observe=False) for name in self.probes]
        target = self._wrong_target()
        if responses and (complaint := target.complaint(responses)):
            self._doubt = complaint + self._waited
            if person != "nobody" or target.suggestion or not _may_hide_from_nobody(responses):
                raise CouldNotRunError(self._doubt)
        return responses

    def _wrong_target(self) -> WrongTarget:
        client = self._client
        proxy = client.route.shown_proxy if client.route.proxy else ""
        return WrongTarget(client.base_url, client.contract, proxy, self._is_api)

    def _is_api(self, base_url: str) -> bool:
        """Whether the API seems to be below another base URL of the server."""
        elsewhere = self._client.sibling()
        elsewhere.base_url = base_url
        try:
            response = elsewhere.call(self.probes[0], as_="nobody", observe=False)
        except NoResponseError:
            return False
        return is_json(response) and (response.ok or response.status in REFUSED)

    def _check_access(self, responses: list[Exchange]) -> None:
        if not responses or not {response.status for response in responses} <= REFUSED:
            return
        first, url = responses[0], self._client.base_url
        without = self._client.call(self.probes[0], as_="nobody", observe=False)
        if missing := lacks_header(first, without):
            raise CouldNotRunError(missing)
        other = wants_other_credentials(first)
        raise CouldNotRunError(f"access denied: {url} returned {first.status} for the token{other}")

    def _sign_in(self, without_token: list[Exchange]) -> None:
        client = self._client
        self.not_signed_in = client.refusal("login")
        if client.settings.read_only:
            self.not_signed_in = "signing in is a POST request, which --read-only forbids"
        if self.not_signed_in and not client.has("me"):
            raise CouldNotRunError(f"{self.not_signed_in} forbids signing in; give a --token instead")
        if self.not_signed_in:
            return
        exchange = client.sign_in(observe=False)
        token = token_in(exchange)
        if token is None:
            self._no_token(exchange, without_token)
        elif client.settings.token:
            client.accounts.renewable = same_account(client.settings.token, token)
        else:
            client.signed_in("me", token)
            client.accounts.renewable = True
        client.journal(exchange)

    def _no_token(self, exchange: Exchange, without_token: list[Exchange]) -> None:
        """The sign-in failed: because of the credentials, or because of the server."""
        failed = f"sign-in as {self._client.settings.email} failed: /auth/login returned {exchange.status}"
        if exchange.status in BAD_CREDENTIALS:
            missing = lacks_header(exchange, without_token[0]) if without_token else ""
            raise CouldNotRunError(missing or self._doubt or failed)
        if not self._client.has("me"):
            raise CouldNotRunError(f"{failed} without a token")
        self.tokenless = exchange

    def _check_people(self) -> None:
        for person in ("admin", "other"):
            if self._client.has(person):
                responses = [self._client.call(name, as_=person) for name in self.probes]
                if {response.status for response in responses} == {REJECTED}:
                    raise CouldNotRunError(f"access denied: the server rejected --{person}-token (401)")


def _may_hide_from_nobody(responses: list[Exchange]) -> bool:
    """Whether an API may respond like this to requests without a token."""
    return all(response.status == MISSING and is_json(response) for response in responses)
