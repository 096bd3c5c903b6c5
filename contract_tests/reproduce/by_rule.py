"""Judges one law on a server, for scripts whose steps cannot judge by themselves."""

from __future__ import annotations

import os
import secrets
import sys
from typing import Final

from contract_tests.client.cleanup import clean_up
from contract_tests.client.client import Client
from contract_tests.client.errors import NoResponseError
from contract_tests.client.exchange import Exchange
from contract_tests.laws import all_laws
from contract_tests.scene.expectations import Broken, NotJudged
from contract_tests.scene.scene import Scene
from contract_tests.settings.settings import Settings
from deals_spec import Contract

SHOWS: Final = 1
DOES_NOT_SHOW: Final = 0
COULD_NOT_RUN: Final = 2


def show(law_id: str, base_url: str) -> int:
    """Judge the law with the tokens in the environment; returns the exit status of the script."""
    client = _client(base_url)
    law = next((law for law in all_laws(client.contract) if law.id == law_id), None)
    if law is None:
        return _could_not_run(f"this version of deals-contract has no rule {law_id}")
    client.observers.append(_say)
    try:
        law.judge(Scene(client))
    except Broken as broken:
        print(f"The fault shows: expected {broken.expected}; received {broken.received}")
        return SHOWS
    except (NotJudged, NoResponseError) as error:
        return _could_not_run(str(error))
    finally:
        for left in clean_up(client):
            print(f"not cleaned up: {left}", file=sys.stderr)
    print("The fault does not show.")
    return DOES_NOT_SHOW


def _client(base_url: str) -> Client:
    get = os.environ.get
    settings = Settings(
        base_url=get("BASE_URL", base_url),
        token=get("TOKEN"),
        admin_token=get("ADMIN_TOKEN", get("TOKEN")),
        other_token=get("OTHER_TOKEN"),
        expired_token=get("EXPIRED_TOKEN"),
        email=get("EMAIL"),
        password=get("PASSWORD"),
    )
    return Client(settings, Contract.load(), f"dc-{secrets.token_hex(3)}")


def _say(exchange: Exchange) -> None:
    print(f"{exchange.method} {exchange.path}: {exchange.status}")


def _could_not_run(reason: str) -> int:
    print(f"could not run: {reason}", file=sys.stderr)
    return COULD_NOT_RUN
