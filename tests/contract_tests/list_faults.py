"""Faults of reading: the list, the board and the statistics, as real backends get them wrong."""

from __future__ import annotations

import datetime
import math
from typing import Any

from tests.contract_tests.faults import (
    Answer,
    Call,
    Fault,
    Request,
    asked,
    days_off,
    deaf,
    heard,
    paged,
    shown,
    told,
)


def _sorted_inside(request: Request, page: Any) -> Any:
    by = request.query.get("sort_by")
    key = {"title": "name", None: "name"}.get(by, by)
    known = sorted(page["data"], key=lambda deal: str(deal.get(key)))
    return {**page, "data": known[::-1] if request.query.get("sort_dir") == "DESC" else known}


def _textual(request: Request, page: Any) -> Any:
    if request.query.get("sort_by") != "value":
        return page
    known = sorted(page["data"], key=lambda deal: str(deal["value"]))
    return {**page, "data": known[::-1] if request.query.get("sort_dir") == "DESC" else known}


async def past_the_end(request: Request, call: Call) -> Answer:
    answer = await call(request)
    if request.operation != "listDeals" or not answer.ok or answer.json["data"] or not answer.json["total"]:
        return answer
    last = await call(request.told(page=answer.json["last_page"]))
    return last.saying({**last.json, "current_page": answer.json["current_page"]})


async def overlapping(request: Request, call: Call) -> Answer:
    """From the second page on, a page begins with the last of the page before."""
    answer = await call(request)
    if request.operation != "listDeals" or int(request.query.get("page", 1)) < 2 or not answer.ok:
        return answer
    before = (await call(request.told(page=int(request.query["page"]) - 1))).json["data"]
    return answer.saying(
        {**answer.json, "data": [before[-1], *answer.json["data"]][: len(answer.json["data"])]}
    )


async def too_large(request: Request, call: Call) -> Answer:
    """Any size of page is said to be served."""
    size = int(request.query.get("per_page", 25))
    answer = await call(request.told(per_page=100) if size > 100 else request)
    return answer.saying({**answer.json, "per_page": size}) if size > 100 and answer.ok else answer


async def impatient(request: Request, call: Call) -> Answer:
    """A range of more than a week is too much."""
    if request.operation == "listDeals" and {"date_from", "date_to"} <= request.query.keys():
        days = [datetime.date.fromisoformat(request.query[name]) for name in ("date_from", "date_to")]
        if days[1] - days[0] > datetime.timedelta(days=7):
            return await call(request.told(search="nothing-is-called-so"))
    return await call(request)


def _joined(request: Request, page: Any) -> Any:
    """Deals without a company fall out when the list is sorted by it."""
    by = request.query.get("sort_by")
    return {**page, "data": [deal for deal in page["data"] if by != "company_name" or deal["company_name"]]}


async def widened(request: Request, call: Call) -> Answer:
    """Stage or assignee: what passes either."""
    answer = await call(request)
    query = request.query
    if request.operation != "listDeals" or not {"stage_id", "assigned_to"} <= query.keys() or not answer.ok:
        return answer
    return await call(request.told(assigned_to=None))


async def uncounted(request: Request, call: Call) -> Answer:
    """The total does not know of the filters."""
    answer = await call(request)
    if (
        request.operation != "listDeals"
        or not answer.ok
        or not request.query.keys() & {"stage_id", "won", "assigned_to"}
    ):
        return answer
    loose = (await call(request.told(stage_id=None, won=None, assigned_to=None))).json["total"]
    return answer.saying({**answer.json, "total": loose})


def _case(request: Request, page: Any) -> Any:
    term = request.query.get("search")
    kept = [deal for deal in page["data"] if not term or any(term in (deal[n] or "") for n in SEARCHED)]
    return {**page, "data": kept, "total": page["total"] - len(page["data"]) + len(kept)}


