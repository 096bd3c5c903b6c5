"""Fields: their names, types, presence and values."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from html import escape
from struct import pack, unpack
from typing import Any

from mock_server.domain.risk import level
from mock_server.mutations.handler_call import Body, HandlerCall, body_of, deals_in, records_in
from mock_server.mutations.mutation import Mutation, around_handler

SHOWN = ("listDeals", "getDealPipeline", "getDeal", "createDeal", "updateDeal", "moveDealToStage")
LARGEST_FLOAT = 3e38
NAMES = ("contact_name", "company_name", "assigned_name", "reseller_name")
EXAMPLE = "Response example"
RISK = "Includes risk scoring for open deals"
ONE_RISK = "the list and the details of a deal show the same risk"


def on_every_deal(*operations: str, documented: str) -> Callable[[Callable[[Body], object]], Mutation]:
    """Make a mutation from a function that changes each deal in the responses of these operations."""

    def mutation(change: Callable[[Body], object]) -> Mutation:
        @wraps(change)
        def around(call: HandlerCall) -> Any:
            response = call()
            for deal in deals_in(response):
                change(deal)
            return response

        return around_handler(*operations, documented=documented)(around)

    return mutation


@on_every_deal(*SHOWN, documented=f'{EXAMPLE}: "value": 50000')
def value_is_text(deal: Body) -> None:
    """`value` is a string: "50000.00"."""
    deal["value"] = None if deal["value"] is None else f"{deal['value']:.2f}"


@on_every_deal(*SHOWN, documented=f'{EXAMPLE}: "is_won": false, "is_lost": false')
def booleans_are_0_and_1(deal: Body) -> None:
    """`is_won` and `is_lost` are 0 or 1 instead of booleans."""
    deal.update(is_won=int(deal["is_won"]), is_lost=int(deal["is_lost"]))


@on_every_deal(*SHOWN, documented=f'{EXAMPLE}: "created_at": "2026-01-15T09:30:00.000000Z"')
def timestamps_lack_t_and_time_zone(deal: Body) -> None:
    """Timestamps have the format of the database, without T and time zone: 2026-01-15 09:30:00."""
    for name in ("created_at", "updated_at"):
        deal[name] = deal[name][:19].replace("T", " ")


@on_every_deal(*SHOWN, documented=f'{EXAMPLE}: "expected_close_date": "2026-03-15"')
def close_date_has_a_time(deal: Body) -> None:
    """`expected_close_date` is a timestamp at midnight instead of a date."""
    deal["expected_close_date"] = (
        deal["expected_close_date"] and f"{deal['expected_close_date']}T00:00:00.000000Z"
    )


@on_every_deal("listDeals", documented=f'{EXAMPLE}: "id": 10, "stage_id": 3, "company_id": 1')
def ids_on_the_list_are_text(deal: Body) -> None:
    """On the list, IDs are strings: "10"."""
    for name in ("id", "stage_id", "contact_id", "company_id"):
        deal[name] = None if deal[name] is None else str(deal[name])


@on_every_deal(
    *SHOWN, documented=f'probability: Win probability percentage (0-100). {EXAMPLE}: "probability": 60'
)
def probability_is_a_fraction(deal: Body) -> None:
    """`probability` is a fraction: 0.6 instead of 60."""
    deal["probability"] = None if deal["probability"] is None else deal["probability"] / 100


@on_every_deal(*SHOWN, documented=f'tags: string. {EXAMPLE}: "tags": "..."')
def tags_are_a_list(deal: Body) -> None:
    """`tags` is an array instead of a string."""
    deal["tags"] = (deal["tags"] or "").split(",")


@on_every_deal(*SHOWN, documented=f'{EXAMPLE}: "name": "Acme Enterprise License"')
def name_is_called_title(deal: Body) -> None:
    """`name` is called `title`."""
    deal["title"] = deal.pop("name")


@on_every_deal("listDeals", documented=f'{EXAMPLE}: "assigned_name": "..."')
def assigned_name_is_missing_on_the_list(deal: Body) -> None:
    """The list omits `assigned_name`."""
    del deal["assigned_name"]


@on_every_deal("listDeals", documented=f'{EXAMPLE}: "company_id": 1, "company_name": "Acme Corp"')
def company_name_is_null_on_the_list(deal: Body) -> None:
    """On the list, `company_name` is always null."""
    deal["company_name"] = None


@on_every_deal("listDeals", documented=RISK)
def risk_is_missing_on_the_list(deal: Body) -> None:
    """The list omits `risk`."""
    deal.pop("risk")


@on_every_deal("getDeal", documented="Retrieve a single deal with full details including risk score")
def risk_is_null_on_the_deal(deal: Body) -> None:
    """In the details of a deal, `risk` is always null."""
    deal["risk"] = None


@on_every_deal(
    "getDealPipeline",
    documented="Retrieve deals grouped by pipeline stage for Kanban view. Includes risk scoring",
)
def risk_is_missing_on_the_board(deal: Body) -> None:
    """The board omits `risk`."""
    deal.pop("risk")


@on_every_deal("listDeals", documented=f"{RISK}. Implied: {ONE_RISK}")
def risk_on_the_list_is_always_low(deal: Body) -> None:
    """On the list, every risk is low, because it is scored before tasks, notes and emails are loaded."""
    if deal["risk"]:
        deal["risk"] = {"risk_level": "low", "risk_score": 0, "risk_factors": []}


@on_every_deal("getDeal", documented=f"{RISK}. Implied: {ONE_RISK}")
def risk_on_the_deal_is_lower_at_the_threshold(deal: Body) -> None:
    """At a score of exactly 30 or 60, the details show a lower risk level than the list."""
    if deal["risk"] and deal["risk"]["risk_score"] in (30, 60):
        deal["risk"]["risk_level"] = level(deal["risk"]["risk_score"] - 1)


@on_every_deal(*SHOWN, documented=f'{EXAMPLE}: "risk_score": 45')
def risk_score_is_text(deal: Body) -> None:
    """`risk_score` is a string: "45"."""
    for risk in records_in(deal, "risk_score"):
        risk["risk_score"] = str(risk["risk_score"])


@on_every_deal(*SHOWN, documented=f'{EXAMPLE}: "risk_factors": [ … ]')
def risk_factors_are_an_object(deal: Body) -> None:
    """`risk_factors` is an object instead of an array: {"0": …, "2": …}."""
    for risk in records_in(deal, "risk_factors"):
        risk["risk_factors"] = {str(2 * place): factor for place, factor in enumerate(risk["risk_factors"])}


@on_every_deal("getDeal", documented="name: Deal name/title. Implied: returned as it was sent")
def name_comes_back_escaped(deal: Body) -> None:
    """The details of a deal return `name` escaped for HTML: R&D becomes R&amp;D."""
    deal["name"] = escape(deal["name"])


@on_every_deal("getDealPipeline", documented=f'{EXAMPLE}: "company_name": "Acme Corp"')
def company_name_is_null_on_the_board(deal: Body) -> None:
    """On the board, `company_name` is always null."""
    deal["company_name"] = None


@around_handler("getDeal", documented=f'{EXAMPLE}: "company_id": 1, "company_name": "Acme Corp"')
def details_show_outdated_names(call: HandlerCall) -> Any:
    """The names of a deal's company and people are cached on the first read and never refreshed."""
    response = call()
    names = {name: response["data"][name] for name in NAMES}
    response["data"] |= call.memory.setdefault(call.id, names)
    return response


