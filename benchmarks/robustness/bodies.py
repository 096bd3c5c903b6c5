"""Request bodies: JSON and CSV files, from plausible to broken, packed in every way."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Mapping
from random import Random
from typing import Any

from benchmarks.robustness import hostile
from benchmarks.robustness.known import Known
from benchmarks.robustness.wire import Header

BROKEN = (
    b"",
    b"{",
    b"null",
    b"[]",
    b'"text"',
    b"1",
    b"{}",
    b'{"name": "x", "stage_id": 1,}',
    b'{"name": "x", "stage_id": 1e400}',
    b'{"name": "x", "stage_id": 01}',
    b'{"name": "x", "value": NaN, "stage_id": 1}',
    b'{"name": "\xff\xfe", "stage_id": 1}',
    b'{"name": "\\ud83d", "stage_id": 1}',
    b'\xef\xbb\xbf{"name": "x", "stage_id": 1}',
    '{"name": "x", "stage_id": 1}'.encode("utf-16"),
    b"{'name': 'x'}",
    b'{"name": "x", "stage_id": 1} {}',
    b'{"name": "a\tb", "stage_id": 1}',
    b'{"__proto__": {"x": 1}, "name": "x", "stage_id": 1}',
    b"[" * 100_000,
    b'{"a":' * 2000 + b"1" + b"}" * 2000,
    b'{"name": "x", "stage_id": 1' + b"0" * 5000 + b"}",
    b"name=x&stage_id=1",
    b"\x00" * 100,
)
CONTENT_TYPES = (
    "application/json",
    "application/json; charset=utf-8",
    "Application/JSON",
    "application/json; charset=latin-1",
    "application/json; charset=\xff",
    "application/vnd.api+json",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=" + "b" * 300,
    "text/plain",
    "text/csv",
    "json",
    ";",
    "*/*",
    "",
)
COLUMNS = (
    *("name", "value", "stage_name", "probability", "expected_close_date", "company_name", "contact_name"),
    *("contact_email", "assigned_to_email", "notes", "tags", "closed_at"),
)
CELLS = (
    *("Acme Enterprise License", "Lead", "Proposal", "50000", "50.000", "1,5", "1e3", "60", "101", "-1"),
    *("2026-03-15", "15.03.2026", "03/04/2026", "Acme Corp", "Jane Smith", "rep@revorbit.example"),
    *('"quoted, with comma"', '"two\nlines"', '"open', '""', "'=1+1", "=cmd|' /C calc'!A0", "\x00", "\ufeff"),
)
BOUNDARY = "boundary0123456789"


def json_body(schema: Mapping[str, Any], random: Random, known: Known) -> bytes:
    """A JSON body for this schema: plausible, spoilt in one or two places, or broken."""
    kind = random.random()
    if kind < 0.08:
        return random.choice(BROKEN)
    if kind < 0.12:
        return as_json(hostile.anything(random))
    properties = schema["properties"]
    required = set(schema.get("required", ()))
    chosen = [name for name in properties if name in required or random.random() < 0.5]
    body = {name: _field(name, properties[name], random, known) for name in chosen}
    if kind < 0.6:
        _spoil(body, properties, random)
    content = as_json(body)
    if kind < 0.16 and body:  # the first name once more
        content = content[:-1] + b"," + as_json(dict([next(iter(body.items()))]))[1:]
    return content


def as_json(value: Any) -> bytes:
    """The value as JSON, or what looks like JSON if the value has none, such as NaN."""
    text = json.dumps(value, ensure_ascii=isinstance(value, str))
    return text.encode("utf-8", "surrogatepass")


def _field(name: str, schema: Mapping[str, Any], random: Random, known: Known) -> Any:
    if name == "order" and random.random() < 0.7:
        return random.sample(known.ids("stage"), len(known.ids("stage")))
    kind = known.kind_of(name)
    return known.pick(kind, random) if kind and random.random() < 0.9 else hostile.plausible(schema, random)


def _spoil(body: dict[str, Any], properties: Mapping[str, Any], random: Random) -> None:
    for _ in range(random.choice((1, 1, 2))):
        change = random.random()
        if change < 0.7:
            name = random.choice(list(properties))
            body[name] = hostile.for_type(properties[name].get("type"), random)
        elif change < 0.85 and body:
            body.pop(random.choice(list(body)))
        else:
            body[hostile.text(random)] = hostile.anything(random)
    if random.random() < 0.02:
        body |= {f"unknown {place}": place for place in range(2000)}


def csv_file(random: Random) -> bytes:
    """A CSV file of a few rows, with more or less damage."""
    if random.random() < 0.1:
        return random.choice(
            (b"", b"\x89PNG\r\n\x1a\n\x00\x00", b"\xff\xfe", b"PK\x03\x04", b"\n\n\n", b'"', b"sep=;\n")
        )
    separator = random.choice((",", ",", ",", ";", "\t", "|"))
    columns = ["name", "stage_name", *random.sample(COLUMNS[1:], random.randint(0, 5))]
    if random.random() < 0.3:
        columns.append(random.choice(("amount", "name", "", "=1+1", "x" * 300, *(",".join("abcdefgh") * 3,))))
    rows = [_row(columns, random) for _ in range(random.choice((1, 1, 2, 3, 10)))]
    if random.random() < 0.02:
        rows *= 300
    lines = [separator.join(columns), *(separator.join(row) for row in rows)]
    content = random.choice(("\n", "\r\n", "\n", "\r")).join(lines)
    return content.encode(random.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16")), "replace")


def _row(columns: list[str], random: Random) -> list[str]:
    good = {"name": f"Imported {random.randint(1, 99)}", "stage_name": "Lead", "value": "10.50"}
    wild = random.random() < 0.5
    cells = [
        random.choice(CELLS) if wild and random.random() < 0.3 else good.get(name, "") for name in columns
    ]
    if wild and random.random() < 0.2:
        cells[random.randrange(len(cells))] = hostile.text(random)[:300]
    return cells[: random.randint(0, len(cells))] if random.random() < 0.05 else cells


def multipart(random: Random) -> tuple[bytes, str]:
    """A multipart body with a CSV file, and its content type."""
    name = random.choice(("file",) * 8 + ("File", "file[]", "", "x"))
    filename = random.choice(("deals.csv",) * 4 + ("../../x.csv", "", "a\\b", "é.csv", "x" * 3000))
    parts = [f'name="{name}"; filename="{filename}"'] * random.choice((1, 1, 1, 1, 2))
    if random.random() < 0.05:
        parts = [random.choice(('name="file"', "", 'filename="x"', "name=file;" * 50))]
    if random.random() < 0.02:
        parts *= 1200
    content = csv_file(random)
    end = "" if random.random() < 0.03 else f"--{BOUNDARY}--\r\n"
    pieces = [
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; {part}\r\nContent-Type: text/csv\r\n\r\n".encode()
        + content[: 100_000 // len(parts)]
        + b"\r\n"
        for part in parts
    ]
    kind = f"multipart/form-data; boundary={BOUNDARY if random.random() < 0.97 else 'other'}"
    return b"".join(pieces) + end.encode(), kind


def packed(body: bytes, random: Random) -> tuple[bytes, tuple[Header, ...]]:
    """The body, sometimes compressed, and the header that says so, rightly or not."""
    kind = random.random()
    if kind < 0.9:
        return body, ()
    ways = (
        (gzip.compress(body, mtime=0), "gzip"),
        (gzip.compress(body, mtime=0)[:-4], "gzip"),
        (gzip.compress(b"\x00" * 20_000_000, mtime=0) if kind > 0.998 else body, "gzip"),
        (zlib.compress(body), "deflate"),
        (body, "br"),
        (body, "identity"),
        (gzip.compress(gzip.compress(body, mtime=0), mtime=0), "gzip, gzip"),
    )
    content, encoding = random.choice(ways)
    return content, (("Content-Encoding", encoding),)
