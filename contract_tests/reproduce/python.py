"""Scripts for Python: the standard library is all they need."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.reproduce.answers import TOKENS
from contract_tests.reproduce.looks import Look
from contract_tests.reproduce.plan import refused_on_purpose
from contract_tests.reproduce.script import Script
from contract_tests.reproduce.templates import MARK, has_variables, pieces

HELPERS: Final = Path(__file__).with_name("helpers.py")
PERSONS: Final = {
    "nobody": "None",
    "admin": "ADMIN_TOKEN",
    "other": "OTHER_TOKEN",
    "expired": "EXPIRED_TOKEN",
    "bad": "BAD_TOKEN",
}
FUNCTIONS: Final = {  # kind of look → how it is written
    "absent": "value(answer, {place}, MISSING)",
    "not_zero": "not_zero(answer, {place})",
    "unanswered": "unanswered(answer)",
    "some_value": "some(answer, {place}, lambda each: True)",
    "some_of_type": "some(answer, {place}, lambda each: is_of_type(each, {value}))",
    "lacks_field": "some(answer, {place}, lambda each: {value} not in each)",
    "lacks_header": 'look("header", answer.headers.get({place}), None)',
    "line": "text_line(answer, {value})",
    "keep": "{name} = answer",
    "note": "{name} = number(answer, {place})",
    "apart": "apart(got, wanted)",
    "changed_by": "changed_by(answer, {name}, {place}, float({second}))",
}
WORDS: Final = {"run": "RUN", "RUN": "RUN.upper()", "Run": "RUN.capitalize()"}
RAW: Final = MARK * 2  # begins a text that stands for a variable by itself


class PythonScript(Script):
    """A finding as a script for Python."""

    judges_by_rule = True

    def text(self) -> str:
        """The whole script."""
        if not self.plan.certain:
            return self._by_rule()
        steps = [line for step in self.plan.steps for line in self._step(step.exchange, *self.looks(step))]
        main = "\n".join(["def steps() -> None:", *(f"    {line}" for line in steps)])
        helpers = HELPERS.read_text("utf-8").replace("@BASE_URL@", self.base_url)
        settings, functions = helpers.partition('"""\n\n')[2].split("\n\n\n", 1)
        introduction = "\n".join(self.introduction()).replace("\\", "\\\\").replace('"""', "'''")
        end = 'if __name__ == "__main__":\n    finish(steps)'
        settings = "\n".join([settings, *self._variables(main)])
        parts = [f'#!/usr/bin/env python3\n"""{introduction}"""\n\n{settings}', main, functions.rstrip(), end]
        return "\n\n\n".join(parts) + "\n"

    def _by_rule(self) -> str:
        introduction = "\n".join(self.introduction()).replace("\\", "\\\\").replace('"""', "'''")
        law_id = getattr(self.plan.finding.rejudge, "law_id", self.plan.finding.rule)
        return (
            f'#!/usr/bin/env python3\n"""{introduction}\n\n'
            'Everybody\'s records count here, so the rule itself judges: deals-contract must be installed."""'
            "\n\n"
            "import sys\n\nfrom contract_tests.reproduce.by_rule import show\n\n"
            f"sys.exit(show({law_id!r}, {self.base_url!r}))\n"
        )

    def _variables(self, main: str) -> Iterator[str]:
        for header, name in self.gateway:
            yield f'GATEWAY["{header}"] = os.environ["{name}"]'
        if self.client.settings.insecure:
            yield "INSECURE = True"
        if "ADMIN_TOKEN" in main:
            yield 'ADMIN_TOKEN = os.environ.get("ADMIN_TOKEN", TOKEN)'
        for name in ("OTHER_TOKEN", "EXPIRED_TOKEN", "EMAIL", "PASSWORD"):
            if re.search(rf"\b{name}\b", main):
                yield f'{name} = os.environ["{name}"]'
        if "BAD_TOKEN" in main:
            yield 'BAD_TOKEN = TOKEN[:-5] + "AAAAA"  # its signature is wrong'

    # Steps

    def _step(self, exchange: Exchange, name: str, looks: list[Look], must_succeed: bool) -> Iterator[str]:
        if exchange.operation_id == "reorderPipelineStages" and exchange.ok:
            yield "keep_order()"
        path = _string(self.templates.path(exchange, self.base_url))
        arguments = [json.dumps(exchange.method), path, *self._body(exchange)]
        headers = {_string(n): _string(self.templates.text(v)) for n, v in self._headers(exchange).items()}
        if headers:
            arguments.append(f"headers={{{', '.join(f'{n}: {v}' for n, v in headers.items())}}}")
        if exchange.as_ in PERSONS:
            arguments.append(f"token={PERSONS[exchange.as_]}")
        if must_succeed:
            arguments.append("ok=True")
        call = f"send({', '.join(arguments)})"
        if looks or (name and not must_succeed and exchange.ok):
            yield f"answer = {call}"
        else:
            yield f"{name} = {call}.id" if name else call
        for look in looks:
            yield self._look(look, exchange)
        if name and looks and exchange.ok:
            yield f"{name} = answer.id_if_made"

    def _headers(self, exchange: Exchange) -> dict[str, str]:
        found = dict(self.headers_of(exchange))
        if _is_usual(exchange.request_body):
            found = {n: v for n, v in found.items() if (n.lower(), v) != ("content-type", "application/json")}
        return found

    def _body(self, exchange: Exchange) -> Iterator[str]:
        for name, content, kind in exchange.files.values():
            yield f"file=({name!r}, {self._bytes(content)}, {kind!r})"
        if exchange.request_body is not None and not exchange.files:
            usual = _is_usual(exchange.request_body)
            text = self.templates.body(exchange.request_body) if usual else None
            yield self._bytes(exchange.request_body) if text is None else _from_json(text)

    def _bytes(self, content: bytes) -> str:
        try:
            text = self.templates.text(content.decode("utf-8"))
        except UnicodeDecodeError:
            text = self.templates.text(content.decode("latin-1"))
            return f"{_string(text)}.encode('latin-1')"
        return f"{_string(text)}.encode()" if text else "b''"

    def _look(self, look: Look, exchange: Exchange) -> str:
        place = _string(look.place)
        if look.kind == "is":
            return self._value(look, exchange)
        if look.kind in FUNCTIONS:
            values = [*map(_string, look.values), "", ""]
            first = look.values[0].strip(MARK) if look.values else ""
            return FUNCTIONS[look.kind].format(place=place, value=values[0], second=values[1], name=first)
        if look.kind in ("same", "differs"):
            return f"{look.kind}(answer, {', '.join([look.values[0], *map(_string, look.values[1:])])})"
        if look.kind == "some":
            return f"some(answer, {place}, lambda each: each == {_from_json(look.values[0])})"
        if look.kind == "named":
            return f"{look.values[0].strip(MARK)} = named(answer, {place}, {_from_json(look.values[1])})"
        return f"{look.kind}({', '.join(['answer', place, *map(_id, look.values)])})"

    def _value(self, look: Look, exchange: Exchange) -> str:
        value = look.values[0]
        if look.place == "status":
            return f"status(answer, {value}{', expected=True' if refused_on_purpose(exchange) else ''})"
        if look.place == "json":
            return 'look("valid JSON", answer.is_json, False)'
        if look.place == "content-type":
            return f'look("Content-Type", answer.headers.get("Content-Type", ""), {_string(value)})'
        if look.place.endswith(".#"):
            return f"size(answer, {_string(look.place[:-2])}, {_from_json(value)})"
        return f"value(answer, {_string(look.place)}, {_from_json(value)})"


