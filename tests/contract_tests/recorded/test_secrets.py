"""No secret of recorded traffic reaches a report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contract_tests.cli import main
from contract_tests.recorded.entry import Entry
from contract_tests.recorded.private_fields import body_without_secrets, secrets_of, without_secrets
from tests.contract_tests.recorded.har_files import API, Call, firefox, named, saved

PASSWORD, TOKEN, COOKIE, KEY = (
    "hunter2",
    "an-opaque-token-0815",
    "session-cookie-4711",
    "gateway-key-1234",
)
SIGNED = "a-signed-download-99"
SECRETS = (PASSWORD, TOKEN, COOKIE, KEY, SIGNED)


def test_no_report_shows_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    echo = json.dumps(
        {"success": 1, "message": f"headers: {TOKEN} {COOKIE} {KEY}", "sent": PASSWORD}
    ).encode()
    page = Call(url=f"{API}/deals?page=1&access_token={SIGNED}", status=500, body=echo, token=TOKEN)
    answer = json.dumps({"success": 1, "token": TOKEN, "data": PASSWORD}).encode()
    sent = json.dumps({"email": "a@b.example", "password": PASSWORD}).encode()
    login = Call("POST", f"{API}/auth/login", 200, answer, request_body=sent, token=TOKEN)
    entries = [firefox(page), firefox(login)]
    for entry in entries:
        entry["request"]["headers"] += named(Cookie=f"lang=en; sid={COOKIE}", X_Api_Key=KEY)
        entry["response"]["headers"] += named(Set_Cookie=f"sid={COOKIE}; Path=/; HttpOnly")
    code = main(["--har", str(saved(Path("traffic.har"), *entries)), "--report-dir", "out"])
    out, err = capsys.readouterr()

    assert (code, err) == (1, "")
    for text in (out, *(path.read_text("utf-8") for path in Path("out").rglob("*") if path.is_file())):
        assert [secret for secret in SECRETS if secret in text] == []
    assert "access_token=$ACCESS_TOKEN" in out
    assert "headers: $TOKEN $COOKIE $X_API_KEY" in " ".join(out.split())  # wherever a line ends
    assert "$PASSWORD" in out


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"{API}/deals?page=1&search=a%20b", f"{API}/deals?page=1&search=a%20b"),
        (f"{API}/deals?API-Key=x&page=1#top", f"{API}/deals?API-Key=$API_KEY&page=1"),
        ("https://me:pw@crm.example:8443/api/deals", "https://crm.example:8443/api/deals"),
    ],
)
def test_an_address_keeps_no_secret(url: str, shown: str) -> None:
    assert without_secrets(url)[0] == shown


@pytest.mark.parametrize(
    ("body", "kind", "shown"),
    [
        (b'{"name":  "Acme"}', "application/json", b'{"name":  "Acme"}'),
        (b'{"a": [{"userPassword": "x"}], "b": 1}', "application/json",
         b'{"a": [{"userPassword": "$USERPASSWORD"}], "b": 1}'),
        (b"email=a%40b&password=x+y", "application/x-www-form-urlencoded",
         b"email=a%40b&password=$PASSWORD"),
        (b"password: x", "text/plain", b"(a body with a secret, left out)"),
        (None, "", None),
    ],
)  # fmt: skip
def test_a_body_keeps_no_secret(body: bytes | None, kind: str, shown: bytes | None) -> None:
    assert body_without_secrets(body, kind) == shown


@pytest.mark.parametrize(
    ("name", "value", "secrets"),
    [
        ("Authorization", f"Bearer {TOKEN}", [(TOKEN, "$TOKEN")]),
        ("authorization", TOKEN, [(TOKEN, "$TOKEN")]),
        ("Cookie", f"theme=dark; sid={COOKIE}", [(COOKIE, "$COOKIE")]),
        ("X-XSRF-TOKEN", KEY, [(KEY, "$X_XSRF_TOKEN")]),
        ("Accept", "application/json;q=0.9", []),
    ],
)
def test_secrets_are_found_by_the_names_of_headers(
    name: str, value: str, secrets: list[tuple[str, str]]
) -> None:
    node: dict[str, Any] = {"request": {"headers": [{"name": name, "value": value}]}}

    assert list(secrets_of(Entry(1, node, Path()))) == secrets
