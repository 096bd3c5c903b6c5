"""HAR files: read one entry at a time, and refused in one line."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path

import pytest

from contract_tests.recorded.har import CHUNK, HarError, entries_of
from tests.contract_tests.recorded.har_files import Call, chrome, har, saved

ENTRY = json.dumps(chrome(Call()))


def test_entries_come_in_their_order_however_long_they_are(tmp_path: Path) -> None:
    lengths = [0, CHUNK, 10, 3 * CHUNK, 1]
    calls = [Call(body=b'"' + b"x" * length + b'"') for length in lengths]
    found = list(entries_of(saved(tmp_path / "a.har", *map(chrome, calls))))

    assert [entry.number for entry in found] == [1, 2, 3, 4, 5]
    assert [len(entry.body or b"") - 2 for entry in found] == lengths


def test_a_file_without_entries_has_none(tmp_path: Path) -> None:
    assert list(entries_of(saved(tmp_path / "a.har"))) == []


def test_a_byte_order_mark_and_control_characters_are_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "a.har"
    path.write_bytes(b'\xef\xbb\xbf{"log": {"entries": [{"request": {"method": "ge\tt"}}]}}')

    assert [entry.method for entry in entries_of(path)] == ["GE\tT"]


def test_large_files_need_little_memory(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.har", *(chrome(Call(body=b'"' + b"x" * 500_000 + b'"')) for _ in range(60)))
    tracemalloc.start()
    try:
        count = sum(1 for _ in entries_of(path))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert count == 60
    assert most < path.stat().st_size / 2


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "it is not a JSON object"),
        (b"<html>", "it is not a JSON object"),
        (b"[]", "it is not a JSON object"),
        (b'{"openapi": "3.0.3"}', "it has no `log.entries`"),
        (b'{"log": {"entries": {}}}', "it has no `log.entries`"),
        (b'{"log": {"entries": [', "its entries are broken or cut off"),
        (f'{{"log": {{"entries": [{ENTRY}, {ENTRY[:-9]}'.encode(), "its entries are broken or cut off"),
        (f'{{"log": {{"entries": [{ENTRY}, what]}}}}'.encode(), "its entries are broken or cut off"),
        (b'{"log": {"entries": [' + b"[" * 100_000, "is not a HAR file"),
        (json.dumps(har([])).encode("utf-16"), "it is not encoded in UTF-8"),
        (gzip.compress(json.dumps(har([])).encode(), mtime=0), "is compressed: unpack it first"),
        (b"PK\x03\x04", "is compressed: unpack it first"),
    ],
)
def test_a_broken_file_is_refused_in_one_line(content: bytes, complaint: str, tmp_path: Path) -> None:
    path = tmp_path / "a.har"
    path.write_bytes(content)

    with pytest.raises(HarError) as error:
        list(entries_of(path))
    assert complaint in str(error.value)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(HarError, match=r"cannot read .*gone\.har: No such file"):
        list(entries_of(tmp_path / "gone.har"))
