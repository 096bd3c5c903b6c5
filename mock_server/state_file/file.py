"""A state file on disk: of one mock at a time, and replaced as a whole."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from mock_server.clock import Clock
from mock_server.contract import MockContract
from mock_server.state_file.errors import StateFileError
from mock_server.state_file.reading import StateReader
from mock_server.worlds import Naming, Worlds

__all__ = ["StateFile", "StateFileError"]


class StateFile:
    """The file at a path, while this mock alone has it."""

    def __init__(self, path: Path, shown: str) -> None:
        self._path = path
        self._shown = shown

    def __str__(self) -> str:
        return self._shown

    @classmethod
    @contextmanager
    def taken(cls, name: str) -> Iterator[StateFile]:
        """Take the file until the block ends, or the process; raises StateFileError if another mock has it.

        A lock beside the file shows that it is taken, and not one on it, since each save replaces the file.
        """
        path = Path(name).resolve()  # a link stays a link
        try:
            lock = _opened(f"{path}.lock")
        except OSError as error:
            raise StateFileError(f"{name}: cannot be written: {_reason(error)}") from None
        with lock:
            try:
                _lock(lock)
            except OSError:
                raise StateFileError(f"{name}: another mock is using it") from None
            yield cls(path, name)

    def load(self, contract: MockContract, naming: Naming, clock: Clock) -> Worlds | None:
        """The worlds in the file, None if there is no file; raises StateFileError if they cannot be used."""
        try:
            text = self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StateFileError(f"{self}: cannot be read: {_reason(error)}") from None
        try:
            return Worlds.restored(StateReader(contract, naming).states(text), clock)
        except StateFileError as error:
            raise StateFileError(f"{self}: {error}; the file is left as it is") from None

    def replace(self, parts: Iterable[bytes]) -> None:
        """Replace what is in the file; whoever reads it, at any time, sees the old or the new."""
        temporary = f"{self._path}.new"  # always the same: one that a killed mock has left does no harm
        try:
            with open(temporary, "wb") as file:
                file.writelines(parts)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, self._path)
        except OSError as error:
            raise StateFileError(f"{self}: cannot be written: {_reason(error)}") from None


def _opened(name: str) -> IO[bytes]:
    return open(name, "ab")


def _lock(file: IO[bytes]) -> None:
    """Lock a file, or raise OSError; the lock ends with the process, however that ends."""
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
