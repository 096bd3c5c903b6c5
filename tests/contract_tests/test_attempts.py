"""A law counts as broken only if others have no part in it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from contract_tests.laws.law import Law
from contract_tests.run import attempts as module
from contract_tests.run.attempts import ANOTHER_RUN, OTHERS_AT_WORK, Judgement, broken_for_sure
from contract_tests.run.suite import Suite
from contract_tests.scene import others
from contract_tests.scene.expectations import NotJudged, expect
from contract_tests.scene.scene import Scene
from tests.contract_tests.mock_target import mock_app, mock_people
from tests.contract_tests.runs import run_against
from tests.contract_tests.servers import serving


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSES", (0.0, 0.0))
    monkeypatch.setattr(others, "LEAST", 0.05)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(mock_app(deals=30)) as root:
        yield f"{root}/api"


@pytest.fixture
def suite(url: str) -> Iterator[Suite]:
    with run_against(url, **mock_people(email=None)) as suite:
        yield suite


def law(body: Callable[[Scene], None], *, of_all: bool = False, of_stages: bool = False) -> Law:
    return Law("a_law", "Words.", ("listDeals",), body, of_all=of_all, of_stages="set" if of_stages else "")


def outcome(suite: Suite, each: Law) -> Judgement:
    return broken_for_sure(each, suite.scene, suite.recorder)


def broken_times(count: int) -> Callable[[Scene], None]:
    """A law that is broken so many times, and then holds."""
    left = list(range(count))

    def body(s: Scene) -> None:
        s.api.page()
        expect(not left or left.pop() is None, "nothing", "something")

    return body


def test_a_law_that_holds_is_judged_once(suite: Suite) -> None:
    found = outcome(suite, law(broken_times(0)))
    assert (found.broken, found.attempts) == (None, 1)


def test_a_law_about_the_runs_own_deals_is_broken_if_it_is_broken_twice(suite: Suite) -> None:
    assert outcome(suite, law(broken_times(1))).broken is None
    found = outcome(suite, law(broken_times(2)))
    assert found.broken
    assert (found.attempts, len(found.trace)) == (2, 1)


@pytest.mark.parametrize("of_stages", [True, False])
def test_a_law_about_the_whole_list_or_all_stages_must_be_broken_three_times(
    suite: Suite, of_stages: bool
) -> None:
    each = {"of_stages": of_stages, "of_all": not of_stages}
    assert outcome(suite, law(broken_times(2), **each)).broken is None
    assert outcome(suite, law(broken_times(3), **each)).broken


def test_while_another_run_is_at_work_no_law_about_the_whole_list_is_broken(url: str, suite: Suite) -> None:
    with run_against(url, **mock_people(email=None)) as other:
        other.scene.make.deal()
        with pytest.raises(NotJudged, match=ANOTHER_RUN.format(other.run_id)):
            outcome(suite, law(broken_times(9), of_all=True))
        assert outcome(suite, law(broken_times(9))).broken


@contextmanager
def a_colleague(suite: Suite, work: Callable[[int], object]) -> Iterator[None]:
    """Somebody else who works on the server, without a run."""
    ended = threading.Event()

    def at_work() -> None:
        turn = 0
        while not ended.wait(0.02):
            turn += 1
            work(turn)

    thread = threading.Thread(target=at_work)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(10)


def test_while_a_colleague_changes_deals_no_law_about_the_whole_list_is_broken(suite: Suite) -> None:
    theirs, quiet = suite.scene.api.all_deals().records[0], suite.client.quiet()
    quiet.ownership.allow("deal", theirs["id"])

    def work(turn: int) -> None:
        body = {"name": theirs["name"], "stage_id": theirs["stage_id"], "value": turn}
        quiet.call("updateDeal", id=theirs["id"], json=body)

    with a_colleague(suite, work), pytest.raises(NotJudged, match=OTHERS_AT_WORK):
        outcome(suite, law(broken_times(99), of_all=True))


def test_while_a_colleague_renames_a_stage_no_law_about_all_stages_is_broken(suite: Suite) -> None:
    stage, quiet = suite.scene.api.stages()[2], suite.client.quiet()
    quiet.ownership.allow("stage", stage["id"])

    def work(turn: int) -> None:
        quiet.call("updatePipelineStage", id=stage["id"], json={"name": f"Renamed {turn}"})

    with a_colleague(suite, work), pytest.raises(NotJudged, match=OTHERS_AT_WORK):
        outcome(suite, law(broken_times(99), of_stages=True))


def test_what_the_run_itself_changes_meanwhile_is_not_taken_for_the_work_of_others(suite: Suite) -> None:
    worker = suite.scene.sibling()
    with a_colleague(suite, lambda _: worker.make.deal()):
        assert outcome(suite, law(broken_times(9), of_stages=True)).broken
