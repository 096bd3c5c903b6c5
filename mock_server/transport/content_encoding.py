"""Compressed request bodies: unpacked up to a limit, or refused by name."""

from __future__ import annotations

import zlib
from typing import Final

from mock_server.errors import BadRequest

AS_IT_IS: Final = ("", "identity")
MOST_MEMBERS: Final = 100  # a gzip body may have several (RFC 1952)
WINDOWS: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}  # zlib's `wbits`: its format, and 32 KB


def unpacked(body: bytes, encoding: str, limit: int) -> bytes:
    """The body without its Content-Encoding; raises BadRequest if it is unknown, wrong or too large."""
    encoding = encoding.strip().lower()
    if encoding in AS_IT_IS:
        return body
    if encoding not in WINDOWS:
        raise BadRequest(f"The Content-Encoding must be gzip or deflate, or none, not {encoding[:40]}")
    found, rest, members = b"", body, 0
    while rest or not members:
        members += 1
        if members > (1 if encoding == "deflate" else MOST_MEMBERS):
            raise BadRequest(f"The {encoding} body does not end where its data end")
        part, rest = _member(rest, encoding, limit + 1 - len(found))
        found += part
        if len(found) > limit:
            raise BadRequest(f"The unpacked request body is larger than {limit} bytes")
    return found


def _member(packed: bytes, encoding: str, most: int) -> tuple[bytes, bytes]:
    """What the first member of a body contains, up to a number of bytes, and what follows it."""
    unpacking = zlib.decompressobj(WINDOWS[encoding])
    try:
        found = unpacking.decompress(packed, most)
    except zlib.error as error:
        raise BadRequest(f"The body is not valid {encoding}, which its Content-Encoding names") from error
    if not unpacking.eof and len(found) < most:
        raise BadRequest(f"The {encoding} body is cut off")
    return found, unpacking.unused_data
