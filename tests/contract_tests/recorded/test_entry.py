"""One entry of a HAR file, however it is written."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contract_tests.recorded.entry import Entry, header
from tests.contract_tests.recorded.har_files import API, EXPORTERS, Call, Node, chrome, firefox

FORM = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="deals.csv"\r\n'
    b"Content-Type: text/csv\r\n\r\nname,value\r\n--x--\r\n"
)


def entry(node: Any, directory: Path = Path()) -> Entry:
    return Entry(7, node, directory)


def response(**fields: Any) -> Entry:
    """An entry whose response has this content."""
    headers = fields.pop("headers", [])
    return entry({"response": {"status": 200, "headers": headers, "content": fields}})


@pytest.mark.parametrize("exporter", EXPORTERS, ids=lambda each: each.__name__)
def test_every_exporter_is_understood(exporter: Callable[[Call], Node]) -> None:
    call = Call("POST", f"{API}/deals", 201, '{"name": "Zoë"}'.encode(), request_body=b'{"name": "Acme"}')
    found = entry(exporter(call))

    assert (found.method, found.url, found.status, found.body) == ("POST", call.url, 201, call.body)
    assert (found.request_body, found.request_type) == (call.request_body, "application/json")
    assert header(found.headers, "content-type") == "application/json"
    assert not any(name.startswith(":") for name, _ in (*found.headers, *found.request_headers))
    assert found.started.startswith("2026-11-26T09:30:00")
    assert found.seconds in (0.0, 0.0125)
    assert not found.replayed


@pytest.mark.parametrize(
    "node", [None, 7, [], {}, {"request": 1, "response": []}, {"response": {"content": 5}}]
)
def test_an_entry_that_is_nothing_of_the_kind_is_empty(node: Any) -> None:
    found = entry(node)

    assert (found.method, found.url, found.status, found.body) == ("", "", 0, None)
    assert (found.started, found.seconds, found.request_body, found.files()) == ("", 0.0, None, {})


@pytest.mark.parametrize("date", ["yesterday", "2026-11-26T09:30:00Z\nrm -rf ~", "2026-11-26", None, 17])
def test_what_is_no_date_is_not_repeated(date: Any) -> None:
    assert entry({"startedDateTime": date}).started == ""


# Bodies


@pytest.mark.parametrize(
    ("content", "body"),
    [
        ({"text": "", "size": 0}, b""),
        ({"text": "", "size": -1}, b""),
        ({"text": "", "size": 12}, None),  # Chrome has forgotten it
        ({"size": 12}, None),
        ({"size": 0}, None),
        ({"text": None, "size": 0}, None),  # mitmproxy streamed it
        ({"text": "%%%", "encoding": "base64", "size": 3}, None),
        ({"text": "e30=", "encoding": "BASE64", "size": 2}, b"{}"),
        ({"text": "\ud800", "size": 1}, b"?"),  # a character that was cut in half
        ({"text": "{}", "size": "2"}, b"{}"),
        ({"comment": "Response bodies are not included.", "size": 2}, None),
    ],
)
def test_a_body_is_as_recorded_or_not_at_all(content: Node, body: bytes | None) -> None:
    assert response(**content).body == body


@pytest.mark.parametrize("encoding", ["br", "gzip", "zstd"])
def test_a_decoded_body_is_taken_as_it_is(encoding: str) -> None:
    headers = [{"name": "content-encoding", "value": encoding}]

    assert response(text='{"name": "Zoë"}', size=17, headers=headers).body == '{"name": "Zoë"}'.encode()


@pytest.mark.parametrize(
    ("encoding", "packed", "body"),
    [
        ("gzip", gzip.compress(b"{}", mtime=0), b"{}"),
        ("gzip", gzip.compress(b"{}", mtime=0)[:-5], None),
        ("br", b"\x8b\x00\x80{}\x03", None),  # nothing here can unpack it
    ],
)
def test_a_body_that_is_still_packed_is_unpacked_or_missing(
    encoding: str, packed: bytes, body: bytes | None
) -> None:
    text = base64.b64encode(packed).decode("ascii")
    headers = [{"name": "Content-Encoding", "value": encoding}]

    assert response(text=text, encoding="base64", size=len(packed), headers=headers).body == body


def test_a_body_beside_the_file_is_read_but_none_from_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "abc.json").write_bytes(b"{}")
    (tmp_path / "outside.json").write_bytes(b"{}")

    def body(name: str) -> bytes | None:
        return entry({"response": {"content": {"_file": name}}}, tmp_path / "inside").body

    assert body("abc.json") == b"{}"
    assert [body("gone.json"), body("../outside.json"), body(str(tmp_path / "outside.json"))] == [None] * 3


# Requests


def test_a_form_is_put_together_from_its_parameters() -> None:
    params = [{"name": "name", "value": "Zoë & Co"}, {"name": "tags", "value": ""}]
    data = {"mimeType": "application/x-www-form-urlencoded", "params": params}

    assert entry({"request": {"postData": data}}).request_body == b"name=Zo%C3%AB+%26+Co&tags="


@pytest.mark.parametrize(
    "data",
    [
        {"text": FORM.decode(), "mimeType": "multipart/form-data; boundary=x"},
        {
            "params": [
                {"name": "file", "fileName": "deals.csv", "contentType": "text/csv", "value": "name,value"}
            ],
            "mimeType": "multipart/form-data",
        },
    ],
)
def test_an_uploaded_file_is_found(data: Node) -> None:
    found = entry({"request": {"postData": data}}).files()

    assert found == {"file": ("deals.csv", b"name,value", "text/csv")}


# Responses of nobody


@pytest.mark.parametrize(
    "extra",
    [
        {"_fromCache": "disk"},
        {"_fromCache": "memory"},
        {"_fetchType": "Disk Cache"},
        {"_fetchType": "Service Worker"},
        {"_fetchType": "Inspector Override"},
        {"_wasFulfilled": True},
    ],
)
def test_what_did_not_come_from_the_server_is_recognized(extra: Node) -> None:
    assert entry({**firefox(Call()), **extra}).replayed


def test_what_a_service_worker_returned_is_recognized() -> None:
    node = chrome(Call())
    node["response"]["_fetchedViaServiceWorker"] = True

    assert entry(node).replayed
