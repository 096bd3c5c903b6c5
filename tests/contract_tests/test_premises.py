"""A rule whose premise another finding has broken is not judged: see that finding."""

from __future__ import annotations

import json
from typing import Any

from contract_tests.client.exchange import Exchange
from contract_tests.client.reading import Reading
from contract_tests.verdict.checks import LAST
from contract_tests.verdict.findings import Finding, Kind
from contract_tests.verdict.recorder import Recorder
from tests.contract_tests.builders import CONTRACT, exchange, finding

PAGE: dict[str, Any] = CONTRACT.full["components"]["examples"]["DealPage"]["value"]
SEARCH = "“search: Search term to filter results”: exactly the deals that contain it."
STAGE = "“stage_id: Filter by pipeline stage”: all deals in the stage, and no others."
TOTAL = "“total” of the paginated list: all matching deals, whatever the page size."
UPDATE = "Request Body of the update: name, value, stage_id … tags: the deal shows what was sent."


def asked(body: Any = None, *, status: int = 200, **fields: Any) -> Exchange:
    """An answer to a request for deals."""
    query = tuple((name, str(value)) for name, value in fields.pop("query", {}).items())
    sent = json.dumps(PAGE if body is None else body).encode()
    return exchange(status, sent, query=query, reader=Reading(CONTRACT).of, **fields)


def law(name: str, basis: str, shown: Exchange, *, rank: int = 1, **fields: Any) -> Finding:
    """A broken law that this exchange shows."""
    usual = {"operation": shown.operation_id, "received": "other deals", "exchanges": (shown,)}
    return finding(rule=name, claim=name, basis=basis, rank=rank, **{**usual, **fields})


def judged(*findings: Finding, exchanges: tuple[Exchange, ...] = ()) -> tuple[list[str], dict[str, str]]:
    """The rules that are violated, and those that are not judged, with the reason."""
    recorder = Recorder(CONTRACT)
    for each in exchanges:
        recorder.observe(each)
    for found in findings:
        recorder.add(found)
    silent = {each.rule: each.reason for each in recorder.of(Kind.NOT_JUDGED)}
    return [each.rule for each in recorder.of(Kind.VIOLATION)], silent


def test_a_filter_is_not_judged_on_the_results_of_a_broken_search() -> None:
    search = law("search", SEARCH, asked(query={"search": "x", "page": 1}))
    stage = law("stage", STAGE, asked(query={"search": "x", "stage_id": 3}), rank=2)

    assert judged(search, stage) == (["search"], {"stage": f"see {search.id}: search"})


def test_another_operation_that_is_judged_by_a_broken_search_is_not_judged() -> None:
    search = law("search", SEARCH, asked(query={"search": "x"}))
    moved = asked({}, method="PUT", operation_id="moveDealToStage")
    found = asked(query={"search": "x", "stage_id": 3})
    move = law("move", "“Move a deal”", moved, rank=2, exchanges=(moved, found))

    assert judged(search, move) == (["search"], {"move": f"see {search.id}: search"})


def test_it_does_not_matter_which_is_found_first() -> None:
    search = law("search", SEARCH, asked(query={"search": "x"}))
    stage = law("stage", STAGE, asked(query={"search": "x", "stage_id": 3}), rank=2)

    assert judged(stage, search) == judged(search, stage)


def test_a_filter_without_a_search_is_judged_all_the_same() -> None:
    search = law("search", SEARCH, asked(query={"search": "x"}))
    stage = law("stage", STAGE, asked(query={"stage_id": 3}), rank=2)

    assert judged(search, stage) == (["search", "stage"], {})


def test_a_law_about_a_property_explains_only_what_shows_that_property() -> None:
    total = law("total", TOTAL, asked(query={"search": "x"}))
    same = law("stage", STAGE, asked(query={"stage_id": 3}), rank=2, received="total 7")
    other = law("won", "“won: Filter won/lost deals”", asked(query={"won": 1}), rank=3, received="deals [7]")

    assert judged(total, same, other) == (["total", "won"], {"stage": f"see {total.id}: total"})


def test_other_fields_of_an_update_that_are_not_saved_are_a_finding_of_their_own() -> None:
    put = asked({}, method="PUT", operation_id="updateDeal")
    saved = law("saved", UPDATE, put, basic=True, received="value is 1, not 2")
    zero = law("zero", "“zero”", put, rank=2, received="value is 1, not 0")
    tags = law("tags", "“tags”", put, rank=3, received="tags is None, not 'a'")

    assert judged(saved, zero, tags) == (["saved", "tags"], {"zero": f"see {saved.id}: saved"})


