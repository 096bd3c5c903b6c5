"""The ready file (`--ready-file FILE`): there as long as the mock is ready, for programs that wait for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class ReadyFileError(Exception):
    """Says in one line why the ready file cannot be written."""


class ReadyFile:
    """A file that is there, and whole, as long as the mock is ready; without a path it does nothing."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._text = ""

    @classmethod
    @contextmanager
    def at(cls, name: str | None) -> Iterator[ReadyFile]:
        """The file of this name, removed when the block ends; what a killed mock has left goes at once."""
        path = Path(name).absolute() if name else None
        try:
            if path:
                path.unlink(missing_ok=True)
                _temporary(path).touch(0o600)  # that it cannot be written shows now, and not in the end
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise ReadyFileError(f"{name}: cannot be written: {reason}") from None
        ready = cls(path)
        try:
            yield ready
        finally:
            ready.remove()

    def write(self, text: str) -> None:
        """Write all of it at once; only the user who has started the mock can read it."""
        if self._path:
            self._text = text + "\n"
            temporary = _temporary(self._path)
            temporary.touch(0o600)  # it may hold the admin key
            temporary.write_text(self._text, encoding="utf-8")
            os.replace(temporary, self._path)

    def remove(self) -> None:
        """Remove the file, unless another mock has written it since."""
        if self._path:
            with suppress(OSError):
                _temporary(self._path).unlink(missing_ok=True)
                if self._text and self._path.read_text(encoding="utf-8") == self._text:
                    self._path.unlink()


def _temporary(path: Path) -> Path:
    return path.with_name(f"{path.name}.{os.getpid()}.new")
