"""Turns at the pipeline stages: among the runs that share a server, and among the workers of one run."""

from __future__ import annotations

import threading
import time
from typing import Final

from contract_tests.client.client import Client
from contract_tests.client.created import ORDER_CHANGERS, ordered_ids, restored_order
from contract_tests.client.errors import NoResponseError
from contract_tests.scene.expectations import STRANGERS, NotJudged
from contract_tests.scene.markers import AT_WORK, HAS, WAITS, Marker, Markers
from deals_spec import Operation

STAGE_CHANGERS: Final = ORDER_CHANGERS | {"updatePipelineStage"}
PATIENCE: Final = 180.0  # seconds to wait for another run
IMPATIENCE: Final = 5.0  # once that was in vain
AT_THE_END: Final = 20.0  # before the clean-up
FIRST_LOOK, LAST_LOOK = 0.1, 1.0  # seconds between two looks at the markers of others


class Turns:
    """Who may change the stages: one run at a time, and in it one worker or several that do not mind.

    A run keeps its turn from one job to the next, until a job does not need it.
    """

    def __init__(self, client: Client) -> None:
        self.markers = Markers(client)
        self._client = client.quiet()
        self._workers = Workers()
        self.held = False  # whether this run has the turn
        self._patience = PATIENCE
        self._reordering: set[int] = set()  # the workers that have changed the order
        self._ended = False
        self._lock = threading.RLock()
        client.before_sending.append(self._before)

    def take(self, client: Client, *, alone: bool = False) -> None:
        """Wait for the turn, for a job with this client; NotJudged if another run does not give it back."""
        if client.settings.read_only or self._ended:
            return
        self._workers.enter(id(client.created), alone=alone)
        with self._lock:
            if not self.held and self.markers.usable:
                self._take()

    def end_job(self, client: Client) -> None:
        """Restore the order of the stages at once, since other users see the same board."""
        try:
            if id(client.created) in self._reordering and not self._ended:
                self._restore_order(client)
        finally:
            self._reordering.discard(id(client.created))
            self._workers.leave(id(client.created))

    def give_back(self) -> None:
        """Let other runs have the turn, unless a worker of this run still needs it."""
        if not self.held:  # and do not wait for a worker that waits for it
            return
        with self._lock:
            if self.held and not self._workers.anyone:
                self.held = False
                self.markers.show(AT_WORK)

    def end(self) -> None:
        """Before the clean-up: take the turn if there are stages to delete; from now on nothing waits."""
        with self._lock:
            self._patience = min(self._patience, AT_THE_END)
            try:
                if self._client.settings.keep:
                    self.markers.remove()
                elif any(kind == "stage" for kind, _, _ in self._client.left()) and not self.held:
                    self._take()
            except (NotJudged, NoResponseError):
                pass
            self._ended = True

    def another_run(self) -> str:
        """The id of another run that is at work on the same server, or an empty text."""
        return next((marker.run for marker in self.markers.others()), "")

    # Inside

    def _before(self, client: Client, operation: Operation, person: str) -> None:
        """Announce this run before its first write, and take the turn before it changes a stage."""
        if self._ended:
            return
        if self._lock.acquire(blocking=False):  # else another worker is about to write the marker
            try:
                self.markers.renew()
            finally:
                self._lock.release()
        if not operation.writes or operation.public or person in STRANGERS:
            return
        if not self.markers.state and self.markers.usable:
            with self._lock:
                if not self.markers.state:
                    self.markers.show(AT_WORK)
        if operation.id in STAGE_CHANGERS:
            self.take(client)
            if operation.id == "reorderPipelineStages":
                self._reordering.add(id(client.created))

    def _take(self) -> None:
        """The one-bit algorithm: show that this run has the turn, then look whether another shows it, too.

        Of two that do, the one with the smaller id keeps showing it until the other has given way.
        """
        self.markers.show(HAS)
        deadline, pause = time.monotonic() + self._patience, FIRST_LOOK
        while rivals := self._rivals():
            state = WAITS if any(rival.run < self.markers.run for rival in rivals) else HAS
            if self.markers.state != state:
                self.markers.show(state)
            if time.monotonic() > deadline:
                self.markers.show(AT_WORK)
                self._patience = min(self._patience, IMPATIENCE)
                raise NotJudged(f"run {rivals[0].run} on the same server is working on the stages")
            self._client.stop.pause(pause)
            pause = min(pause * 1.5, LAST_LOOK)
        self.held = True

    def _rivals(self) -> list[Marker]:
        """The other runs that show that they have the turn; read again after this run shows it."""
        rivals = [marker for marker in self.markers.others() if marker.state == HAS]
        if not rivals and self.markers.state != HAS and self.markers.usable:
            self.markers.show(HAS)
            return self._rivals()
        self.markers.renew()
        return rivals

    def _restore_order(self, client: Client) -> None:
        """Restore the order that the stages had before the run changed it."""
        before, quiet = client.created.order, client.quiet()
        try:
            now = ordered_ids(quiet.call("listDealStages").data)
            wanted = restored_order(before or [], now)
            if before and now and now != wanted:
                quiet.call("reorderPipelineStages", json={"order": wanted})
        except NoResponseError:
            return  # the clean-up tries it again


class Workers:
    """Lets one worker of a run be alone with the stages, or several be there together."""

    def __init__(self) -> None:
        self._there: set[int] = set()
        self._alone: int | None = None
        self._waiting = 0
        self._changed = threading.Condition()

    @property
    def anyone(self) -> bool:
        """Whether a worker uses the stages."""
        return self._alone is not None or bool(self._there)

    def enter(self, worker: int, *, alone: bool) -> None:
        """Return when this worker may use the stages; it may already be there."""
        with self._changed:
            if worker == self._alone or (worker in self._there and not alone):
                return
            if alone:
                # Those who wait come first: one worker after the other may want to be alone.
                self._changed.wait_for(
                    lambda: self._alone is None and not self._there - {worker} and not self._waiting
                )
                self._alone = worker
                return
            self._waiting += 1
            try:
                self._changed.wait_for(lambda: self._alone is None)
            finally:
                self._waiting -= 1
            self._there.add(worker)

    def leave(self, worker: int) -> None:
        """Let others in."""
        with self._changed:
            self._there.discard(worker)
            if self._alone == worker:
                self._alone = None
            self._changed.notify_all()