def test_where_an_update_saves_nothing_at_all_no_other_is_judged() -> None:
    sent = json.dumps({"name": "a", "value": 1, "tags": "b"}).encode()
    put = asked({}, method="PUT", operation_id="updateDeal", request_body=sent)
    lost = "name is 'x', not 'a'; value is 7, not 1"
    saved = law("saved", UPDATE, put, basic=True, received=lost)
    flags = law("flags", "“is_won”", put, rank=2, received="is_won is False, not True")

    assert judged(saved, flags) == (["saved"], {"flags": f"see {saved.id}: saved"})


def test_a_law_that_is_no_basis_explains_nothing_but_what_it_is_about() -> None:
    put = asked({}, method="PUT", operation_id="updateDeal")
    first, second = (law(name, "PUT", put, rank=rank) for rank, name in enumerate("ab", 1))

    assert judged(first, second) == (["a", "b"], {})


def test_what_strangers_are_shown_says_nothing_about_what_others_are() -> None:
    nobody = law("nobody", "“401 missing”", asked(as_="nobody"), basic=True)
    me = law("me", "“Retrieve”", asked(), rank=2)

    assert judged(nobody, me) == (["nobody", "me"], {})


def test_a_rule_of_the_random_requests_follows_from_a_law_too() -> None:
    limit = law("law", "“per_page: Number of results per page (max 100)”", asked(query={"per_page": 101}))
    check = law("per_page_never_exceeds_its_maximum", "", asked(query={"per_page": 101}), rank=LAST)

    assert judged(limit, check)[0] == ["law"]


def test_where_what_was_made_is_not_there_no_law_about_it_is_judged() -> None:
    made = asked({}, status=201, method="POST", path="/deals", operation_id="createDeal")
    read, moved = (
        asked({}, status=404, path=path, operation_id=name)
        for path, name in (("/deals/7", "getDeal"), ("/deals/8/stage", "moveDealToStage"))
    )
    first = law("first", "POST", read, expected="success", received="404")
    second = law("second", "PUT", moved, rank=2, expected="success", received="404")
    third = law("third", "POST", asked(operation_id="getDealStats"), rank=3, trace=(made,))
    fourth = law("fourth", "GET", asked(operation_id="listDealStages"), rank=4)

    assert judged(first, second, third, fourth)[0] == ["first", "fourth"]


def test_a_law_is_not_judged_by_a_server_error() -> None:
    crashed = asked({}, status=500)
    found, silent = judged(law("law", STAGE, crashed), exchanges=(crashed,))

    assert found == ["not_a_server_error"]
    assert silent["law"].endswith("no response is a server error (5xx)")


def test_a_refusal_with_the_status_of_a_success_is_one_finding() -> None:
    refused = {"success": False, "message": "Validation failed", "errors": {"name": "a", "stage_id": "b"}}
    answer = asked(refused, method="POST", operation_id="createDeal")
    found, silent = judged(law("law", "“name Required”", answer), exchanges=(answer,))

    assert (found, list(silent)) == (["response_schema_conformance"], ["law"])


def test_a_law_is_not_judged_by_a_page_without_its_total() -> None:
    page = asked({name: value for name, value in PAGE.items() if name != "total"})
    found, silent = judged(law("law", STAGE, page), exchanges=(page,))

    assert (found, list(silent)) == (["response_schema_conformance"], ["law"])


def test_a_law_is_judged_if_the_response_can_be_read_in_spite_of_its_form() -> None:
    page = asked({**PAGE, "total": str(PAGE["total"])})
    found, silent = judged(law("law", STAGE, page), exchanges=(page,))

    assert (found, silent) == (["response_schema_conformance", "law"], {})


def test_a_property_that_cannot_be_read_concerns_only_what_shows_it() -> None:
    page = asked({**PAGE, "data": [{**PAGE["data"][0], "tags": {"a": 1}}]})
    tags = law("tags", "“tags”", page, received="tags is {'a': 1}, not 'a'")
    value = law("value", "“value”", page, rank=2, received="value is 1, not 2")
    found, silent = judged(tags, value, exchanges=(page,))

    assert (found, list(silent)) == (["response_schema_conformance", "value"], ["tags"])


def test_a_missing_success_flag_hides_nothing() -> None:
    stages = asked({"data": []}, operation_id="listDealStages")
    found, silent = judged(law("law", "“stages”", stages, received="no success"), exchanges=(stages,))

    assert (found, silent) == (["response_schema_conformance", "law"], {})
