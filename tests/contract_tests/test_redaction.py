"""Secrets are replaced wherever they are secrets, and nowhere else."""

from __future__ import annotations

import pytest

from contract_tests.client.redaction import Secrets

LONG = "an-opaque-token-of-some-length"


@pytest.mark.parametrize(
    ("token", "text", "shown"),
    [
        ("x", "--max-time, -x and x", "--max-time, -x and x"),
        ("x", "Authorization: Bearer x", "Authorization: Bearer $TOKEN"),
        ("x", "curl -H 'authorization: bearer x' there", "curl -H 'authorization: bearer $TOKEN' there"),
        ("x", '{"token": "x", "x": "xx"}', '{"token": "$TOKEN", "x": "xx"}'),
        ("x", '{"token":"x"}', '{"token":"$TOKEN"}'),
        ("deals", "listDeals of deals at /deals", "listDeals of deals at /deals"),
        ("deals", '{"token": "deals"}', '{"token": "$TOKEN"}'),
        ("a1b2c3", "the token a1b2c3 is not a1b2c3d4", "the token $TOKEN is not a1b2c3d4"),
        ("a1b2c3", "a1b2c3-4 4-a1b2c3 (a1b2c3)", "a1b2c3-4 4-a1b2c3 ($TOKEN)"),
        (LONG, f"x{LONG}x", "x$TOKENx"),
        ("abcdefghijklmnop", "abcdefghijklmnop abcdefghijklmnopq", "$TOKEN abcdefghijklmnopq"),
    ],
)
def test_a_token_is_replaced_where_it_is_one(token: str, text: str, shown: str) -> None:
    assert Secrets({"me": token}, None).redact(text) == shown


@pytest.mark.parametrize(
    ("value", "text", "shown"),
    [
        ("k", "X-Api-Key: k, and k", "X-Api-Key: $X_API_KEY, and k"),
        ("k", "x-api-key:k", "x-api-key:$X_API_KEY"),
        (LONG, f"invalid key {LONG}", "invalid key $X_API_KEY"),
        ("a b/c", "a%20b%2Fc", "$X_API_KEY"),
    ],
)
def test_the_value_of_a_header_is_replaced_by_a_variable(value: str, text: str, shown: str) -> None:
    assert Secrets({}, None, [("X-Api-Key", value)]).redact(text) == shown


@pytest.mark.parametrize(
    ("password", "text", "shown"),
    [
        ("password", '{"password": "password"}', '{"password": "$PASSWORD"}'),
        ("pa55word", "not pa55word", "not $PASSWORD"),
        ('a"b\\c9999', r'{"password": "a\"b\\c9999"}', '{"password": "$PASSWORD"}'),
    ],
)
def test_a_password_is_replaced(password: str, text: str, shown: str) -> None:
    assert Secrets({}, password).redact(text) == shown


def test_the_password_of_a_proxy_is_replaced() -> None:
    assert (
        Secrets({}, None, proxy_password="hunter2x").redact("http://a:hunter2x@p")
        == "http://a:$PROXY_PASSWORD@p"
    )
