"""HAR files, read one entry at a time: a file may be larger than the memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TextIO

from contract_tests.recorded.entry import Entry

CHUNK: Final = 1 << 20  # characters that are read at once
# Inside a JSON text the quotes would be escaped, so this finds a key and nothing else.
ENTRIES: Final = re.compile(r'"entries"\s*:\s*\[')
BETWEEN: Final = re.compile(r"[\s,]*")
PACKED: Final = (b"PK", b"\x1f\x8b", b"\x78\x9c", b"\x78\xda")  # zip, gzip, and mitmproxy's .zhar


class HarError(Exception):
    """The file is no readable HAR file; the message says why in one line."""


def entries_of(path: Path) -> Iterator[Entry]:
    """The entries of the file, in its order."""
    try:
        with path.open("rb") as file:
            if file.read(2) in PACKED:
                raise HarError(f"{path} is compressed: unpack it first")
        with path.open(encoding="utf-8-sig", newline="") as text:
            for number, node in enumerate(_nodes(_Window(text)), 1):
                yield Entry(number, node, path.parent)
    except OSError as error:
        raise HarError(f"cannot read {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise HarError(f"{path} is not a HAR file: it is not encoded in UTF-8") from error
    except (_NotHar, RecursionError) as error:
        reason = str(error) if isinstance(error, _NotHar) else "it is nested too deeply"
        raise HarError(f"{path} is not a HAR file: {reason}") from error


class _NotHar(Exception):
    pass


class _Window:
    """The part of a file that is in memory; it grows only as far as one entry needs."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.text = ""
        self.at = 0

    def more(self) -> bool:
        """Forget what has been read and read on, twice as much each time; False at the end of the file."""
        rest = self.text[self.at :]
        read = self._file.read(max(CHUNK, len(rest)))
        self.text, self.at = rest + read, 0
        return bool(read)


def _nodes(window: _Window) -> Iterator[Any]:
    decoder = json.JSONDecoder(strict=False)  # some exporters leave control characters as they are
    _find_entries(window)
    while True:
        window.at = BETWEEN.match(window.text, window.at).end()  # type: ignore[union-attr]
        if window.text.startswith("]", window.at):
            return
        try:
            node, window.at = decoder.raw_decode(window.text, window.at)
        except ValueError:
            if not window.more():
                raise _NotHar("its entries are broken or cut off") from None
        else:
            yield node


def _find_entries(window: _Window) -> None:
    while not (found := ENTRIES.search(window.text)):
        if not window.more():
            looks = window.text.lstrip()[:1] == "{"
            raise _NotHar("it has no `log.entries`" if looks else "it is not a JSON object")
    window.at = found.end()