def _is_usual(body: bytes | None) -> bool:
    """Whether a body is JSON as `json.dumps` writes it."""
    try:
        return body is not None and json.dumps(json.loads(body)).encode() == body
    except (ValueError, RecursionError):
        return False


def _from_json(template: str) -> str:
    """Python for a JSON template."""

    def marked(found: re.Match[str]) -> str:
        token = found[0]
        return token if token.startswith('"') or MARK not in token else f'"{RAW}{token.strip(MARK)}{MARK}"'

    try:
        return _literal(json.loads(TOKENS.sub(marked, template)))
    except ValueError:
        return _string(template)


def _literal(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_string(name)}: {_literal(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_literal, value)) + "]"
    if isinstance(value, str):
        return value.strip(MARK) if value.startswith(RAW) else _string(value)
    return {"nan": 'float("nan")', "inf": 'float("inf")', "-inf": '-float("inf")'}.get(
        repr(value), repr(value)
    )


def _id(template: str) -> str:
    return (
        template.strip(MARK)
        if has_variables(template)
        else template
        if template.isdecimal()
        else _string(template)
    )


def _string(template: str) -> str:
    """A template as a text, an f-string if it has variables."""
    found, dynamic = "", has_variables(template)
    for is_variable, piece in pieces(template):
        if is_variable:
            part = re.fullmatch(r"(.*TOKEN)_(\d)", piece)
            found += (
                f"{{{part[1]}.split('.')[{int(part[2]) - 1}]}}" if part else f"{{{WORDS.get(piece, piece)}}}"
            )
        else:
            text = json.dumps(piece, ensure_ascii=not piece.isprintable())[1:-1]
            found += text.replace("{", "{{").replace("}", "}}") if dynamic else text
    return f'{"f" if dynamic else ""}"{found}"'
