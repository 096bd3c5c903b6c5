"""Scripts for Python: they judge the law again, or the responses to the requests that broke a check."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from contract_tests.client.exchange import Exchange
from contract_tests.reproduce.comparing import Step
from contract_tests.reproduce.script import Script
from contract_tests.reproduce.templates import pieces
from contract_tests.verdict.checks import CREATED, DELETED, PAGE_SIZE, REQUIRED, TYPED, VALUES

IMPORT: Final = """try:
    from contract_tests.reproduce.api import NAMES
except ImportError as error:
    sys.stderr.write(f"could not run: {error}; install deals-contract\\n")
    sys.exit(2)
"""
JSON: Final = ("content-type", "application/json")
OUTCOMES: Final = {  # a rule that no check of responses knows → whether the last answer breaks it
    REQUIRED: "answer.ok",
    TYPED: "answer.ok",
    CREATED: "answer.status == 404",
    DELETED: "answer.ok",
    PAGE_SIZE: "answer.ok and max(len(answer.data or []), answer.json.get('per_page') or 0) > {most}",
    VALUES: "has(answer.json, {name!r}, {value!r})",
}


class PythonScript(Script):
    """A finding as a script for Python."""

    def text(self) -> str:
        """The whole script."""
        lines = [*self.introduction(), "", "It uses deals-contract, which must be installed."]
        introduction = "\n".join(lines).replace("\\", "\\\\").replace('"""', "'''")
        head = f'#!/usr/bin/env python3\n"""{introduction}"""\n\nimport sys'
        return f"{head}\n\n{self._of_law() if self.plan.law_id else self._of_check()}"

    def _of_law(self) -> str:
        requests = "\n".join(f"#   {each}" for each in self._requests())
        after, earlier = "", ""
        if self.plan.earlier_laws:  # their writes may be what the law sees
            laws = "".join(f"    {each!r},\n" for each in self.plan.earlier_laws)
            after, earlier = ", after=EARLIER", f"# Other laws had written before:\nEARLIER = [\n{laws}]\n"
        return (
            f"{_import('show_law')}\n"
            f"# The law sends these requests, among others:\n{requests}\n{earlier}"
            f"sys.exit(show_law({self.plan.law_id!r}{after}{self._connection()}))\n"
        )

    def _of_check(self) -> str:
        finding, outcome = self.plan.finding, self._outcome()
        lines = [line for step in self.plan.steps for line in self._step(step)]
        lines += [f"return {outcome}"] if outcome else []
        body = "\n".join(f"    {line}" for line in lines)
        returns = "bool" if outcome else "None"
        has = ", has" if "has(" in outcome else ""
        claim = f"{finding.rule!r}, {finding.cause or finding.claim!r}"
        return (
            f"{_import(f'Api{has}, show_check')}\n\n"
            f"def steps(api: Api) -> {returns}:\n{body}\n\n\n"
            f"sys.exit(show_check(steps, {claim}{self._connection()}))\n"
        )

    def _outcome(self) -> str:
        finding = self.plan.finding
        if finding.rule == VALUES:
            name = finding.claim.split()[1]  # “a NAME outside its documented values is not saved”
            value = finding.exchanges[0].request_json[name]
            return OUTCOMES[VALUES].format(name=name, value=value)
        most = re.findall(r"\d+", finding.expected) if finding.rule == PAGE_SIZE else []
        return OUTCOMES.get(finding.rule, "").format(most="".join(most[:1]))

    def _connection(self) -> str:
        given = "".join(f", {name}={value!r}" for name, value in self.connection.items())
        return (f", headers={list(self.gateway)!r}" if self.gateway else "") + given

    # Steps

    def _requests(self) -> Iterator[str]:
        """What the steps send, with how often if one follows the other."""
        paths = (self.templates.path(step.exchange, self.base_url) for step in self.plan.steps)
        lines = (
            f"{step.exchange.method} {_string(path)[1:-1]}"
            for step, path in zip(self.plan.steps, paths, strict=True)
        )
        for line, same in groupby(lines):
            times = len(list(same))
            yield line if times == 1 else f"{line} ({times} times)"

    def _step(self, step: Step) -> Iterator[str]:
        """A request; what shows the fault may be refused, and is then no fault."""
        thing = self.things.made_by(step.exchange)
        name = self.plan.names.get(thing, "") if thing else ""
        call = self._call(step.exchange)
        if not (step.cited and self._outcome()):
            must_make = name and step is not self.plan.steps[-1]  # the last may well be refused elsewhere
            yield f"api.make({name!r}, {call})" if must_make else f"api.send({call})"
            return
        yield f"answer = api.send({call})"
        if name and step is not self.plan.steps[-1]:
            yield f"if not api.keep({name!r}, answer):"
            yield "    return False"

    def _call(self, exchange: Exchange) -> str:
        arguments = [repr(exchange.method), _string(self.templates.path(exchange, self.base_url))]
        headers = self.headers_of(exchange)
        for name, content, kind in exchange.files.values():
            arguments.append(f"file=({name!r}, {self._bytes(content)}, {kind!r})")
        if exchange.request_body is not None and not exchange.files:
            has_type = any(name.lower() == "content-type" for name in headers)
            text = self.templates.body(exchange.request_body) if has_type else None
            arguments.append(self._bytes(exchange.request_body) if text is None else _string(text))
            headers = {n: v for n, v in headers.items() if (n.lower(), v) != JSON}
        if headers:
            shown = (f"{n!r}: {_string(self.templates.text(value))}" for n, value in headers.items())
            arguments.append(f"headers={{{', '.join(shown)}}}")
        if exchange.as_ != "me":
            arguments.append(f"as_={exchange.as_!r}")
        return ", ".join(arguments)

    def _bytes(self, content: bytes) -> str:
        """A content that may be no text, as text in which each character stands for a byte."""
        return f"{_string(self.templates.text(content.decode('latin-1')))}.encode('latin-1')"


def _import(names: str) -> str:
    return IMPORT.replace("NAMES", names)


def _string(template: str) -> str:
    """A template as a text in which $name stands for a variable, and $$ for $."""
    found = (
        f"${{{each}}}" if is_variable else each.replace("$", "$$") for is_variable, each in pieces(template)
    )
    return repr(re.sub(r"(?<!\$)\$\{(\w+)\}(?!\w)", r"$\1", "".join(found)))
