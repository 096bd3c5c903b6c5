"""The contract for people: every operation, parameter, field and response says what it rests on.

OpenAPI has no place for that, so it is said in the descriptions, which every renderer shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from deals_spec.document import METHODS, Schema, resolved
from deals_spec.marks import WHOLE, Guess, guesses, guesses_of
from deals_spec.provenance import Provenance, own_provenance, weakest
from deals_spec.views import without_keys, without_unused_components

SAYS: Final[Mapping[Provenance, str]] = {
    "documented": "*Documented.*",
    "site": "*From the site's other pages.*",
    "guess": "**Our guess.**",
}
LEGEND: Final = """
## What this description rests on

The documentation leaves much open. So every operation, parameter, field and response says its source:

- *Documented.* It is on the documentation page of the Deals API, in a table or an example.
- *From the site's other pages.* Other pages of the same documentation say it for the whole API.
- **Our guess.** The documentation does not say it, but a mock has to know what to do.

A single detail can be a guess in what is otherwise documented: **The limit of 255 characters is our guess.**
A server that differs from a guess does not contradict the documentation. There are {count} guesses.
"""


def annotated_view(document: Schema) -> dict[str, Any]:
    """The full view in which descriptions say what is documented and what is our guess.

    The examples of optional query parameters are words, too: what tries an operation would fill them in as
    filters, and find nothing.
    """
    annotating = _Annotating(document)
    info, components = document["info"], document["components"]
    legend = LEGEND.format(count=len(guesses(document)))
    view = {
        **document,
        "info": {**info, "description": f"{info.get('description', '').rstrip()}\n{legend}"},
        "paths": {path: annotating.path(item) for path, item in document["paths"].items()},
        "components": {
            **components,
            **{
                kind: {name: annotate(node, "documented") for name, node in components.get(kind, {}).items()}
                for kind, annotate in annotating.components.items()
            },
        },
    }
    return without_unused_components(without_keys(view, lambda key: key.startswith("x-")))  # type: ignore[no-any-return]


class _Annotating:
    """Makes the nodes of the view; `above` is what the node around them rests on."""

    def __init__(self, document: Schema) -> None:
        self._document = document
        self.components = {
            "headers": self.parameter,
            "parameters": self.parameter,
            "requestBodies": self.body,
            "responses": self.response,
            "schemas": self.schema,
        }

    def path(self, item: Schema) -> Schema:
        """The operations of a path, and the parameters that they share."""
        found = {**item, **{name: self.operation(item[name]) for name in METHODS if name in item}}
        if "parameters" in item:
            found["parameters"] = [self.parameter(each, "documented") for each in item["parameters"]]
        return found

    def operation(self, node: Schema) -> Schema:
        provenance = _provenance(node, "documented")
        found = {**_told(node, provenance), "responses": {}}
        for status, response in node["responses"].items():
            found["responses"][status] = self.response(response, provenance, status)
        if "parameters" in node:
            found["parameters"] = [self.parameter(each, provenance) for each in node["parameters"]]
        if "requestBody" in node:
            found["requestBody"] = self.body(node["requestBody"], provenance)
        return found

    def parameter(self, node: Schema, above: Provenance) -> Schema:
        """A parameter, or a header. What its schema leaves open is said here, too."""
        if "$ref" in node:
            return node
        provenance = _provenance(node, above)
        schema = self._inlined(node["schema"])
        found = {**_told(node, provenance, _guesses_on(schema)), "schema": schema}
        if node.get("in") == "query" and not node.get("required") and "example" in node:
            example = found.pop("example")
            found["description"] = f"{found['description']} Example: `{example}`."
        return found

    def body(self, node: Schema, above: Provenance) -> Schema:
        if "$ref" in node:
            return node
        return self._with_content(_told(node, _provenance(node, above)), _provenance(node, above))

    def response(self, node: Schema, above: Provenance, status: str = "") -> Schema:
        if "$ref" in node:
            return node
        provenance = _provenance(node, above)
        found = _told(node, provenance, status=status)
        if "headers" in node:
            of_headers: Provenance = "guess" if "headers" in node.get("x-inferred", ()) else provenance
            found["headers"] = {
                name: self.parameter(header, of_headers) for name, header in node["headers"].items()
            }
        return self._with_content(found, provenance)

    def schema(self, node: Schema, above: Provenance) -> Schema:
        """A schema with a name."""
        if "$ref" in node:
            return node
        provenance = _provenance(node, above)
        return self._with_parts(_told(node, provenance, without_members=True), node, provenance)

    def _with_content(self, node: Schema, provenance: Provenance) -> Schema:
        if "content" not in node:
            return node
        content = {
            kind: {**media, "schema": self._part(media.get("schema", {}), provenance)}
            for kind, media in node["content"].items()
        }
        return {**node, "content": content}

    def _part(self, node: Schema, above: Provenance) -> Schema:
        """A schema without a name, such as that of items: it says only what differs from its surroundings."""
        provenance = _provenance(node, above)
        told = _told(node, provenance, without_members=True) if next(guesses_of(node, ()), None) else node
        return self._with_parts(told, node, provenance)

    def _with_parts(self, found: Schema, node: Schema, provenance: Provenance) -> Schema:
        parts: dict[str, Any] = {}
        if "properties" in node:
            parts["properties"] = {
                name: self._property(name, each, node, provenance)
                for name, each in node["properties"].items()
            }
        if "allOf" in node:
            parts["allOf"] = [self._part(each, provenance) for each in node["allOf"]]
        for key in ("items", "additionalProperties"):
            if isinstance(node.get(key), dict):
                parts[key] = self._part(node[key], provenance)
        return {**found, **parts}

    def _property(self, name: str, node: Schema, owner: Schema, above: Provenance) -> Schema:
        whole = self._inlined(node)
        target = resolved(self._document, whole)
        provenance = weakest(_provenance(whole, above), _provenance(target, "documented"))
        marked = [*_guesses_on(whole)] if whole is target else [*_guesses_on(whole), *_guesses_on(target)]
        if f"required.{name}" in owner.get("x-inferred", ()):
            marked.append(Guess((), f"required.{name}", owner))
        if whole is not target:  # beside a reference nothing else is read
            whole = {"description": target.get("description", ""), "allOf": [whole]}
        told = {**whole, "description": _description(whole, provenance, marked)}
        return self._with_parts(told, whole, provenance)

    def _inlined(self, node: Schema) -> Schema:
        """A schema of a single value with what it refers to, so that all is said in one place."""
        parts = node.get("allOf", ())
        reference = node if "$ref" in node else parts[0] if len(parts) == 1 else {}
        target = resolved(self._document, reference)
        if "$ref" not in reference or target.get("type") in (None, "object", "array"):
            return node
        own = {key: value for key, value in node.items() if key not in ("$ref", "allOf")}
        inferred = dict.fromkeys((*target.get("x-inferred", ()), *own.get("x-inferred", ())))
        return {**target, **own, **({"x-inferred": [*inferred]} if inferred else {})}


def _told(
    node: Schema,
    provenance: Provenance,
    marked: Iterable[Guess] = (),
    *,
    status: str = "",
    without_members: bool = False,
) -> dict[str, Any]:
    """A node whose description says what it rests on; properties tell whether they are required."""
    own = [
        guess
        for guess in guesses_of(node, (status,))
        if not (without_members and guess.keyword.startswith("required."))
    ]
    return {**node, "description": _description(node, provenance, [*own, *marked])}


def _description(node: Schema, provenance: Provenance, marked: Iterable[Guess]) -> str:
    text = node.get("description", "").rstrip()
    said = [f"{text}." if (text and text[-1].isalnum()) or text.endswith(")") else text, SAYS[provenance]]
    details = dict.fromkeys(_detail(guess) for guess in marked if guess.keyword != WHOLE)
    if details and provenance != "guess":
        said.append(f"**{_sentence(list(details))}**")
    return " ".join(filter(None, said))


def _detail(guess: Guess) -> str:
    return "that it is never absent" if guess.keyword.startswith("required.") else guess.assumption


def _sentence(details: list[str]) -> str:
    text = f"{', '.join(details[:-1])} and {details[-1]}" if len(details) > 1 else details[0]
    return f"{text[0].upper()}{text[1:]} {'are' if len(details) > 1 else 'is'} our guess."


def _guesses_on(node: Schema) -> Iterable[Guess]:
    return (each for each in guesses_of(node, ()) if not each.keyword.startswith("required."))


def _provenance(node: Schema, above: Provenance) -> Provenance:
    """What a node rests on, by its own mark and by what is above it."""
    return weakest(above, own_provenance(node))
