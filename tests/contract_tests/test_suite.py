"""A run: how it opens, how it judges a law, and what it reports at the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from contract_tests.client.errors import UnreachableError
from contract_tests.fuzzing.selected import lifecycle_selected, selected_operations
from contract_tests.laws.law import Law
from contract_tests.report import Summary
from contract_tests.run.law_runner import NEEDS, is_selected, judge_law, rule_names
from contract_tests.run.suite import CouldNotRunError, Suite
from contract_tests.scene.expectations import Broken, NotJudged
from contract_tests.settings.settings import Settings
from contract_tests.verdict.checks import ALWAYS_RESPONDS, PARTS
from contract_tests.verdict.findings import Kind
from tests.contract_tests.builders import TOKEN, exchange
from tests.contract_tests.little_server import LittleServer, LittleWorld, Received, Reply

SIGN_IN = {"email": "a@b.example", "password": "a-password-that-is-secret"}
GIVEN = "a-token-that-a-sign-in-gave"


def suite_at(server: LittleServer, **settings: Any) -> Suite:
    return Suite(Settings(base_url=server.url, **{"token": TOKEN, **settings}))


def signing_in(server: LittleServer, reply: Reply, world: LittleWorld) -> None:
    server.answer = lambda request: reply if request.path == "/auth/login" else world(request)


def a_law(*outcomes: Exception | None, **fields: Any) -> Law:
    """A law that comes out like this, time after time."""
    left = iter(outcomes)

    def body(_: object) -> None:
        outcome = next(left)
        if outcome is not None:
            raise outcome

    usual: dict[str, Any] = {
        "name": "a_law",
        "basis": "documented",
        "operations": ("listDeals",),
        "body": body,
    }
    return Law(**{**usual, **fields})


# How it opens


def test_signing_in_gives_the_token_and_is_judged(server: LittleServer) -> None:
    signing_in(server, Reply(body={"success": True, "token": GIVEN}), LittleWorld(GIVEN))
    suite = suite_at(server, token=None, **SIGN_IN)
    suite.open()

    assert suite.client.people["me"] == GIVEN
    assert {f.operation for f in suite.recorder.findings} >= {"login"}  # there is no `user`
    assert GIVEN not in repr(suite.recorder.findings)


def test_a_sign_in_without_a_token_is_a_violation_if_the_run_can_go_on(server: LittleServer) -> None:
    signing_in(server, Reply(body={"success": True}), LittleWorld(TOKEN))
    suite = suite_at(server, **SIGN_IN)
    suite.open()

    assert "body.token and user are present" in {f.claim for f in suite.recorder.of(Kind.VIOLATION)}
    with pytest.raises(CouldNotRunError, match="returned 200 without a token"):
        suite_at(server, token=None, **SIGN_IN).open()


def test_read_only_does_not_sign_in(server: LittleServer) -> None:
    suite = suite_at(server, read_only=True, **SIGN_IN)
    suite.open()

    assert {each.method for each in server.received} == {"GET"}
    assert ("sign-in", "login") in {(f.rule, f.operation) for f in suite.recorder.of(Kind.NOT_JUDGED)}


def test_one_operation_that_fails_does_not_keep_the_run_from_judging_it(server: LittleServer) -> None:
    world = LittleWorld(TOKEN)

    def answer(request: Received) -> Reply:
        return Reply(500, {}) if request.path == "/deals/stages" else world(request)

    server.answer = answer
    suite = suite_at(server)
    suite.open()

    assert ("not_a_server_error", "listDealStages") in {
        (f.rule, f.operation) for f in suite.recorder.of(Kind.VIOLATION)
    }


def test_a_second_person_who_is_not_known_is_named(server: LittleServer) -> None:
    with pytest.raises(CouldNotRunError, match="the server rejected --other-token"):
        suite_at(server, other_token="nobody's").open()


# How a law is judged


def test_a_law_that_is_broken_twice_is_a_finding(server: LittleServer) -> None:
    suite = suite_at(server)
    judge_law(a_law(Broken("7 deals", "6 deals"), Broken("7 deals", "5 deals")), suite)

    (found,) = suite.recorder.findings
    assert (found.kind, found.rule, found.claim) == (Kind.VIOLATION, "a_law", "a law")
    assert (found.basis, found.expected, found.received) == ("documented", "7 deals", "5 deals")


def test_a_law_that_rests_on_our_guess_is_drift(server: LittleServer) -> None:
    suite = suite_at(server)
    judge_law(a_law(Broken("a", "b"), Broken("a", "b"), drift=True), suite)

    assert [f.kind for f in suite.recorder.findings] == [Kind.DRIFT]


def test_a_law_that_holds_on_a_fresh_reading_is_only_remarked_upon(server: LittleServer) -> None:
    suite = suite_at(server)
    judge_law(a_law(Broken("a", "b"), None), suite)

    assert suite.recorder.findings == []
    assert "a_law failed once and passed" in suite.recorder.remarks[0]


@pytest.mark.parametrize("need", list(NEEDS))
def test_a_law_whose_needs_are_not_met_is_not_judged(need: str, server: LittleServer) -> None:
    suite = suite_at(server, read_only=True)
    judge_law(a_law(needs=(need,)), suite)

    (found,) = suite.recorder.findings
    assert (found.kind, found.reason) == (Kind.NOT_JUDGED, NEEDS[need][1])


def test_a_law_that_cannot_be_judged_says_why(server: LittleServer) -> None:
    suite = suite_at(server)
    judge_law(a_law(NotJudged("no deals")), suite)

    assert [(f.kind, f.reason) for f in suite.recorder.findings] == [(Kind.NOT_JUDGED, "no deals")]


def test_a_server_that_breaks_the_connection_and_lives_is_in_the_wrong(server: LittleServer) -> None:
    suite = suite_at(server)
    judge_law(a_law(UnreachableError("closed"), UnreachableError("closed")), suite)

    assert [f.claim for f in suite.recorder.of(Kind.VIOLATION)] == [ALWAYS_RESPONDS]


def test_a_server_that_is_gone_ends_the_run(server: LittleServer) -> None:
    suite = suite_at(server)
    server.shutdown()
    server.server_close()
    judge_law(a_law(UnreachableError("closed"), UnreachableError("closed")), suite)

    assert suite.recorder.of(Kind.VIOLATION) == []
    assert suite.exit_status == 2
    assert "the server stopped responding" in Summary.of(suite).closing


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, True),
        ({"only": ("a_law",)}, True),
        ({"only": ("getDeal",)}, True),
        ({"only": ("Tasks",)}, False),
        ({"skip": ("getDeal",)}, True),  # it is about another operation, too
        ({"skip": ("Deals",)}, False),
        ({"skip": ("a_law",)}, False),
        ({"only": ("laws",)}, True),
        ({"skip": ("laws",)}, False),
        ({"only": ("lifecycle",)}, False),
    ],
)
def test_laws_are_chosen_by_name_operation_and_tag(
    settings: dict[str, Any], expected: bool, server: LittleServer
) -> None:
    told = Settings(base_url=server.url, token=TOKEN, **settings)
    law = a_law(operations=("listDeals", "getDeal"))

    assert is_selected(law, Suite(told, rules=("a_law", *PARTS))) == expected


@pytest.mark.parametrize(
    ("settings", "conformance", "lifecycle"),
    [
        ({}, True, True),
        ({"only": ("conformance",)}, True, False),
        ({"only": ("lifecycle",)}, False, True),
        ({"only": ("laws",)}, False, False),
        ({"skip": ("conformance",)}, False, True),
        ({"skip": ("lifecycle",)}, True, False),
        ({"only": ("status_code_conformance",)}, True, False),
        ({"only": ("created_deals_can_be_read",)}, False, True),
    ],
)
def test_random_requests_and_link_sequences_are_sent_only_if_selected(
    settings: dict[str, Any], conformance: bool, lifecycle: bool, server: LittleServer
) -> None:
    suite = Suite(Settings(base_url=server.url, token=TOKEN, **settings), rules=rule_names())

    assert (bool(selected_operations(suite)), bool(lifecycle_selected(suite))) == (conformance, lifecycle)


@pytest.mark.parametrize("part", PARTS)
def test_an_answer_is_judged_whichever_part_asked(part: str, server: LittleServer) -> None:
    suite = Suite(Settings(base_url=server.url, token=TOKEN, only=(part,)), rules=rule_names())
    suite.recorder.observe(exchange(500, b"{}"))

    assert "not_a_server_error" in {found.rule for found in suite.recorder.findings}


# What it reports at the end


def _lose(suite: Suite) -> None:
    suite.crashed("test_law", RuntimeError(f"a mistake with {TOKEN}"))


@pytest.mark.parametrize(
    ("happens", "settings", "status", "closing"),
    [
        (lambda suite: None, {}, 0, "Conforms: 0 violations"),
        (
            lambda suite: None,
            {"only": ("Deals",)},
            0,
            "Conforms (partial run: --only): 0 violations",
        ),
        (Suite.interrupt, {}, 2, "Interrupted: "),
        (_lose, {}, 2, "Could not run to completion (internal error in test_law): "),
    ],
)
def test_the_closing_line_is_the_verdict(
    happens: Callable[[Suite], None],
    settings: dict[str, Any],
    status: int,
    closing: str,
    server: LittleServer,
) -> None:
    suite = suite_at(server, **settings)
    happens(suite)
    summary = Summary.of(suite)

    assert summary.exit_status == status
    assert summary.closing.startswith(closing)
    assert TOKEN not in repr(summary)
