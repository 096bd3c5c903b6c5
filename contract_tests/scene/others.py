"""Whether anybody else is changing the deals or the stages while the run does nothing."""

from __future__ import annotations

import time
from typing import Any, Final

from contract_tests.scene.api_reader import MOST_PAGES, PAUSES, ApiReader
from contract_tests.scene.json_search import VOLATILE, records_in

LEAST, MOST = 0.5, 3.0  # seconds to watch
LOOKS: Final = 10  # at most


def others_at_work(api: ApiReader, *, seconds: float = LEAST) -> bool:
    """Whether deals or stages change while nothing is done here; watches for about this long."""
    end = time.monotonic() + min(max(seconds, LEAST), MOST)
    seen = _state(api)
    for look in range(LOOKS):
        if look > 1 and time.monotonic() > end:
            break
        time.sleep(PAUSES[0])
        if _state(api) != seen:
            return True
    return False


def _state(api: ApiReader) -> list[Any]:
    """The deals, or of a long list its beginning, the oldest and the newest; and the stages.

    Whether any of these responses is correct is for the laws to judge.
    """
    first = _page(api, page=1)
    last = first.get("last_page") if isinstance(first, dict) else 1
    pages = last if isinstance(last, int) else 1
    bodies = [first, *(_page(api, page=number) for number in range(2, min(pages, MOST_PAGES) + 1))]
    if pages > MOST_PAGES:
        bodies += [_page(api, sort_by="created_at", sort_dir=way) for way in ("ASC", "DESC")]
    totals = [body.get("total") for body in bodies if isinstance(body, dict)]
    deals = [record for body in bodies for record in records_in(body) or []]
    known = {str(deal.get("id")): api.known(deal, ignoring=VOLATILE) for deal in deals}
    stages = records_in(api.client.call("listDealStages").json) or []
    return [totals, known, [api.known(stage, "Stage") for stage in stages]]


def _page(api: ApiReader, **query: Any) -> Any:
    return api.client.call("listDeals", query={"per_page": api.limits.largest_page, **query}).json
