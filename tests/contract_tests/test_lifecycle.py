"""Link sequences find deals that outlive their deletion, and created deals that cannot be read."""

from __future__ import annotations

from starlette.responses import Response

from contract_tests.verdict.checks import CREATED, DELETED
from tests.contract_tests import second_implementation as second
from tests.contract_tests.runs import lifecycle, run_against_app, verdicts, violations
from tests.contract_tests.second_bodies import Call, done
from tests.contract_tests.second_world import RefusedError


async def delete_nothing(call: Call) -> Response:
    assert call.deal
    return done()


async def get_no_new_deal(call: Call) -> Response:
    if call.key() > 1042:
        raise RefusedError(404, "Not yet")
    return await second.get_deal(call)


def test_a_deal_that_outlives_its_deletion_is_found() -> None:
    with run_against_app(second.second_implementation(delete_deal=delete_nothing)) as suite:
        lifecycle(suite)
    assert {finding.rule for finding in violations(suite)} == {DELETED}


def test_a_deal_that_was_made_and_is_not_there_is_found() -> None:
    with run_against_app(second.second_implementation(get_deal=get_no_new_deal)) as suite:
        lifecycle(suite)
    assert {finding.rule for finding in violations(suite)} == {CREATED}


def test_the_same_seed_gives_the_same_verdicts() -> None:
    found = []
    for _ in range(2):
        with run_against_app(seed=5) as suite:
            lifecycle(suite)
        found.append(verdicts(suite))
    assert found[0] == found[1]
