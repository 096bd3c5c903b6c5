"""What a run has left behind can be deleted later, by its id."""

from __future__ import annotations

from typing import Any

import pytest

from contract_tests.run.clean_up_later import clean_up_later
from contract_tests.run.suite import CouldNotRunError
from contract_tests.settings.settings import Settings
from tests.contract_tests.builders import TOKEN
from tests.contract_tests.little_server import LittleServer, LittleWorld, Reply

RUN = "dc-0a1b2c"


@pytest.fixture
def world() -> LittleWorld:
    world = LittleWorld(TOKEN)
    for id, name in (
        (1, f"Deal {RUN}t1e"),
        (2, "dc-ffffff other run"),
        (3, "Somebody's"),
        (4, f"{RUN}t9e x"),
    ):
        world.deals[id] = {"id": id, "name": name}
    world.stages[9] = {"id": 9, "name": f"Stage {RUN}t2e", "display_order": 9}
    return world


def settings(server: LittleServer, **changes: Any) -> Settings:
    return Settings(base_url=server.url, **{"token": TOKEN, **changes})


def test_everything_with_the_id_of_the_run_is_deleted_and_nothing_else(
    server: LittleServer, world: LittleWorld
) -> None:
    assert clean_up_later(settings(server), RUN) == []
    assert set(world.deals) == {2, 3}
    assert set(world.stages) == {1, 2, 3}


def test_what_is_still_left_is_said(server: LittleServer, world: LittleWorld) -> None:
    server.answer = lambda r: Reply(403, {}) if (r.method, r.path) == ("DELETE", "/deals/1") else world(r)

    assert clean_up_later(settings(server), RUN) == ["deal 1: DELETE /deals/1 returned 403"]


@pytest.mark.parametrize(
    "id", ["", "dc-", "dc", "d", "e", "%", "dc-0a1b2", "dc-0a1b2c3", "dc-0A1B2C", "dc-xyzxyz", f"{RUN} "]
)
def test_what_is_not_the_id_of_a_run_deletes_nothing(id: str, server: LittleServer) -> None:
    with pytest.raises(CouldNotRunError, match="is not the id of a run, such as dc-"):
        clean_up_later(settings(server), id)
    assert server.received == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"read_only": True}, "--read-only forbids deleting anything"),
        ({"skip": ("deleteDeal",)}, "--skip deleteDeal forbids cleaning up"),
        ({"token": "another-token-of-somebody"}, "access denied: .* returned 401 for the token"),
        ({"base_url": "http://127.0.0.1:9/api"}, "cannot reach the server"),
    ],
)
def test_a_clean_up_that_is_not_possible_is_told(
    changes: dict[str, Any], told: str, server: LittleServer
) -> None:
    with pytest.raises(CouldNotRunError, match=told):
        clean_up_later(Settings(**{"base_url": server.url, "token": TOKEN, **changes}), RUN)
    assert "DELETE" not in {each.method for each in server.received}