def _names_only(request: Request, page: Any) -> Any:
    term = request.query.get("search", "").lower()
    kept = [deal for deal in page["data"] if term in deal["name"].lower()]
    return {**page, "data": kept, "total": page["total"] - len(page["data"]) + len(kept)}


def _prefix(request: Request, page: Any) -> Any:
    term = request.query.get("search", "").lower()
    kept = [deal for deal in page["data"] if deal["name"].lower().startswith(term)]
    return {**page, "data": kept, "total": page["total"] - len(page["data"]) + len(kept)}


SEARCHED = ("name", "company_name", "contact_name")
LIST: dict[str, Fault] = {
    "per-page-any": too_large,
    "long-ranges-empty": impatient,
    "sort-by-company-joins": told("listDeals", _joined),
    "list-company-with-number": shown(
        "listDeals", lambda d: {**d, "company_name": f"{d['company_name']} {d['id']}"}
    ),
    "total-one-more": paged(total=lambda p: p["total"] + 1),
    "total-of-the-page": paged(total=lambda p: len(p["data"])),
    "last-page-rounded-down": paged(last_page=lambda p: max(1, p["total"] // p["per_page"])),
    "last-page-one-more": paged(last_page=lambda p: p["total"] // p["per_page"] + 1),
    "current-page-always-1": paged(current_page=lambda p: 1),
    "per-page-said-wrong": paged(per_page=lambda p: 25),
    "pages-from-0": asked(
        "listDeals", lambda r: r.told(page=int(r.query["page"]) + 1) if "page" in r.query else r
    ),
    "per-page-ignored": deaf("per_page"),
    "page-ignored": deaf("page"),
    "default-of-20": asked("listDeals", lambda r: r.told(per_page=r.query.get("per_page", 20))),
    "past-the-end-repeats": past_the_end,
    "pages-overlap": overlapping,
    "page-one-short": told("listDeals", lambda r, p: {**p, "data": p["data"][: max(1, p["per_page"] - 1)]}),
    "per-page-50-at-most": heard("per_page", lambda v: min(int(v), 50)),
    "total-without-filters": uncounted,
    "search-ignored": deaf("search"),
    "search-case": told("listDeals", _case),
    "search-names-only": told("listDeals", _names_only),
    "search-prefix": told("listDeals", _prefix),
    "search-wildcard": heard("search", lambda v: v.partition("%")[0].partition("_")[0]),
    "stage-ignored": deaf("stage_id"),
    "stages-ignored": deaf("stage_ids"),
    "stages-first-only": heard("stage_ids", lambda v: v.split(",")[0]),
    "stages-last-only": heard("stage_ids", lambda v: v.split(",")[-1]),
    "assignee-ignored": deaf("assigned_to"),
    "won-ignored": deaf("won"),
    "won-inverted": heard("won", lambda v: {"1": "0", "0": "1"}.get(v, v)),
    "won-0-is-all": heard("won", lambda v: v if v == "1" else ""),
    "from-exclusive": heard("date_from", lambda v: days_off(v, 1)),
    "to-exclusive": heard("date_to", lambda v: days_off(v, -1)),
    "from-ignored": deaf("date_from"),
    "to-ignored": deaf("date_to"),
    "date-field-ignored": deaf("date_field"),
    "date-field-closed-is-created": heard("date_field", lambda v: {"closed_at": "created_at"}.get(v, v)),
    "date-field-created-is-closed": heard("date_field", lambda v: {"created_at": "closed_at"}.get(v, v)),
    "date-default-created": asked(
        "listDeals", lambda r: r.told(date_field=r.query.get("date_field", "created_at"))
    ),
    "scope-ignored": deaf("scope"),
    "scope-me-is-team": heard("scope", lambda v: {"me": "team"}.get(v, v)),
    "scope-company-is-team": heard("scope", lambda v: {"company": "team"}.get(v, v)),
    "scope-team-is-company-and-company-is-me": heard("scope", lambda v: {"company": "me"}.get(v, v)),
    "filters-or": widened,
    "sort-ignored": deaf("sort_by"),
    "direction-ignored": deaf("sort_dir"),
    "direction-inverted": asked(
        "listDeals",
        lambda r: r.told(sort_dir={"ASC": "DESC", None: "DESC"}.get(r.query.get("sort_dir"), "ASC")),
    ),
    "sort-value-as-text": told("listDeals", _textual),
    "sort-inside-the-page": told("listDeals", _sorted_inside),
    "sort-company-by-contact": heard("sort_by", lambda v: {"company_name": "contact_name"}.get(v, v)),
    "sort-created-by-title": heard("sort_by", lambda v: {"created_at": "title"}.get(v, v)),
    "sort-closed-by-value": heard("sort_by", lambda v: {"closed_at": "value"}.get(v, v)),
    "sort-default-created": asked(
        "listDeals", lambda r: r.told(sort_by=r.query.get("sort_by", "created_at"))
    ),
    "list-without-risk": shown("listDeals", lambda d: {**d, "risk": None}),
    "list-name-of-another-stage": shown("listDeals", lambda d: {**d, "stage_name": "Won"}),
    "list-value-rounded": shown("listDeals", lambda d: {**d, "value": d["value"] and math.floor(d["value"])}),
    "levels-upside-down": shown(
        "listDeals",
        lambda d: {
            **d,
            "risk": d["risk"]
            and {
                **d["risk"],
                "risk_level": {"low": "high", "high": "low"}.get(d["risk"]["risk_level"], "medium"),
            },
        },
    ),
}
BOARD: dict[str, Fault] = {
    "board-without-a-column": told("getDealPipeline", lambda r, a: {**a, "data": a["data"][1:]}),
    "board-deal-twice": told("getDealPipeline", lambda r, a: {**a, "data": [*a["data"], a["data"][0]]}),
    "board-count-wrong": told(
        "getDealPipeline",
        lambda r, a: {**a, "data": [{**c, "deals_count": c["deals_count"] + 1} for c in a["data"]]},
    ),
    "board-sum-of-open": told(
        "getDealPipeline", lambda r, a: {**a, "data": [{**c, "total_value": 0} for c in a["data"]]}
    ),
    "board-wrong-column": told(
        "getDealPipeline",
        lambda r, a: {
            **a,
            "data": [
                {**c, "deals": d["deals"]}
                for c, d in zip(a["data"], a["data"][1:] + a["data"][:1], strict=True)
            ],
        },
    ),
    "board-assignee-ignored": deaf("assigned_to", "getDealPipeline"),
    "board-scope-ignored": deaf("scope", "getDealPipeline"),
    "board-from-ignored": deaf("date_from", "getDealPipeline"),
    "board-to-ignored": deaf("date_to", "getDealPipeline"),
    "board-date-field-ignored": deaf("date_field", "getDealPipeline"),
    "board-to-exclusive": heard("date_to", lambda v: days_off(v, -1), "getDealPipeline"),
    "board-without-risk": shown("getDealPipeline", lambda d: {**d, "risk": None}),
    "board-value-rounded": shown(
        "getDealPipeline", lambda d: {**d, "value": d["value"] and math.floor(d["value"])}
    ),
    "stats-frozen": told(
        "getDealStats",
        lambda r, a: {
            **a,
            "data": {**a["data"], "total_deals": 7, "total_value": 5, "open_deals": 1, "open_value": 2},
        },
    ),
    "stats-win-rate-of-the-lost": told(
        "getDealStats", lambda r, a: {**a, "data": {**a["data"], "win_rate": 100 - a["data"]["win_rate"]}}
    ),
    "stats-total-of-won": told(
        "getDealStats", lambda r, a: {**a, "data": {**a["data"], "total_deals": a["data"]["won_deals"]}}
    ),
}
