"""Runs that share a server take turns at its stages, and know of each other."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from contract_tests.run.suite import Suite
from contract_tests.scene import turns as module
from contract_tests.scene.expectations import NotJudged
from contract_tests.scene.markers import AT_WORK, HAS, NAME, SILENT, Markers
from contract_tests.scene.turns import Workers
from tests.contract_tests.runs import run_against
from tests.contract_tests.second_implementation import second_implementation
from tests.contract_tests.servers import serving


@contextmanager
def runs(count: int, **settings: Any) -> Iterator[list[Suite]]:
    """Runs on one server."""
    with serving(second_implementation()) as root, ExitStack() as stack:
        yield [stack.enter_context(run_against(f"{root}/v2", **settings)) for _ in range(count)]


def take(suite: Suite) -> None:
    suite.scene.turns.take(suite.client)


def give_back(suite: Suite) -> None:
    suite.scene.turns.end_job(suite.client)
    suite.scene.turns.give_back()


def names(suite: Suite) -> list[str]:
    found = suite.client.call("listDeals", query={"scope": "company"}).data
    return [deal["name"] for deal in found if NAME.fullmatch(deal["name"])]


# Among runs


def test_two_runs_never_have_the_turn_at_the_same_time() -> None:
    inside: list[str] = []
    together: list[list[str]] = []

    def work(suite: Suite) -> None:
        for _ in range(4):
            take(suite)
            inside.append(suite.run_id)
            together.append(list(inside))
            time.sleep(0.01)
            inside.remove(suite.run_id)
            give_back(suite)

    with runs(3) as suites, ThreadPoolExecutor(3) as pool:
        list(pool.map(work, suites))
    assert len(together) == 12
    assert all(len(each) == 1 for each in together)


def test_a_run_that_waits_in_vain_is_told_for_whom(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    with runs(2) as (first, second):
        take(first)
        with pytest.raises(NotJudged, match=f"run {first.run_id} on the same server"):
            take(second)
        give_back(first)
        take(second)


def test_the_turn_is_taken_before_a_stage_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    with runs(2) as (first, second):
        first.scene.make.stage()
        with pytest.raises(NotJudged, match=first.run_id):
            second.scene.make.stage()


def test_a_run_announces_itself_before_its_first_write_and_leaves_no_trace() -> None:
    with serving(second_implementation()) as root, run_against(f"{root}/v2") as watcher:
        with run_against(f"{root}/v2") as suite:
            suite.scene.api.page()
            assert names(watcher) == []
            suite.scene.make.deal()
            (name,) = names(watcher)
            assert suite.run_id in name
            assert AT_WORK in name
        assert names(watcher) == []


def test_a_run_that_only_reads_makes_no_marker_but_sees_those_of_others() -> None:
    with runs(1) as (writer,), run_against(writer.settings.base_url, read_only=True) as reader:
        writer.scene.make.deal()
        take(reader)
        assert len(names(writer)) == 1
        assert reader.scene.turns.another_run() == writer.run_id


def test_what_the_user_skips_is_not_sent_for_a_marker() -> None:
    with runs(1, skip=("updateDeal",)) as (suite,):
        suite.scene.make.stage()
        assert names(suite) == []


def test_a_run_that_is_silent_for_long_is_taken_for_dead() -> None:
    now = 0.0
    with runs(2) as (dead, suite):
        take(dead)
        markers = Markers(suite.client, clock=lambda: now)
        assert [(each.run, each.state) for each in markers.others()] == [(dead.run_id, HAS)]
        now = SILENT + 1
        assert markers.others() == []
        dead.scene.turns.markers.show(HAS)
        assert [each.run for each in markers.others()] == [dead.run_id]


def test_a_server_whose_search_finds_nothing_has_no_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contract_tests.scene.markers.PAUSES", (0.01,))
    monkeypatch.setattr("contract_tests.scene.markers.WORD", "unfindable")
    with runs(2) as (first, second):
        take(first)
        take(second)
        assert not second.scene.turns.markers.usable


# Among the workers of a run


def test_a_worker_that_is_alone_with_the_stages_waits_for_the_others_and_they_for_it() -> None:
    workers, order = Workers(), list[str]()
    workers.enter(1, alone=False)
    workers.enter(2, alone=False)

    def alone() -> None:
        workers.enter(3, alone=True)
        order.append("alone")

    thread = threading.Thread(target=alone)
    thread.start()
    workers.leave(1)
    time.sleep(0.02)
    order.append("left")
    workers.leave(2)
    thread.join(5)
    assert order == ["left", "alone"]

    other = threading.Thread(target=lambda: (workers.enter(1, alone=False), order.append("other")))
    other.start()
    time.sleep(0.02)
    assert order == ["left", "alone"]
    workers.leave(3)
    other.join(5)
    assert order == ["left", "alone", "other"]


def test_the_order_of_the_stages_is_restored_after_each_job() -> None:
    with runs(1) as (suite,):
        before = [stage["id"] for stage in suite.scene.api.stages()]
        suite.client.call("reorderPipelineStages", json={"order": before[::-1]})
        assert [stage["id"] for stage in suite.scene.api.stages(fresh=True)] == before[::-1]
        suite.scene.turns.end_job(suite.client)
        assert [stage["id"] for stage in suite.scene.api.stages(fresh=True)] == before


# Which stages may be used


def test_a_stage_of_another_run_or_worker_is_neither_used_nor_judged() -> None:
    with runs(2) as (other, suite):
        foreign = other.scene.make.stage()
        give_back(other)
        worker = suite.scene.sibling()
        of_worker = worker.make.stage()
        mine = suite.scene.make.stage()
        usable = {stage["id"] for stage in suite.scene.make.usable_stages(fresh=True)}
        assert usable.isdisjoint({foreign, of_worker, mine})
        shown = {stage["id"] for stage in suite.scene.stages()}
        assert mine in shown
        assert shown.isdisjoint({foreign, of_worker})


def test_workers_share_the_sample_deals_and_the_stages_made_for_lack_of_others() -> None:
    with runs(1) as (suite,):
        worker = suite.scene.sibling()
        assert worker.samples is suite.scene.samples
        stages = [stage for stage in suite.scene.make.usable_stages() if stage["is_lost"]]
        extra = worker.make.stage_like(lost=True, place=len(stages))
        suite.scene.api.refresh()
        assert suite.scene.make.stage_like(lost=True, place=len(stages)) == extra
