"""`python -m benchmarks.speed` in small: it runs, says what it leaves out, and what it writes is whole."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.speed.__main__ import NO_WRK, main
from benchmarks.speed.contenders import Contender, SpeedError, running
from benchmarks.speed.curve import CREATE, READS, Point, bytes_per_deal
from benchmarks.speed.load import LOADS
from benchmarks.speed.plot import drawn
from benchmarks.speed.waiting import WORKS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")


def run(folder: Path, *options: str) -> dict[str, object]:
    small = ["--rounds", "1", "--seconds", "1", "--peers", str(folder / "nothing"), "--output", str(folder)]
    assert main([*small, *options]) == 0
    figures: dict[str, object] = json.loads((folder / "speed.json").read_text())
    return figures


@pytest.mark.skipif(shutil.which("wrk") is None, reason="needs wrk")
def test_missing_peers_are_skipped_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures = run(tmp_path, "--only", "peers")["peers"]
    assert isinstance(figures, dict)
    assert figures.keys() == {"deals-mock", "bare Flask, our server"}
    assert all(each["loads"].keys() == LOADS.keys() for each in figures.values())
    printed = capsys.readouterr().out
    for missing in ("bare Flask, granian", "Prism, static", "Mockoon"):
        assert f"{missing} is not installed: skipped" in printed
    assert (tmp_path / "speed.md").read_text() in printed


def test_without_wrk_no_peer_is_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run(tmp_path, "--only", "peers") == {}
    assert NO_WRK in capsys.readouterr().out


def test_the_curve_and_the_waiting_are_measured_in_each_world(tmp_path: Path) -> None:
    figures = run(tmp_path, "--only", "curve", "waiting", "--deals", "100", "60")
    curve, waiting = figures["curve"], figures["waiting"]
    assert isinstance(curve, dict)
    assert isinstance(waiting, dict)
    assert list(curve) == ["60", "100"]
    assert all(point["alone"].keys() == {*READS, CREATE} for point in curve.values())
    assert list(waiting) == list(WORKS)
    assert all(each["p99_ms"] > 0 for each in waiting.values())
    assert "| statistics (right after a write) |" in (tmp_path / "speed.md").read_text()
    ElementTree.parse(tmp_path / "curve.svg")


def test_the_plot_names_every_line() -> None:
    names = [*READS, CREATE]
    same, twice = dict.fromkeys(names, 1.0), dict.fromkeys(names, 2.0)
    points = [Point(deals, 1, 80, same, same, twice) for deals in (200, 1000)]
    texts = [element.text for element in ElementTree.fromstring(drawn(points)).iter() if element.text]
    assert {*names, "200", "1,000"} <= set(texts)


def test_the_memory_of_a_further_deal_is_what_the_largest_world_needs_more() -> None:
    assert bytes_per_deal([Point(200, 1, 80), Point(1000, 1, 999), Point(1224, 1, 82)]) == 2048


def test_what_does_not_start_is_told_in_its_own_words() -> None:
    broken = Contender("Broken", "nothing", lambda port: [sys.executable, "-c", "exit('no such port')"])
    with pytest.raises(SpeedError, match="Broken did not start:\nno such port"), running(broken):
        pass


def test_a_start_that_is_measured_compiles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    code = (
        "import sys, importlib.util as util, pathlib;"
        "cache = util.cache_from_source(util.find_spec('mock_server.cli').origin);"
        "exit(f'caches: {not sys.dont_write_bytecode}, compiled: {pathlib.Path(cache).exists()}')"
    )
    asked = Contender("Asked", "nothing", lambda port: [sys.executable, "-c", code])
    with pytest.raises(SpeedError, match="caches: True, compiled: True"), running(asked):
        pass
