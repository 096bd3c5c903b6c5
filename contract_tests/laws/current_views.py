"""Export, board headings and filtered lists are current, even if they were read before a change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import law
from contract_tests.scene.csv_files import csv_file, places_of
from contract_tests.scene.expectations import NotJudged, expect, granted
from contract_tests.scene.json_search import Record, descendants, lost_fields
from contract_tests.scene.scene import Scene

Change = Callable[[Scene, Record], tuple[Record, Exchange]]  # returns the fields that must show it


def _rename_and_revalue(s: Scene, deal: Record) -> tuple[Record, Exchange]:
    body = {"name": f"Renamed {deal['name']}", "value": 2, "stage_id": deal["stage_id"]}
    return {"name": body["name"], "value": 2}, granted(s.call("updateDeal", id=deal["id"], json=body))


def _move(s: Scene, deal: Record) -> tuple[Record, Exchange]:
    stage = s.make.stage_like(place=1)
    exchange = granted(s.call("moveDealToStage", id=deal["id"], json={"stage_id": stage["id"]}))
    return {"stage_name": stage["name"]}, exchange


def _rename_stage(s: Scene, deal: Record) -> tuple[Record, Exchange]:
    name = f"Renamed {s.word()}"
    exchange = granted(s.call("updatePipelineStage", id=deal["stage_id"], json={"name": name}))
    return {"stage_name": name}, exchange


CHANGES: Final[dict[str, Change]] = {
    "updateDeal": _rename_and_revalue,
    "moveDealToStage": _move,
    "updatePipelineStage": _rename_stage,
}


@law("exportDeals", *CHANGES, needs=("writes",), cases=CHANGES)
def the_export_reflects_the_latest_write(s: Scene, write: str) -> None:
    """“Import and export deal data”: an export includes the changes since the previous one."""
    deal = _new_deal(s, s.make.stage() if write == "updatePipelineStage" else s.make.stage_like()["id"])
    _exported(s, deal)  # fills any cache
    wanted, saving = CHANGES[write](s, deal)
    row, exchange = s.api.eventually(
        lambda: _exported(s, deal), lambda found: bool(found[0]) and not lost_fields(wanted, found[0])
    )
    if not row or not wanted.keys() & row.keys():
        raise NotJudged("the deal, or what has changed of it, is not recognised in the export")
    wrong = lost_fields(wanted, row)
    if wrong and not lost_fields(wanted, s.api.deal(deal["id"])):
        expect(False, f"the deal as changed by {write}", "; ".join(wrong), saving, exchange)


def _new_deal(s: Scene, stage: Any) -> Record:
    word = s.word()
    id = s.make.deal(name=f"Viewed {word}", stage_id=stage, value=1)
    return {"id": id, "name": f"Viewed {word}", "word": word, "stage_id": stage}


def _exported(s: Scene, deal: Record) -> tuple[Record, Exchange]:
    """The fields that are recognised in the row of a deal; empty if there is no row."""
    rows, _, exchange = csv_file(s, "exportDeals")
    places = places_of(rows[0])
    row = next((row for row in rows[1:] if any(deal["word"] in cell for cell in row)), None)
    found = {field: row[place] for field, place in places.items() if place < len(row)} if row else {}
    return found, exchange


@law("getDealPipeline", "updatePipelineStage", needs=("writes",))
def the_board_shows_the_current_name_of_a_stage(s: Scene) -> None:
    """“Retrieve deals grouped by pipeline stage”: a renamed stage is shown under its new name."""
    stage = s.make.stage()
    deal = _new_deal(s, stage)
    old = next(each["name"] for each in s.api.stages(fresh=True) if each["id"] == stage)
    texts, _ = s.api.eventually(lambda: _heading(s, deal), lambda found: old in found[0])
    if old not in texts:
        raise NotJudged("the name of a stage is not recognised beside its deals on the board")
    new = f"Renamed {s.word()}"
    saving = granted(s.call("updatePipelineStage", id=stage, json={"name": new}))
    texts, exchange = s.api.eventually(lambda: _heading(s, deal), lambda found: new in found[0])
    if new not in texts and any(each["name"] == new for each in s.api.stages(fresh=True)):
        expect(False, f"the column “{new}”", f"the column “{old}”", saving, exchange)


def _heading(s: Scene, deal: Record) -> tuple[list[Any], Exchange]:
    """What the board says of the column of a deal, apart from its deals."""
    groups, exchange = s.api.board(scope="company")
    for column, deals in groups:
        if any(each["id"] == deal["id"] for each in deals):
            rest = {name: value for name, value in column.items() if value is not deals}
            return list(descendants(rest)), exchange
    return [], exchange


@law("listDeals", "updateDeal", "moveDealToStage", needs=("writes",), cases=("updateDeal", "moveDealToStage"))
def the_list_of_a_stage_reflects_the_latest_write(s: Scene, write: str) -> None:
    """“stage_id: Filter by pipeline stage”: a deal is found in its new stage, and only there."""
    here, there = s.make.stage_like()["id"], s.make.stage_like(place=1)["id"]
    deal = _new_deal(s, here)
    found, _ = s.api.eventually(lambda: _stages_with(s, deal, here, there), lambda seen: seen[0] == [here])
    if found != [here]:
        raise NotJudged("a new deal is not found in its stage")  # for other laws to judge
    body = {"stage_id": there} | ({"name": deal["name"]} if write == "updateDeal" else {})
    saving = granted(s.call(write, id=deal["id"], json=body))
    found, exchange = s.api.eventually(
        lambda: _stages_with(s, deal, here, there), lambda seen: seen[0] == [there]
    )
    if found != [there] and s.api.deal(deal["id"])["stage_id"] == there:
        expect(False, f"the deal in the list of stage {there} only", f"in {found}", saving, exchange)


def _stages_with(s: Scene, deal: Record, *stages: Any) -> tuple[list[Any], Exchange]:
    """The stages, of these, whose lists contain a deal."""
    pages = {stage: s.api.page({"stage_id": stage, "search": deal["word"]}) for stage in stages}
    found = [stage for stage, page in pages.items() if deal["id"] in page.ids]
    return found, pages[stages[-1]].exchange
