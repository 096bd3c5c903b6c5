"""Whether anybody else is changing the deals or the stages while the run does nothing."""

from __future__ import annotations

import time
from typing import Any

from contract_tests.scene.api_reader import MOST_PAGES, PAUSES, ApiReader
from contract_tests.scene.json_search import VOLATILE, Record, records_in

LEAST, MOST = 0.5, 3.0  # seconds to watch
FEWEST, LOOKS = 5, 10  # how often to look


def others_at_work(api: ApiReader, *, deals: bool = True, seconds: float = LEAST) -> bool:
    """Whether others change stages, or deals; watches for about this long."""
    end = time.monotonic() + min(max(seconds, LEAST), MOST)
    seen = _state(api, deals)
    for look in range(LOOKS):
        if look >= FEWEST and time.monotonic() > end:
            break
        api.client.stop.pause(PAUSES[0])
        if _state(api, deals) != seen:
            return True
    return False


def _state(api: ApiReader, deals: bool) -> dict[str, dict[str, Record]]:
    """The stages and the deals that this run has not made, by their ids.

    Whether any of these responses is correct is for the laws to judge.
    """
    stages = records_in(api.client.call("listDealStages").json) or []
    found = {"Stage": stages, "Deal": _deals(api) if deals else []}
    return {
        kind: {
            str(record.get("id")): api.known(record, kind, ignoring=VOLATILE)
            for record in records
            if api.client.run_id not in str(record.get("name"))
        }
        for kind, records in found.items()
    }


def _deals(api: ApiReader) -> list[Record]:
    """The deals, or of a long list its beginning, the oldest and the newest."""
    first = _page(api, page=1)
    last = first.get("last_page") if isinstance(first, dict) else 1
    pages = last if isinstance(last, int) else 1
    bodies = [first, *(_page(api, page=number) for number in range(2, min(pages, MOST_PAGES) + 1))]
    if pages > MOST_PAGES:
        bodies += [_page(api, sort_by="created_at", sort_dir=way) for way in ("ASC", "DESC")]
    return [record for body in bodies for record in records_in(body) or []]


def _page(api: ApiReader, **query: Any) -> Any:
    return api.client.call("listDeals", query={"per_page": api.limits.largest_page, **query}).json
