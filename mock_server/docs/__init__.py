"""`/docs`: the contracts as pages to browse and try, offline; and the contracts themselves."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import flask_swagger_ui
from flask import Blueprint, Response, redirect, render_template, send_from_directory
from werkzeug.wrappers import Response as AnyResponse

from deals_spec import Contract
from mock_server.contract import MockContract

ASSETS = Path(flask_swagger_ui.__file__).parent / "dist"


FILES = {"/openapi.yaml": "openapi.yaml", "/openapi.json": "openapi.json"}


def docs(
    contract: MockContract, people: Callable[[], Mapping[str, str]], control: Contract | None
) -> Blueprint:
    """The pages; `people` returns a token for each user to sign in as.

    `control` is the contract of the control side, if there is one.
    """
    pages = Blueprint("docs", __name__, template_folder=".")
    as_json = json.dumps(contract.document, ensure_ascii=False)
    tried_here = json.dumps(_served_here(contract), ensure_ascii=False)

    @pages.get("/")
    def start() -> AnyResponse:
        return redirect("/docs")

    @pages.get("/docs", strict_slashes=False)
    def page() -> str:
        return render_template(
            "page.html",
            title=contract.document["info"]["title"],
            contract="/docs/contract.json",
            scheme=contract.security_scheme,
            people=people(),
            links={**FILES, **({"/docs/control": "control the mock"} if control else {})},
        )

    @pages.get("/docs/contract.json")
    def contract_tried_here() -> Response:
        return Response(tried_here, mimetype="application/json")

    if control:
        _add_control(pages, control)

    @pages.get("/docs/assets/<path:name>")
    def asset(name: str) -> Response:
        return send_from_directory(ASSETS, name, max_age=3600)

    @pages.get("/openapi.yaml")
    def as_written() -> Response:
        return Response(contract.source, mimetype="application/yaml")

    @pages.get("/openapi.json")
    def as_data() -> Response:
        return Response(as_json, mimetype="application/json")

    return pages


def _add_control(pages: Blueprint, control: Contract) -> None:
    """The page of the control side, which needs nobody to sign in."""

    @pages.get("/docs/control", strict_slashes=False)
    def control_page() -> str:
        return render_template(
            "page.html",
            title=control.document["info"]["title"],
            contract="/docs/control.json",
            people={},
            links={"/docs": "the Deals API", "/docs/control.json": "admin.json"},
        )

    @pages.get("/docs/control.json")
    def control_contract() -> Response:
        return Response(json.dumps(control.document, ensure_ascii=False), mimetype="application/json")


def _served_here(contract: MockContract) -> dict[str, Any]:
    """The contract with this mock as the first server, so that requests do not go to the real one."""
    here = {"url": contract.base_path, "description": "This mock"}
    documented = contract.document["servers"][:1]
    return {**contract.document, "servers": [here, *documented]}
