"""The accounts of a run: their tokens, and signing in again when one has ended."""

from __future__ import annotations

import threading
from typing import Any, Final

from contract_tests.client.errors import NoSuchPersonError
from contract_tests.client.exchange import Exchange
from contract_tests.client.tokens import tampered
from contract_tests.settings.settings import Settings

REJECTED: Final = 401


class Accounts:
    """The token of each person, and which tokens the server has accepted."""

    def __init__(self, settings: Settings) -> None:
        self.people: dict[str, str | None] = {
            "me": settings.token,
            "admin": settings.admin_token,
            "other": settings.other_token,
            "expired": settings.expired_token,
            "nobody": None,
            "bad": tampered(settings.token),
        }
        self.changing = threading.RLock()  # held while somebody signs in again
        self._accepted: set[str] = set()
        self.renewable = False  # whether signing in again gives a token of the same account

    def token(self, person: str) -> str | None:
        """The token of this person."""
        token = self.people[person]
        if token is None and person != "nobody":
            raise NoSuchPersonError(f"there is no token for “{person}”")
        return token

    def signed_in(self, person: str, token: str) -> None:
        """Use this token for this person from now on."""
        self.people[person] = token
        if person == "me":
            self.people["bad"] = tampered(token)

    def learn_from(self, exchange: Exchange, token: str | None) -> None:
        """Note that the server accepted a token."""
        if token is not None and exchange.as_ == "me" and exchange.ok:
            self._accepted.add(token)

    def seems_ended(self, exchange: Exchange, token: str | None) -> bool:
        """Whether the server rejected a token of mine that it accepted before."""
        return exchange.status == REJECTED and exchange.as_ == "me" and token in self._accepted


def token_in(exchange: Exchange) -> str | None:
    """The token in the response to a sign-in, or None."""
    body: Any = exchange.json
    token = body.get("token") if exchange.ok and isinstance(body, dict) else None
    return token if isinstance(token, str) and token else None
