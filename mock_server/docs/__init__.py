"""`/docs`: the contracts as pages to browse and try, offline; and the contracts themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import flask_swagger_ui
from flask import Blueprint, Response, redirect, render_template, request, send_from_directory
from werkzeug.wrappers import Response as AnyResponse

from deals_spec import Contract
from deals_spec.written import as_json, as_yaml
from mock_server.contract import MockContract
from mock_server.errors import BadRequest

ASSETS: Final = Path(flask_swagger_ui.__file__).parent / "dist"

PAGE: Final = "/docs"
FILES: Final = ("/openapi.yaml", "/openapi.json")  # a page of any origin may read them
VIEWS: Final = ("documented", "full", "annotated")


def docs(
    contract: MockContract, people: Callable[[], Mapping[str, str]], control: Contract | None
) -> Blueprint:
    """The pages; `people` returns a token for each user to sign in as.

    `control` is the contract of the control side, if there is one.
    """
    pages = Blueprint("docs", __name__, template_folder=".")

    @pages.get("/")
    def start() -> AnyResponse:
        return redirect("/docs")

    @pages.get("/docs", strict_slashes=False)
    def page() -> str:
        return render_template(
            "page.html",
            title=contract.document["info"]["title"],
            contract=f"{request.script_root}/docs/contract.json",
            scheme=contract.security_scheme,
            people=people(),
            links={
                f"{request.script_root}/openapi.yaml": "openapi.yaml",
                **{f"{request.script_root}/openapi.json?view={view}": f"{view} view" for view in VIEWS[:2]},
                **({f"{request.script_root}/docs/control": "control the mock"} if control else {}),
            },
        )

    @pages.get("/docs/contract.json")
    def contract_tried_here() -> Response:
        document = _aimed_at_mock(contract, "annotated", request.script_root)
        return Response(as_json(document), mimetype="application/json")

    if control:
        _add_control(pages, control)

    @pages.get("/docs/assets/<path:name>")
    def asset(name: str) -> Response:
        return send_from_directory(ASSETS, name, max_age=3600)

    @pages.get("/openapi.yaml")
    def yaml_file() -> Response:
        view = _chosen_view()
        # Without a view it is the file as it is written, with its comments.
        text = as_yaml(_aimed_at_mock(contract, view, request.root_url)) if view else contract.source
        return Response(text, mimetype="application/yaml")

    @pages.get("/openapi.json")
    def json_file() -> Response:
        text = as_json(_aimed_at_mock(contract, _chosen_view(), request.root_url))
        return Response(text, mimetype="application/json")

    return pages


def _add_control(pages: Blueprint, control: Contract) -> None:
    """The page of the control side, which needs nobody to sign in."""

    @pages.get("/docs/control", strict_slashes=False)
    def control_page() -> str:
        return render_template(
            "page.html",
            title=control.document["info"]["title"],
            contract=f"{request.script_root}/docs/control.json",
            people={},
            links={
                f"{request.script_root}/docs": "the Deals API",
                f"{request.script_root}/docs/control.json": "admin.json",
            },
        )

    @pages.get("/docs/control.json")
    def control_contract() -> Response:
        here = {"url": request.script_root + control.base_path, "description": "This mock"}
        return Response(as_json({**control.document, "servers": [here]}), mimetype="application/json")


def _chosen_view() -> str:
    """The view that the request names; empty if it names none."""
    view = request.args.get("view", "")
    if view not in ("", *VIEWS):
        raise BadRequest(f"view must be one of {', '.join(VIEWS)}")
    return view


def _aimed_at_mock(contract: MockContract, view: str, root: str) -> dict[str, Any]:
    """A view of the contract (none: as it is written) with this mock, or this world, as the first server.

    So requests do not go to the real one. What reads the file elsewhere needs the whole address as `root`.
    """
    views: dict[str, Callable[[], Mapping[str, Any]]] = {
        "documented": lambda: contract.documented,
        "full": lambda: contract.full,
        "annotated": lambda: contract.annotated,
    }
    document = views[view]() if view else contract.document
    here = {"url": f"{root.rstrip('/')}{contract.base_path}", "description": "This mock"}
    return {**document, "servers": [here, *document["servers"][:1]]}
