"""What the judge finds wrong with an answer."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from benchmarks.robustness.contract_file import CONTRACT as FILE
from benchmarks.robustness.contract_file import ContractFile
from benchmarks.robustness.judge import Judge, Token, strict_json
from benchmarks.robustness.wire import Answer, Request

CONTRACT = ContractFile.load()
JUDGE = Judge(CONTRACT)
JSON = ("Content-Type", "application/json")
ERROR = {"success": False, "message": "no"}
STAGE = {
    "id": 1,
    "name": "Lead",
    "display_order": 1,
    "probability": 10,
    "is_won": False,
    "is_lost": False,
    "color": None,
}
STAGES = {"success": True, "data": [STAGE]}


def answer(body: Any, status: int = 200, seconds: float = 0.1, kind: str = JSON[1]) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, (("Content-Type", kind),), content, seconds)


def faults(path: str, given: Answer, method: str = "GET", **about: Any) -> str:
    return "; ".join(JUDGE.faults(Request(method, f"/api{path}"), given, **about))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (answer(STAGES), ""),
        (
            answer({"success": True, "data": [{**STAGE, "id": "1"}]}),
            "$.data[0].id: '1' is not of type 'integer'",
        ),
        (answer({"success": True, "data": [{**STAGE, "secret": 1}]}), "'secret' was unexpected"),
        (answer({"success": True}), "'data' is a required property"),
        (answer(b"{"), "not valid JSON"),
        (answer(b'{"success": true, "success": true, "data": []}'), "a name is repeated"),
        (answer(STAGES, kind="text/html"), "content type"),
        (answer(STAGES, status=202), "status 202, but only"),
        (answer(ERROR, status=422), "status 422, but only"),
        (answer(ERROR, status=500), "server error 500"),
        (answer(ERROR, status=401), "401 to a valid token"),
        (answer(STAGES, seconds=6), "took 6.0 s"),
        (answer(b" " * 1_100_000 + json.dumps(STAGES).encode()), "bytes in answer to a request of"),
    ],
)
def test_each_fault_of_an_answer_is_told(given: Answer, told: str) -> None:
    found = faults("/deals/stages", given)
    assert told in found if told else found == ""


def test_nobody_may_do_what_the_token_does_not_allow() -> None:
    assert faults("/deals/stages", answer(STAGES), token=Token.BAD) == "success without a valid token"
    assert faults("/deals/stages", answer(ERROR, status=401), token=Token.BAD) == ""
    done = answer({"success": True, "message": "done"})
    told = "success for a rep, who may not do this"
    assert faults("/pipeline-stages/1", done, "DELETE", role="rep") == told
    assert faults("/pipeline-stages/1", done, "DELETE", role="admin") == ""


@pytest.mark.parametrize(
    ("method", "path", "status", "right"),
    [
        ("GET", "/nothing", 404, True),
        ("GET", "/nothing", 422, False),
        ("PATCH", "/deals/1", 405, True),
        ("DELETE", "/deals/stages", 405, True),
        ("DELETE", "/deals/1", 405, False),
        ("OPTIONS", "/deals/1", 400, True),
        ("OPTIONS", "/deals/1", 405, False),
    ],
)
def test_what_is_no_operation_is_refused_with_the_error_body(
    method: str, path: str, status: int, right: bool
) -> None:
    assert (faults(path, answer(ERROR, status=status), method) == "") is right
    assert "$: 'success' is a required property" in faults("/nothing", answer({"message": "x"}, status=404))


def test_a_csv_file_is_whole() -> None:
    columns = next(each for each in CONTRACT.operations if each.id == "exportDeals").responses["200"]
    names = list(columns["content"]["text/csv"]["schema"]["x-csv-row"]["properties"])
    header = ",".join(names).encode()
    row = b",".join([b'"a\nb"'] * len(names))

    def file(content: bytes) -> Answer:
        return Answer(
            200, (("Content-Type", "text/csv; charset=utf-8"), ("Content-Disposition", "x")), content, 0
        )

    assert faults("/deals/export", file(header + b"\r\n" + row + b"\r\n")) == ""
    assert "row 2 has 1 cells" in faults("/deals/export", file(header + b"\r\nx\r\n"))
    assert "the columns are ['x']" in faults("/deals/export", file(b"x\r\n"))
    assert "not valid CSV" in faults("/deals/export", file(b""))
    assert "Content-Disposition is missing" in faults("/deals/export", answer(header, kind="text/csv"))


@pytest.mark.parametrize("text", [b"NaN", b"[Infinity]", b'{"a": 1, "a": 2}', b'"\xff"', b""])
def test_only_json_is_json(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        strict_json(text)


def test_every_operation_is_read_whole() -> None:
    names = re.findall(r"^      operationId: (\w+)$", FILE.read_text("utf-8"), re.MULTILINE)
    assert [operation.id for operation in CONTRACT.operations] == names
    for operation in CONTRACT.operations:
        assert {"200", "201"} & operation.responses.keys()
        whole = json.dumps([operation.parameters, operation.body, operation.responses], default=str)
        assert "$ref" not in whole
        assert "allOf" not in whole
