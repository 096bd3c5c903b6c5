"""Deals as CSV files: export, template and import."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response

from mock_server.context import current_mock
from mock_server.domain import spreadsheet
from mock_server.domain.contact_keys import spreadsheet_rows
from mock_server.domain.importing import Imported
from mock_server.domain.importing import import_deals as add_rows
from mock_server.domain.refusals import Invalid
from mock_server.domain.values import counted
from mock_server.domain.world import World
from mock_server.responses import Body, csv_file, saved


def export_deals() -> Response:
    """All deals, by id."""
    world, columns, now = current_mock().world, current_mock().contract.csv_row.properties, current_mock().now
    return csv_file([*spreadsheet.exported(spreadsheet_rows(world, columns, now), columns)], "deals.csv")


def download_deal_template() -> Response:
    """The header that an import expects, and one example row."""
    row = current_mock().contract.csv_row
    return csv_file(spreadsheet.template(row.properties, row.example), "deals-template.csv")


def import_deals(body: Body | None) -> Body:
    """Import the valid rows of a file, and explain what is wrong with the others."""
    file = (body or {}).get("file")
    if file is None:
        raise Invalid({"file": "file is required"})
    mock = current_mock()
    sheet = spreadsheet.read(file.content, mock.contract.csv_row)
    imported = mock.store.commit(_add, sheet, mock.now, mock.viewer.id, mock.contract.reported)[1]
    return saved(_report(imported), _summary(imported))


def _add(world: World, *arguments: Any) -> tuple[World, Imported]:
    imported = add_rows(world, *arguments)
    return imported.world, imported


def _summary(imported: Imported) -> str:
    taken = f"{counted(len(imported.deals), 'deal')} imported"
    return f"{taken}, {counted(imported.failed, 'row')} rejected" if imported.failed else taken


def _report(imported: Imported) -> Body:
    return {
        "created": len(imported.deals),
        "failed": imported.failed,
        "errors": [asdict(problem) for problem in imported.errors.problems],
        "errors_omitted": imported.errors.omitted,
        "warnings": [asdict(problem) for problem in imported.warnings.problems],
        "warnings_omitted": imported.warnings.omitted,
    }
