"""What the client does, against a mock with a world for each test: `pytest -n 4` works, too."""

from __future__ import annotations

import httpx
import pytest

ACME = 10  # the deal of the documentation: always there


@pytest.mark.parametrize("name", ["Acme", "Acme – دعم سنوي", "a" * 255])
def test_a_deal_is_renamed_and_nothing_else(client, deals_mock, name):
    client.rename(ACME, name)
    assert deals_mock.world.deals[ACME].name == name
    [step] = httpx.get(f"{deals_mock.control_url}/history").json()["data"]
    [change] = step["changes"]
    assert change["after"].keys() == {"name", "updated_at"}


def test_each_test_begins_with_all_deals(client, deals_mock):
    assert len(deals_mock.world.deals) == 100
    client.delete(ACME)
    assert len(deals_mock.world.deals) == 99


def test_a_server_without_time_is_asked_again(client, control):
    control("/faults", operation="updateDeal", status=503, times=2)
    client.rename(ACME, "Third time lucky")
    assert control("/journal/count", operation="updateDeal", status=503) == {"count": 2}
    assert control("/journal/count", operation="updateDeal", status=200) == {"count": 1}


def test_but_not_for_ever(client, control):
    control("/faults", operation="updateDeal", status=503)
    with pytest.raises(httpx.HTTPStatusError, match="503"):
        client.rename(ACME, "Never")
    assert control("/journal/count", operation="updateDeal") == {"count": 3}


def test_a_deal_that_nobody_cares_for_is_at_risk_a_month_later(client, control):
    assert ACME not in client.at_risk()
    control("/clock/advance", days=29)
    assert ACME in client.at_risk()


def test_a_deletion_can_be_taken_back(client, control, deals_mock):
    client.delete(ACME)
    control("/undo")
    assert ACME in deals_mock.world.deals
