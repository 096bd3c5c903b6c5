"""Fields: their names, their types, and whether they are there and right."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from html import escape
from struct import pack, unpack
from typing import Any

from mock_server.domain.risk import level
from mock_server.mutations.handler_call import Body, HandlerCall, body_of, deals_in, found_in
from mock_server.mutations.mutation import Mutation, around_handler

SHOWN = ("listDeals", "getDealPipeline", "getDeal", "createDeal", "updateDeal", "moveDealToStage")
LARGEST_FLOAT = 3e38
NAMES = ("contact_name", "company_name", "assigned_name", "reseller_name")
EXAMPLE = "The answer's example"
RISK = "Includes risk scoring for open deals"


def on_every_deal(*operations: str, documented: str) -> Callable[[Callable[[Body], object]], Mutation]:
    """Makes a mutation of a function that changes each deal that these operations show."""

    def mutation(change: Callable[[Body], object]) -> Mutation:
        @wraps(change)
        def around(call: HandlerCall) -> Any:
            answer = call()
            for deal in deals_in(answer):
                change(deal)
            return answer

        return around_handler(*operations, documented=documented)(around)

    return mutation


@on_every_deal(*SHOWN, documented=f'{EXAMPLE}: "value": 50000')
def value_is_text(deal: Body) -> None:
    """A decimal of the database comes as text: "50000.00"."""
    deal["value"] = None if deal["value"] is None else f"{deal['value']:.2f}"


@on_every_deal(*SHOWN, documented=f'{EXAMPLE}: "is_won": false, "is_lost": false')
def booleans_are_0_and_1(deal: Body) -> None:
    """A tinyint of the database comes as it is."""
    deal.update(is_won=int(deal["is_won"]), is_lost=int(deal["is_lost"]))


@on_every_deal(*SHOWN, documented=f'{EXAMPLE}: "created_at": "2026-01-15T09:30:00.000000Z"')
def timestamps_lack_t_and_zone(deal: Body) -> None:
    """A time of the database comes as it is: 2026-01-15 09:30:00."""
    for name in ("created_at", "updated_at"):
        deal[name] = deal[name][:19].replace("T", " ")


@on_every_deal(*SHOWN, documented=f'{EXAMPLE}: "expected_close_date": "2026-03-15"')
def close_date_has_a_time(deal: Body) -> None:
    """A date comes as a time at midnight."""
    deal["expected_close_date"] = (
        deal["expected_close_date"] and f"{deal['expected_close_date']}T00:00:00.000000Z"
    )


@on_every_deal("listDeals", documented=f'{EXAMPLE}: "id": 10, "stage_id": 3, "company_id": 1')
def ids_on_the_list_are_text(deal: Body) -> None:
    """A driver that knows no integers: "10"."""
    for name in ("id", "stage_id", "contact_id", "company_id"):
        deal[name] = None if deal[name] is None else str(deal[name])


@on_every_deal(*SHOWN, documented="probability: Win probability percentage (0-100); the example: 60")
def probability_is_a_fraction(deal: Body) -> None:
    """60 % comes as 0.6."""
    deal["probability"] = None if deal["probability"] is None else deal["probability"] / 100


@on_every_deal(*SHOWN, documented='tags: string; the example: "tags": "..."')
def tags_are_a_list(deal: Body) -> None:
    """The tags come taken apart."""
    deal["tags"] = (deal["tags"] or "").split(",")


@on_every_deal(*SHOWN, documented=f'{EXAMPLE}: "name": "Acme Enterprise License"')
def name_is_called_title(deal: Body) -> None:
    """The field has the name of the column that the list is sorted by."""
    deal["title"] = deal.pop("name")


@on_every_deal(*SHOWN, documented=f"{EXAMPLE} has every field of a deal")
def fields_without_a_value_are_left_out(deal: Body) -> None:
    """A serializer that omits nulls."""
    for name in [name for name, value in deal.items() if value is None and name != "risk"]:
        del deal[name]


@on_every_deal("listDeals", documented=f'{EXAMPLE}: "assigned_name": "..."')
def assigned_name_is_missing_on_the_list(deal: Body) -> None:
    """The list forgets to join the users."""
    del deal["assigned_name"]


@on_every_deal("listDeals", documented=f'{EXAMPLE}: "company_id": 1, "company_name": "Acme Corp"')
def company_name_is_null_on_the_list(deal: Body) -> None:
    """The relation was not loaded."""
    deal["company_name"] = None


@on_every_deal("listDeals", documented=RISK)
def risk_is_missing_on_the_list(deal: Body) -> None:
    """Scoring was too slow for a list."""
    deal.pop("risk")


@on_every_deal("getDeal", documented="Retrieve a single deal with full details including risk score")
def risk_is_null_on_the_deal(deal: Body) -> None:
    """The details forget to score the deal."""
    deal["risk"] = None


@on_every_deal(
    "getDealPipeline",
    documented="Retrieve deals grouped by pipeline stage for Kanban view. Includes risk scoring",
)
def risk_is_missing_on_the_board(deal: Body) -> None:
    """The board forgets to score the deals."""
    deal.pop("risk")


@on_every_deal("listDeals", documented="A deal has one risk: the list and the details score the same deal")
def risk_on_the_list_is_always_low(deal: Body) -> None:
    """The list scores a deal before its tasks, notes and e-mails are loaded."""
    if deal["risk"]:
        deal["risk"] = {"risk_level": "low", "risk_score": 0, "risk_factors": []}


@on_every_deal("getDeal", documented="A deal has one risk: the list and the details score the same deal")
def risk_on_the_deal_is_lower_at_the_threshold(deal: Body) -> None:
    """Two implementations of one rule: `>` in the details, `>=` in the list."""
    if deal["risk"] and deal["risk"]["risk_score"] in (30, 60):
        deal["risk"]["risk_level"] = level(deal["risk"]["risk_score"] - 1)


@on_every_deal(*SHOWN, documented=f'{EXAMPLE}: "risk_score": 45')
def risk_score_is_text(deal: Body) -> None:
    """A score comes as text: "45"."""
    for risk in found_in(deal, "risk_score"):
        risk["risk_score"] = str(risk["risk_score"])


@on_every_deal(*SHOWN, documented=f'{EXAMPLE}: "risk_factors": [ … ]')
def risk_factors_are_an_object(deal: Body) -> None:
    """A filtered PHP array keeps its keys: {"0": …, "2": …}."""
    for risk in found_in(deal, "risk_factors"):
        risk["risk_factors"] = {str(2 * place): factor for place, factor in enumerate(risk["risk_factors"])}


@on_every_deal("getDeal", documented="name: Deal name/title: as it was given")
def name_comes_back_escaped(deal: Body) -> None:
    """Text is escaped for HTML on its way out: "R&amp;D"."""
    deal["name"] = escape(deal["name"])


@on_every_deal("getDealPipeline", documented=f'{EXAMPLE}: "company_name": "Acme Corp"')
def company_name_is_null_on_the_board(deal: Body) -> None:
    """The relation was not loaded."""
    deal["company_name"] = None


@around_handler("getDeal", documented=f'{EXAMPLE}: "company_id": 1, "company_name": "Acme Corp"')
def details_remember_the_first_names(call: HandlerCall) -> Any:
    """The names of company and people are looked up once for each deal, and kept."""
    answer = call()
    names = {name: answer["data"][name] for name in NAMES}
    answer["data"] |= call.memory.setdefault(call.id, names)
    return answer


@on_every_deal(*SHOWN, documented=f'{EXAMPLE}: "stage_id": 3, "stage_name": "Proposal"')
def a_stage_goes_by_its_old_name(deal: Body) -> None:
    """The names of the first stages are constants; one of them was renamed in the database since."""
    deal["stage_name"] = {4: "Contract"}.get(deal["stage_id"], deal["stage_name"])


@on_every_deal(*SHOWN, documented=f'{EXAMPLE}: "reseller_name" is that of reseller_id')
def reseller_name_is_that_of_the_company(deal: Body) -> None:
    """One alias too few: both joins of the companies give the first."""
    deal["reseller_name"] = deal["reseller_name"] and deal["company_name"]


@around_handler("listDeals", documented=RISK)
def risk_is_scored_for_25_rows_only(call: HandlerCall) -> Any:
    """The scores are read in a query with the limit of a default page: later rows have none."""
    answer = call()
    for deal in answer["data"][25:]:
        deal["risk"] = None
    return answer


@on_every_deal(*SHOWN, documented=f'{EXAMPLE}: "risk_level": "medium", "risk_score": 45')
def risk_score_is_compared_as_text(deal: Body) -> None:
    """The thresholds are texts of the settings: "5" comes after "30", and "15" before it."""
    for risk in found_in(deal, "risk_score"):
        score = str(risk["risk_score"])
        risk["risk_level"] = "high" if score >= "60" else "medium" if score >= "30" else "low"


@around_handler("listDeals", documented=f"{RISK}: each its own")
def risk_is_that_of_the_deal_before(call: HandlerCall) -> Any:
    """Scores are put to the rows by place, off by one."""
    answer = call()
    scored = [deal for deal in deals_in(answer) if deal["risk"]]
    risks = [deal["risk"] for deal in scored]
    for deal, risk in zip(scored, risks[-1:] + risks[:-1], strict=True):
        deal["risk"] = risk
    return answer


@around_handler("listDeals", documented="Retrieve a paginated list of deals: as they are now")
def list_shows_deals_as_first_seen(call: HandlerCall) -> Any:
    """Each row is cached by its id, and never again read; only its risk is scored anew."""
    answer = call()
    rows = [{**call.memory.setdefault(row["id"], row), "risk": row["risk"]} for row in answer["data"]]
    return {**answer, "data": rows}


@around_handler("getDeal", documented='{"success": true, "data": {…}}')
def deal_has_no_envelope(call: HandlerCall) -> Any:
    """The deal comes bare."""
    return call()["data"]


@around_handler(
    "listDeals", documented="Paginated deal list: {data, current_page, last_page, per_page, total}"
)
def list_has_an_envelope_too_many(call: HandlerCall) -> Any:
    """`{"success": true, "data": {"data": […], "current_page": …}}`."""
    return {"success": True, "data": call()}


@around_handler("listDealStages", documented=f'{EXAMPLE}: "is_won": false, "is_lost": false')
def stage_booleans_are_0_and_1(call: HandlerCall) -> Any:
    """A tinyint of the database comes as it is."""
    answer = call()
    for stage in answer["data"]:
        stage.update(is_won=int(stage["is_won"]), is_lost=int(stage["is_lost"]))
    return answer


@around_handler("listDealStages", documented=f'{EXAMPLE}: "display_order": 3')
def stages_lack_their_display_order(call: HandlerCall) -> Any:
    """The list of stages does not tell their display order."""
    answer = call()
    for stage in answer["data"]:
        del stage["display_order"]
    return answer


@around_handler("createDeal", "updateDeal", "deleteDeal", documented='A success carries "success": true')
def writes_do_not_say_success(call: HandlerCall) -> Any:
    """A write answers without `success`."""
    answer = call()
    del body_of(answer)["success"]
    return answer


@around_handler("getDealStats", documented='A success carries "success": true')
def success_is_text(call: HandlerCall) -> Any:
    """`"success": "true"`."""
    return {**call(), "success": "true"}


@on_every_deal("listDeals", documented="name: Deal name/title: as it was given")
def names_on_the_list_are_escaped(deal: Body) -> None:
    """The list was made for a table in HTML: "R&D" is "R&amp;D" there, and nowhere else."""
    deal["name"] = escape(deal["name"], quote=False)


@on_every_deal(*SHOWN, documented="value: number, Monetary value")
def value_is_nearly_right(deal: Body) -> None:
    """The column is a FLOAT of four bytes: from some seven digits on the cents are lost, and then more."""
    if deal["value"] is not None:
        deal["value"] = round(unpack("f", pack("f", min(deal["value"], LARGEST_FLOAT)))[0], 2)
