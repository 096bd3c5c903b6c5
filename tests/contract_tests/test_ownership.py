"""A run changes and deletes only what it has made, even if a create answers with the id of something else."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contract_tests.client.errors import NotOwnError
from contract_tests.client.exchange import Exchange
from contract_tests.client.ownership import Ownership
from contract_tests.laws import all_laws
from contract_tests.run.law_runner import judge_law
from mock_server.testing import running_mock
from tests.contract_tests.builders import CONTRACT, exchange
from tests.contract_tests.mock_target import mock_people
from tests.contract_tests.runs import conformance, run_against, violations

RUN = "dc-abc123"
WRITERS = ("createDeal", "updateDeal", "deleteDeal", "moveDealToStage")


@pytest.fixture
def ownership() -> Ownership:
    return Ownership(RUN)


def list_of(*records: dict[str, Any]) -> Exchange:
    return exchange(body=json.dumps({"data": records}).encode())


def create(id: int, name: str | None = None, *, later: float = 1.0) -> Exchange:
    shown = {"id": id} if name is None else {"id": id, "name": name}
    return exchange(
        201,
        json.dumps({"data": shown}).encode(),
        method="POST",
        operation_id="createDeal",
        request_body=json.dumps({"name": f"Deal {RUN}t1e"}).encode(),
        sent_at=datetime.now(UTC) + timedelta(seconds=later),
    )


def update(ownership: Ownership, id: int) -> None:
    ownership.check(CONTRACT.operations["updateDeal"], f"/deals/{id}")


def test_a_deal_that_was_there_before_is_not_changed(ownership: Ownership) -> None:
    ownership.learn_from(list_of({"id": 7, "name": "Acme"}))
    ownership.learn_from(create(7))

    with pytest.raises(NotOwnError, match="deal 7 was not made by this run"):
        update(ownership, 7)
    assert not ownership.is_own("deal", 7)


def test_what_the_user_has_named_may_be_changed(ownership: Ownership) -> None:
    ownership.learn_from(list_of({"id": 7, "name": "Acme"}))
    ownership.allow("deal", 7)
    ownership.learn_from(list_of({"id": 7, "name": "Acme"}))

    update(ownership, 7)


def test_it_may_still_be_read(ownership: Ownership) -> None:
    ownership.learn_from(list_of({"id": 7, "name": "Acme"}))

    ownership.check(CONTRACT.operations["getDeal"], "/deals/7")


def test_a_new_deal_is_changed_whatever_a_list_shows_later(ownership: Ownership) -> None:
    ownership.learn_from(create(8))
    ownership.learn_from(list_of({"id": 8, "name": "renamed"}))

    update(ownership, 8)


def test_a_list_may_show_a_new_deal_before_its_create_has_ended(ownership: Ownership) -> None:
    ownership.learn_from(list_of({"id": 8, "name": "no name of a run"}))
    ownership.learn_from(create(8, later=-1.0))

    update(ownership, 8)


def test_an_id_may_be_used_again_after_a_deletion(ownership: Ownership) -> None:
    ownership.learn_from(list_of({"id": 8, "name": "Deal dc-ffffff of another run"}))
    ownership.learn_from(create(8, f"Deal {RUN}t1e"))

    update(ownership, 8)


def test_what_has_the_runs_name_is_its_own(ownership: Ownership) -> None:
    ownership.learn_from(list_of({"id": 8, "name": "Acme"}))
    ownership.learn_from(list_of({"id": 8, "name": f"Imported {RUN}t1e"}))

    update(ownership, 8)


@pytest.mark.parametrize(
    ("shown", "own"),
    [
        ("Acme", False),
        (f"DEAL {RUN.upper()}T1E", True),
        (f"&quot;{RUN}t1e", True),
        (f"Deal {RUN[:5]}", True),  # cut off
        ("Deal", False),  # so may another's be called
        ("", True),
    ],
)
def test_a_create_that_shows_anothers_name_has_not_made_it(
    shown: str, own: bool, ownership: Ownership
) -> None:
    ownership.learn_from(create(9, shown))

    assert ownership.is_own("deal", 9) == own


def test_the_first_create_is_compared_with_what_a_read_shows(ownership: Ownership) -> None:
    made = create(9)
    ownership.learn_from(made)

    assert ownership.reader_of(made) == "getDeal"
    ownership.compare(made, exchange(body=b'{"data": {"id": 9, "name": "Acme"}}', operation_id="getDeal"))
    assert not ownership.is_own("deal", 9)
    assert ownership.reader_of(create(10)) == ""

    ownership.learn_from(create(9, f"Deal {RUN}t2e"))
    assert not ownership.is_own("deal", 9)


@pytest.mark.parametrize("defect", ["create-returns-another-deal", "create-returns-the-id-of-another-deal"])
def test_a_server_whose_creates_answer_with_another_deal_loses_nothing(defect: str) -> None:
    with running_mock(deals=20, seed=42, mutation=defect) as mock:
        before = {deal.id: deal for deal in mock.world.deals}
        with run_against(mock.api_url, **mock_people()) as suite:
            for law in all_laws(CONTRACT):
                if law.operations[0] in WRITERS:
                    judge_law(law, suite)
            conformance(suite, "createDeal", "updateDeal", "deleteDeal", examples=3)
        after = {deal.id: deal for deal in mock.world.deals}
    assert {id: after.get(id) for id in before} == before
    assert set(after) == set(before)
    assert "a_created_deal_reads_back_as_sent" in {finding.rule for finding in violations(suite)}
