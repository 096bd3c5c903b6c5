"""Import rows: what an import makes of good and bad rows."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from typing import Any

from mock_server.domain.refusals import Invalid
from mock_server.mutations.handler_call import Body, HandlerCall
from mock_server.mutations.mutation import around_handler
from mock_server.transport.reading import Upload

IMPORT = "POST /deals/import. file: file. Import and export deal data"


def _changed(call: HandlerCall, change: Callable[[Body], None]) -> HandlerCall:
    """The call with another file: each row changed; a file without the usual header stays as it is."""
    text = call.file.decode("utf-8-sig", "replace")
    reader = csv.DictReader(StringIO(text, newline=""))
    columns = reader.fieldnames or []
    if not {"name", "stage_name"} <= set(columns) or None in columns:
        return call
    rows = list(reader)
    if any(None in row or None in row.values() for row in rows):
        return call
    new = StringIO(newline="")
    writer = csv.DictWriter(new, columns)
    writer.writeheader()
    for row in rows:
        change(row)
        writer.writerow(row)
    return call.with_fields(file=Upload("deals.csv", new.getvalue().encode()))


@around_handler("importDeals", documented=f"{IMPORT}. Implied: every column is saved")
def import_loses_the_company(call: HandlerCall) -> Any:
    """An import ignores the `company_name` column."""

    def change(row: Body) -> None:
        if row.get("company_name"):
            row["company_name"] = ""

    return _changed(call, change)()


@around_handler("importDeals", documented=f"{IMPORT}. Implied: no value is made up")
def import_rolls_impossible_dates_over(call: HandlerCall) -> Any:
    """In an import, an impossible date rolls over: 2031-02-30 becomes 2031-03-02."""

    def change(row: Body) -> None:
        day = row.get("expected_close_date", "")
        if day[8:] in ("29", "30", "31") and day[:4].isdecimal() and day[5:7].isdecimal():
            first = date.fromisoformat(f"{day[:7]}-01")
            row["expected_close_date"] = (first + timedelta(days=int(day[8:]) - 1)).isoformat()

    return _changed(call, change)()


@around_handler("importDeals", documented=f"{IMPORT}. Implied: no value is made up")
def import_reads_the_leading_digits_of_a_value(call: HandlerCall) -> Any:
    """In an import, a `value` such as "12 boxes" is read as 12."""

    def change(row: Body) -> None:
        first, _, rest = row.get("value", "").partition(" ")
        if first.isdecimal() and rest:
            row["value"] = first

    return _changed(call, change)()


@around_handler("importDeals", documented=f"{IMPORT}. 422 validation error. Implied: nothing is saved")
def a_rejected_import_is_partly_saved(call: HandlerCall) -> Any:
    """An import with a bad row is rejected with 422, but its good rows are saved."""
    response = call()
    if errors := response["data"]["errors"]:
        raise Invalid({f"row {error['row']}": error["message"] for error in errors})
    return response


@around_handler("importDeals", documented="name: Required. Deal name/title")
def import_names_rows_without_a_name(call: HandlerCall) -> Any:
    """In an import, a row without a name becomes a deal named "Untitled"."""

    def change(row: Body) -> None:
        if not row["name"].strip() and row["stage_name"]:
            row["name"] = "Untitled"

    return _changed(call, change)()
