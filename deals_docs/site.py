"""The site: every page, and what they load, as files that need no server and no network."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from contract_tests.laws import all_laws
from deals_docs.errors import errors
from deals_docs.questions import questions
from deals_docs.rules import subjects
from deals_docs.search import entries, operation_link
from deals_docs.versions import steps
from deals_spec import Contract, Schema
from deals_spec.annotated import SAYS
from deals_spec.provenance import provenance_of
from deals_spec.written import as_json, as_yaml

HERE: Final = Path(__file__).parent / "pages"
PAGES: Final = {  # file → its title
    "index.html": "Overview",
    "reference.html": "Reference",
    "errors.html": "Errors",
    "questions.html": "Open questions",
    "laws.html": "Laws",
    "changes.html": "Changes",
}
ASSETS: Final = ("bar.css", "style.css", "search.js")
RENDERER: Final = "flask-openapi-scalar"  # the package that carries Scalar's bundle
SCALAR: Final = "scalar.standalone.js"
NOTICE: Final = """{file} is the API reference of Scalar (https://github.com/scalar/scalar), MIT license,
copyright (c) 2023-present Scalar. It was taken from the package {package} {version}, MIT license.
"""


def build(contract: Contract, earlier: Sequence[Schema], folder: Path) -> None:
    """Write the site; `earlier` are former contracts, the oldest first. Other files are left alone."""
    texts = _texts(contract, earlier)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    (folder / "openapi.yaml").write_bytes(contract.source)
    (folder / SCALAR).write_bytes((_renderer() / "templates" / "scalar" / "js" / SCALAR).read_bytes())


def _texts(contract: Contract, earlier: Sequence[Schema]) -> dict[str, str]:
    """Every file of the site that is made here."""
    laws = all_laws(contract)
    asked = questions(contract, laws)
    rules, failures = subjects(laws), errors(contract)
    values = {
        "pages": PAGES,
        "info": contract.document["info"],
        "contract": contract,
        "links": {name: operation_link(each) for name, each in contract.operations.items()},
        "says": {name: text.strip("*.") for name, text in SAYS.items()},
        "counts": _counts(contract),
        "subjects": rules,
        "errors": failures,
        "questions": asked,
        "groups": [(name, list(group)) for name, group in groupby(asked, lambda each: each.subject)],
        "steps": steps([*earlier, contract.document]),
        "annotated": contract.annotated,
    }
    templates = _templates()
    views = {"documented": contract.documented, "full": contract.full, "annotated": contract.annotated}
    index = entries(contract, rules, failures, asked)
    return {
        **{page: templates.get_template(f"{page}.jinja").render(values, page=page) for page in PAGES},
        **{name: (HERE / name).read_text("utf-8") for name in ASSETS},
        **{f"{name}.json": as_json(view) for name, view in views.items()},
        **{f"{name}.yaml": as_yaml(view) for name, view in views.items()},
        "search-index.js": f"const INDEX = {json.dumps(index, ensure_ascii=False)};\n",
        "THIRD-PARTY.txt": NOTICE.format(file=SCALAR, package=RENDERER, version=version(RENDERER)),
    }


def _counts(contract: Contract) -> dict[str, int]:
    """How many operations, parameters and fields rest on what."""
    schemas = contract.document["components"]["schemas"]
    places = [
        ("components", "schemas", name, "properties", field)
        for name, schema in schemas.items()
        for field in schema.get("properties", ())
    ]
    return dict(Counter(provenance_of(contract.document, place) for place in places))


def _renderer() -> Path:
    """The folder of the package with Scalar's bundle, which need not be imported."""
    found = find_spec(RENDERER.replace("-", "_"))
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError(2, f"not installed; pip install {RENDERER}", RENDERER)
    return Path(found.submodule_search_locations[0])


def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters["marked"] = _marked
    templates.filters["embedded"] = _embedded
    return templates


def _marked(text: str) -> Markup:
    """A text in which backticks mark code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def _embedded(document: Any) -> Markup:
    """A document as a value in a script, which cannot end it."""
    return Markup(json.dumps(document, ensure_ascii=False).replace("<", "\\u003c"))
