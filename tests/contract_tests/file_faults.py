"""Faults of files and of access, as real backends get them wrong."""

from __future__ import annotations

import re
from typing import Any

from tests.contract_tests.faults import (
    DONE,
    Answer,
    Call,
    Fault,
    Request,
    also,
    pretended,
    told,
)


async def swallowing(request: Request, call: Call) -> Answer:
    """An import makes a deal of whatever it is given."""
    answer = await call(request)
    words = re.findall(rb"dc-\w+", request.raw)
    if request.operation != "importDeals" or answer.ok or not words:
        return answer
    await call(request.at("createDeal").saying({"name": words[-1].decode(), "stage_id": 1}))
    return DONE


def _lines(operation: str, change: Any) -> Fault:
    async def fault(request: Request, call: Call) -> Answer:
        answer = await call(request)
        if request.operation != operation or not answer.ok:
            return answer
        lines = answer.raw.decode().split("\r\n")
        return Answer(answer.status, "\r\n".join(change(lines)).encode(), answer.headers)

    return fault


def _file(change: Any) -> Fault:
    """The file that is imported is read wrongly."""

    async def fault(request: Request, call: Call) -> Answer:
        if request.operation != "importDeals" or b"\r\n\r\n" not in request.raw:
            return await call(request)
        head, _, rest = request.raw.partition(b"\r\n\r\n")
        at = rest.rindex(b"\r\n--")
        content = change(rest[:at].decode()).encode()
        wrong = Request(**{**request.__dict__, "raw": head + b"\r\n\r\n" + content + rest[at:]})
        return await call(wrong)

    return fault


FILES: dict[str, Fault] = {
    "import-of-anything": swallowing,
    "export-one-short": _lines("exportDeals", lambda lines: [*lines[:-2], ""]),
    "export-a-page": _lines("exportDeals", lambda lines: lines[:26]),
    "export-other-header": _lines(
        "exportDeals", lambda lines: [lines[0].replace("tags", "labels"), *lines[1:]]
    ),
    "export-no-values": _lines(
        "exportDeals",
        lambda lines: [lines[0].replace("value", "x").replace("probability", "value"), *lines[1:]],
    ),
    "template-other-header": _lines("downloadDealTemplate", lambda lines: [f"number,{lines[0]}", *lines[1:]]),
    "import-pretended": pretended("importDeals"),
    "import-twice": also("importDeals", "importDeals"),
    "import-without-the-last": _file(lambda text: "\r\n".join(text.split("\r\n")[:-1])),
    "import-without-quoted": _file(
        lambda text: "\r\n".join(line for line in text.split("\r\n") if '"' not in line)
    ),
    "import-without-tags": _file(lambda text: text.replace("tags", "labels")),
}


def _open_to_all(*operations: str) -> Fault:
    """Operations that ask nobody for a token."""

    async def fault(request: Request, call: Call) -> Answer:
        answer = await call(request)
        if answer.status != 401 or (operations and request.operation not in operations):
            return answer
        return Answer(
            200,
            b'{"data": [], "current_page": 1, "last_page": 1, "per_page": 25, "total": 0}',
            answer.headers,
        )

    return fault


ACCESS: dict[str, Fault] = {
    "dead-token": told("login", lambda r, a: {**a, "token": a["token"][:-4] + "AAAA"}),
    "open-list": _open_to_all("listDeals"),
    "open-delete": _open_to_all("deleteDeal"),
    "open-export": _open_to_all("exportDeals"),
    "open-stages": _open_to_all("createPipelineStage", "reorderPipelineStages"),
    "any-password": _open_to_all("login"),
}
