"""What every request carries: the headers that were given, and the ids of the run and of the case."""

from __future__ import annotations

import threading

import pytest

from contract_tests.client.exchange import Exchange
from contract_tests.settings.settings import SettingsError, gather
from tests.contract_tests.builders import TOKEN, exchange, target
from tests.contract_tests.little_server import LittleServer, LittleWorld
from tests.contract_tests.openings import opened

pytestmark = pytest.mark.usefixtures("own_environment")


def test_given_headers_go_with_every_request_and_are_shown_to_nobody(
    server: LittleServer, world: LittleWorld
) -> None:
    suite = opened(server.url, headers=(("X-Api-Key", "a-key-that-is-secret"), ("User-Agent", "allowed/1")))
    seen: list[Exchange] = []
    suite.client.observers.append(seen.append)
    suite.client.call("createDeal", json={"name": "dc one", "stage_id": 1})
    suite.close()

    assert {each.headers.get("x-api-key") for each in server.received} == {"a-key-that-is-secret"}
    assert {each.headers.get("user-agent") for each in server.received} == {"allowed/1"}
    assert "a-key-that-is-secret" not in repr(seen) + repr(suite.settings)
    assert '-H "X-Api-Key: $X_API_KEY"' in seen[0].curl()
    assert suite.client.redact("it says a-key-that-is-secret") == "it says $X_API_KEY"


@pytest.mark.parametrize("name", ["Authorization", "content-type", "Content-Length", "X-Deals-Contract"])
def test_a_header_that_each_request_has_of_its_own_cannot_be_given(name: str) -> None:
    with pytest.raises(SettingsError, match=f"--header cannot set {name}"):
        gather({"base_url": "http://there/api", "token": TOKEN, "header": [f"{name}=x"],
                "headers": [f"{name}=x"]}, {})  # fmt: skip


def test_every_request_says_from_which_run_and_case_it_comes(server: LittleServer) -> None:
    asked = target(server.url)
    with asked.case("a_law[not a JWT]"):
        assert asked.call("listDeals").case == "a_law[not a JWT]"
        with asked.case("größer ✓"):
            asked.call("listDeals")
        asked.call("listDeals")
    made = asked.call("listDeals")

    assert [each.headers["x-deals-contract"] for each in server.received] == [
        "dc-abc123 a_law[not a JWT]", "dc-abc123 gr?er ?", "dc-abc123 a_law[not a JWT]", "dc-abc123",
    ]  # fmt: skip
    assert all(each.headers["user-agent"].startswith("deals-contract/") for each in server.received)
    assert "X-Deals-Contract" not in made.curl()
    assert made.sent_at.tzinfo is not None


def test_a_case_holds_for_threads_that_it_starts(server: LittleServer) -> None:
    asked = target(server.url)
    with asked.case("a law"):
        thread = threading.Thread(target=asked.call, args=("listDeals",))
        thread.start()
        thread.join()

    assert server.received[0].headers["x-deals-contract"] == "dc-abc123 a law"


def test_a_curl_line_names_the_headers_that_were_given() -> None:
    assert '-H "X-Api-Key: $X_API_KEY"' in exchange(secret_headers=("X-Api-Key",)).curl()
