"""Clean-up: deletes what the run created and restores the order of the stages, in limited time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from contract_tests.client.client import Client
from contract_tests.client.created import delete_request, ordered_ids, restored_order
from contract_tests.client.errors import (
    HaltedError,
    NoResponseError,
    OutOfTimeError,
    SkippedError,
    UnreachableError,
)
from contract_tests.client.exchange import Exchange
from contract_tests.client.foreign import described, is_foreign
from contract_tests.settings.settings import Settings

SWEPT_PAGES: Final = 20
LONGEST: Final = 30.0  # seconds for the clean-up; without --max-time, since its last success
SHORTEST: Final = 10.0  # seconds
SHARE: Final = 0.5  # of --max-time
ONE_RESPONSE: Final = 10.0  # seconds
SILENCES: Final = 2  # requests without a response, one after the other, after which it gives up
SHOWN: Final = 10  # ids
Resource = tuple[str, Any, Any]  # kind, id, parent


def clean_up(client: Client) -> list[str]:
    """Delete what the run created and restore the order of the stages; returns a text for each failure.

    Clean-up may send requests whatever has ended the run, but only for a limited time.
    """
    left = client.left()  # includes what the siblings created
    if not client.created.wrote or client.settings.read_only:
        return []
    work = CleanUp(client)
    return [*work.delete(left), *work.restore_order()]


def keep(client: Client) -> tuple[list[str], list[str]]:
    """Only restore the order of the stages; returns what is kept, and what failed."""
    left = client.left()
    if not client.created.wrote or client.settings.read_only:
        return [], []
    work = CleanUp(client)
    kept = dict.fromkeys(f"{kind} {id}" for kind, id, _ in (*left, *work.named()))
    return list(kept), work.restore_order()


def time_for(settings: Settings) -> float:
    """How many seconds the clean-up may take."""
    if settings.max_time is None:
        return LONGEST
    return min(LONGEST, max(SHORTEST, settings.max_time * SHARE))


def not_deleted(left: Iterable[Resource], why: str) -> list[str]:
    """One text for each kind of what is left."""
    ids: dict[str, list[str]] = {}
    for kind, id, _ in left:
        ids.setdefault(kind, []).append(str(id))
    return [f"{kind} {_listed(found)}: not deleted ({why})" for kind, found in ids.items()]


class CleanUp:
    """Deletes resources until its time is over or the server no longer responds."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._person = "admin" if client.has("admin") else "me"
        self._failures: dict[tuple[str, str], str] = {}
        self._silent = SILENCES - 1 if client.stop.lost else 0  # a lost server gets one chance
        self.given_up = ""  # why
        client.patience.hurried = True
        self._renew_time()

    def delete(self, left: Iterable[Resource]) -> list[str]:
        """Delete these, and then what else has the run's id in its name; returns what failed."""
        left, untried = list(left), dict[tuple[str, str], Resource]()
        for resource in self._with_named(left):
            key = (resource[0], str(resource[1]))
            if self.given_up:
                untried.setdefault(key, resource)
            else:
                self._failures[key] = self._delete(*resource)  # a second attempt replaces the first
        failed = [text for key, text in self._failures.items() if text and key not in untried]
        return [*failed, *not_deleted(untried.values(), self.given_up)]

    def named(self) -> Iterator[Resource]:
        """Deals and stages with the run's id in their names, however they were created."""
        yield from self._found("deal", self._deals)
        yield from self._found("stage", lambda: self._records("listDealStages"))

    def restore_order(self) -> list[str]:
        """Put the stages in their original order; returns a text if that failed."""
        before = self._client.created.order
        if not before:
            return []
        what = f"order of the stages (originally {before})"
        try:
            now = ordered_ids(self._quietly("listDealStages").data)
            wanted = restored_order(before, now)
            if not now or now == wanted:
                return []
            exchange = self._quietly("reorderPipelineStages", json={"order": wanted})
        except NoResponseError as error:
            return [f"{what}: {error}"]
        return [] if exchange.ok else [f"{what}: {_refusal(exchange)}"]

    # Inside

    def _with_named(self, left: list[Resource]) -> Iterator[Resource]:
        yield from left
        if not self.given_up:
            yield from list(self.named())

    def _delete(self, kind: str, id: Any, parent: Any) -> str:
        """Delete a resource; returns why that failed, or an empty text."""
        operation, ids = delete_request(kind, id, parent)
        try:
            exchange = self._quietly(operation, **ids)
        except NoResponseError as error:
            return f"{kind} {id}: {error}"
        if exchange.ok or exchange.status == 404:
            self._client.gone(kind, id)
            return ""
        return f"{kind} {id}: {_refusal(exchange)}"

    def _found(self, kind: str, read: Callable[[], Iterable[Any]]) -> Iterator[Resource]:
        try:
            for record in read():
                if self._client.run_id in str(record.get("name")) and "id" in record:
                    yield kind, record["id"], None
        except SkippedError:  # then the run has created only what it knows of
            return
        except NoResponseError as error:
            what = f"any other {kind} named {self._client.run_id}…"
            self._failures[kind, ""] = f"{what}: not looked for ({error})"

    def _deals(self) -> Iterator[dict[str, Any]]:
        size = self._client.contract.fields("listDeals").get("per_page", {}).get("maximum")
        for page in range(1, SWEPT_PAGES):
            query = {"search": self._client.run_id, "per_page": size, "page": page}
            found = self._records("listDeals", query=query)
            yield from found
            if not size or len(found) < size:
                return

    def _records(self, operation: str, **how: Any) -> list[dict[str, Any]]:
        data = self._quietly(operation, **how).data
        return [each for each in data if isinstance(each, dict)] if isinstance(data, list) else []

    def _quietly(self, operation: str, **how: Any) -> Exchange:
        """Send a request whose response is not judged: clean-up is not a test."""
        if self.given_up:
            raise OutOfTimeError(self.given_up)
        try:
            exchange = self._client.call(operation, as_=self._person, observe=False, **how)
        except (OutOfTimeError, HaltedError) as error:
            self.given_up = str(error)
            raise
        except UnreachableError as error:
            self._note_silence(str(error))
            raise
        if is_foreign(exchange, self._client.contract):
            self._note_silence(described(exchange))
            return exchange
        self._silent = 0
        if self._client.settings.max_time is None:
            self._renew_time()
        return exchange

    def _note_silence(self, instead: str) -> None:
        self._silent += 1
        if self._silent == SILENCES:
            self.given_up = f"the server stopped responding: {instead}"
            self._client.stop.lose(self.given_up)

    def _renew_time(self) -> None:
        seconds = time_for(self._client.settings)
        what = f"the time for the clean-up ({seconds:.3g} s)"
        self._client.stop.give(seconds, what, each=ONE_RESPONSE)


def _refusal(exchange: Exchange) -> str:
    return f"{exchange.method} {exchange.path} returned {exchange.status}"


def _listed(ids: list[str]) -> str:
    more = f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
    return ", ".join(ids[:SHOWN]) + more