@on_every_deal(*SHOWN, documented=f'{EXAMPLE}: "stage_id": 3, "stage_name": "Proposal"')
def a_stage_is_shown_under_an_old_name(deal: Body) -> None:
    """On deals, stage 4 is shown under an outdated, hard-coded name."""
    deal["stage_name"] = {4: "Contract"}.get(deal["stage_id"], deal["stage_name"])


@on_every_deal(*SHOWN, documented=f'{EXAMPLE}: "reseller_id": 1, "reseller_name": "Channel Partners Inc"')
def reseller_name_is_the_company_name(deal: Body) -> None:
    """`reseller_name` is the name of the deal's company, because of a wrong join."""
    deal["reseller_name"] = deal["reseller_name"] and deal["company_name"]


@around_handler("listDeals", documented=RISK)
def risk_is_scored_for_25_rows_only(call: HandlerCall) -> Any:
    """On a page of more than 25 deals, only the first 25 have a risk."""
    response = call()
    for deal in response["data"][25:]:
        deal["risk"] = None
    return response


@on_every_deal(*SHOWN, documented=f'{EXAMPLE}: "risk_level": "medium", "risk_score": 45')
def risk_score_is_compared_as_text(deal: Body) -> None:
    """`risk_level` compares the score as text, so a score of 5 ranks above 30."""
    for risk in records_in(deal, "risk_score"):
        score = str(risk["risk_score"])
        risk["risk_level"] = "high" if score >= "60" else "medium" if score >= "30" else "low"


