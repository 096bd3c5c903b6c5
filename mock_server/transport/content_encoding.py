"""Compressed request bodies: unpacked up to a limit, or refused by name."""

from __future__ import annotations

import zlib
from typing import Final

from mock_server.errors import BadRequest

AS_IT_IS: Final = ("", "identity")
WINDOWS: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}  # zlib's `wbits`: its format, and 32 KB


def unpacked(body: bytes, encoding: str, limit: int) -> bytes:
    """The body without its Content-Encoding; raises BadRequest if it is unknown, wrong or too large."""
    encoding = encoding.strip().lower()
    if encoding in AS_IT_IS:
        return body
    if encoding not in WINDOWS:
        raise BadRequest(f"The Content-Encoding must be gzip or deflate, or none, not {encoding[:40]}")
    unpacking = zlib.decompressobj(WINDOWS[encoding])
    try:
        found = unpacking.decompress(body, limit + 1)
    except zlib.error as error:
        raise BadRequest(f"The body is not valid {encoding}, which its Content-Encoding names") from error
    if len(found) > limit:
        raise BadRequest(f"The unpacked request body is larger than {limit} bytes")
    if not unpacking.eof:
        raise BadRequest(f"The {encoding} body is cut off")
    return found
