"""Saves the worlds soon after they change, beside the requests."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from threading import Event, Lock, Thread
from typing import Any

from mock_server.state_file.errors import StateFileError
from mock_server.state_file.file import StateFile
from mock_server.state_file.text import StateWriter
from mock_server.store import StoreState
from mock_server.worlds import Worlds

PAUSE = 1.0  # seconds between two looks at the worlds
SHARE = 5  # at most every fifth part of the time is spent on saving
log = logging.getLogger(__name__)


class Saving:
    """Looks at the worlds, and saves them if they have changed: a request does nothing for it."""

    def __init__(self, worlds: Worlds, file: StateFile) -> None:
        self._worlds = worlds
        self._file = file
        self._writer = StateWriter()
        self._saved: Sequence[StoreState] = ()  # whose keys these are
        self._keys: Mapping[str, Any] = {}
        self._lock = Lock()
        self._ending = Event()
        self._failed = ""

    def start(self) -> None:
        """Save now, which raises StateFileError if it cannot be done, and from now on."""
        self._save()
        Thread(target=self._keep_saving, name="state file", daemon=True).start()

    def end(self) -> None:
        """Save the last changes."""
        self._ending.set()
        self._try()

    def _keep_saving(self) -> None:
        pause = PAUSE
        while not self._ending.wait(pause):
            begin = time.monotonic()
            self._try()
            pause = max(PAUSE, SHARE * (time.monotonic() - begin))

    def _try(self) -> None:
        """Save; that it cannot be done is said once, and tried again."""
        try:
            self._save()
            self._failed = ""
        except StateFileError as error:
            if str(error) != self._failed:
                log.error("%s; what changes now is lost at the end, unless it can be written again", error)
            self._failed = str(error)
        except Exception:  # the next look may find a world that can be written
            log.exception("The state cannot be saved")

    def _save(self) -> None:
        with self._lock:
            states = self._worlds.states
            keys = {state.name: state.key for state in states}
            if keys == self._keys:
                return
            self._file.replace(self._writer.parts(states))
            self._saved, self._keys = states, keys