@around_handler("listDeals", documented=f"{RISK}. Implied: each deal has its own risk")
def risk_is_that_of_the_previous_deal(call: HandlerCall) -> Any:
    """On the list, each deal has the risk of the previous deal."""
    response = call()
    scored = [deal for deal in deals_in(response) if deal["risk"]]
    risks = [deal["risk"] for deal in scored]
    for deal, risk in zip(scored, risks[-1:] + risks[:-1], strict=True):
        deal["risk"] = risk
    return response


@around_handler(
    "listDeals", documented="Retrieve a paginated list of deals. Implied: with their current data"
)
def list_shows_deals_as_first_seen(call: HandlerCall) -> Any:
    """The list caches each deal on the first read and never refreshes it; only `risk` is current."""
    response = call()
    rows = [{**call.memory.setdefault(row["id"], row), "risk": row["risk"]} for row in response["data"]]
    return {**response, "data": rows}


@around_handler("getDeal", documented=f'{EXAMPLE}: {{"success": true, "data": {{…}}}}')
def deal_has_no_envelope(call: HandlerCall) -> Any:
    """A deal is returned without the `{"success": …, "data": …}` envelope."""
    return call()["data"]


@around_handler(
    "listDeals", documented="Paginated deal list: {data, current_page, last_page, per_page, total}"
)
def list_has_an_extra_envelope(call: HandlerCall) -> Any:
    """The list is in an extra envelope: `{"success": true, "data": {"data": […], "current_page": …}}`."""
    return {"success": True, "data": call()}


@around_handler("listDealStages", documented=f'{EXAMPLE}: "is_won": false, "is_lost": false')
def stage_booleans_are_0_and_1(call: HandlerCall) -> Any:
    """In the stage list, `is_won` and `is_lost` are 0 or 1 instead of booleans."""
    response = call()
    for stage in response["data"]:
        stage.update(is_won=int(stage["is_won"]), is_lost=int(stage["is_lost"]))
    return response


@around_handler("listDealStages", documented=f'{EXAMPLE}: "display_order": 3')
def stages_lack_their_display_order(call: HandlerCall) -> Any:
    """The stage list omits `display_order`."""
    response = call()
    for stage in response["data"]:
        del stage["display_order"]
    return response


@around_handler("createDeal", "updateDeal", "deleteDeal", documented='A success carries "success": true')
def writes_omit_success(call: HandlerCall) -> Any:
    """Creating, updating or deleting a deal returns no `success`."""
    response = call()
    del body_of(response)["success"]
    return response


@around_handler("getDealStats", documented='A success carries "success": true')
def success_is_text(call: HandlerCall) -> Any:
    """`success` is a string: "true"."""
    return {**call(), "success": "true"}


@on_every_deal("listDeals", documented="name: Deal name/title. Implied: returned as it was sent")
def names_on_the_list_are_escaped(deal: Body) -> None:
    """The list returns `name` escaped for HTML: R&D becomes R&amp;D."""
    deal["name"] = escape(deal["name"], quote=False)


@on_every_deal(*SHOWN, documented="value: number, Monetary value")
def value_loses_precision(deal: Body) -> None:
    """`value` is stored as a 4-byte float, so large values lose precision."""
    if deal["value"] is not None:
        deal["value"] = round(unpack("f", pack("f", min(deal["value"], LARGEST_FLOAT)))[0], 2)
