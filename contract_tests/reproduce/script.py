"""What the scripts for the shell and for Python have in common."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Final

from contract_tests.client.client import Client
from contract_tests.client.exchange import Exchange
from contract_tests.reproduce.comparing import Step
from contract_tests.reproduce.looks import Look, looks_at
from contract_tests.reproduce.plan import Plan
from contract_tests.reproduce.templates import Templates
from contract_tests.reproduce.things import Things

OWN_HEADERS: Final = ("user-agent", "x-deals-contract")  # of the run, not of the request
LONGEST: Final = 300  # characters of a text in the introduction
CANNOT_JUDGE: Final = (
    "This script cannot judge by itself, because everybody's records count: compare the responses with what "
    "was expected and received, or run the script for Python."
)


class Script(ABC):
    """A finding as a script: make, act, look, clean up."""

    judges_by_rule = False  # whether it can ask the rule where the steps cannot judge

    def __init__(self, plan: Plan, client: Client, things: Things) -> None:
        self.plan, self.client, self.things = plan, client, things
        self.templates = Templates(client, things, plan.names)
        self.base_url = client.base_url
        self.gateway = [(name, variable_for(name)) for name, _ in client.settings.headers]

    @abstractmethod
    def text(self) -> str:
        """The whole script."""

    def introduction(self) -> Iterator[str]:
        """The finding, and how to use the script."""
        finding = self.plan.finding
        yield f"{one_line(finding.claim)} ({finding.operation})"
        yield ""
        for label, text in {
            "documented": finding.basis,
            "expected": finding.expected,
            "received": finding.received,
        }.items():
            yield f"{label:12}{one_line(self.client.redact(text))}"
        yield f"{'rule':12}{finding.rule}, id {finding.id}, seed {finding.seed}"
        yield ""
        yield "It makes what it needs, repeats what shows the fault, and deletes what it has made."
        if self.plan.certain or self.judges_by_rule:
            yield "Exit status: 1 the fault shows, 0 it does not show, 2 could not run."
        else:
            yield CANNOT_JUDGE

    def looks(self, step: Step) -> tuple[str, list[Look], bool]:
        """Of a step: the variable for what it makes, what to look at, and whether it must succeed."""
        exchange = step.exchange
        looks = list(looks_at(self.plan, step, self.templates))
        thing = self.things.made_by(exchange)
        must_succeed = exchange.ok and not looks and (exchange.method != "GET" or exchange.number == 0)
        return (self.plan.names.get(thing, "") if thing else ""), looks, must_succeed

    def headers_of(self, exchange: Exchange) -> Mapping[str, str]:
        """The headers that a request needs."""
        ours = {*OWN_HEADERS, *(name.lower() for name, _ in self.gateway)}
        headers = {} if exchange.files else exchange.request_headers
        return {name: value for name, value in headers.items() if name.lower() not in ours}


def variable_for(header: str) -> str:
    """The environment variable that holds the value of a gateway's header."""
    return re.sub(r"\W", "_", header).upper()


def one_line(text: str) -> str:
    """The beginning of a text on one line, harmless in a comment."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain if len(plain) <= LONGEST else f"{plain[:LONGEST]}…"
