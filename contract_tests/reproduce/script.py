"""What the scripts for the shell and for Python have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from contract_tests.client.client import Client
from contract_tests.client.exchange import Exchange
from contract_tests.client.tokens import VARIABLES, header_variable
from contract_tests.reproduce.plan import Plan
from contract_tests.reproduce.templates import Templates, pieces
from contract_tests.reproduce.things import Things

OWN_HEADERS: Final = ("user-agent", "x-deals-contract")  # of the run, not of the request
LOGIN: Final = ("EMAIL", "PASSWORD")
LONGEST: Final = 300  # characters of a text in the introduction


class Script:
    """A finding as a script: make, act, look, clean up."""

    def __init__(self, plan: Plan, client: Client, things: Things) -> None:
        self.plan, self.client, self.things = plan, client, things
        self.templates = Templates(client, things, plan.names)
        self.base_url = client.base_url
        self.gateway = {name: header_variable(name)[1:] for name, _ in client.settings.headers}
        settings = client.settings
        connection = {  # variable → its default; a proxy has none, as it may have a password
            "BASE_URL": client.base_url,
            "INSECURE": "yes" if settings.insecure else "",
            "CA_FILE": str(settings.ca_file or ""),
            "CLIENT_CERT": str(settings.client_cert or ""),
        }
        self.connection = {name: value for name, value in connection.items() if value}

    def introduction(self) -> Iterator[str]:
        """The finding, and how to use the script."""
        finding = self.plan.finding
        yield f"{one_line(finding.claim)} ({finding.operation})"
        yield ""
        texts = {"documented": finding.basis, "expected": finding.expected, "received": finding.received}
        for label, text in texts.items():
            yield f"{label:12}{one_line(self.client.redact(text))}"
        yield f"{'rule':12}{finding.rule}, id {finding.id}, seed {finding.seed}"
        yield ""
        yield "It makes what it needs, repeats what shows the fault, and deletes what it has made."
        yield f"It needs {', '.join(self.variables)} in the environment."
        yield "Exit status: 1 the fault shows, 0 it does not show, 2 could not run or not judge."

    @property
    def variables(self) -> list[str]:
        """The environment variables that must be set."""
        persons = {step.exchange.as_ for step in self.plan.steps}
        tokens = [name[1:] for person, name in VARIABLES.items() if person in persons and person != "bad"]
        bodies = (self.templates.body(step.exchange.request_body or b"") for step in self.plan.steps)
        named = [name for body in bodies for is_name, name in pieces(body or "") if is_name and name in LOGIN]
        return list(dict.fromkeys(["TOKEN", *tokens, *named, *self.gateway.values()]))

    def headers_of(self, exchange: Exchange) -> Mapping[str, str]:
        """The headers that a request needs."""
        ours = {*OWN_HEADERS, *map(str.lower, self.gateway)}
        headers = {} if exchange.files else exchange.request_headers
        return {name: value for name, value in headers.items() if name.lower() not in ours}


def one_line(text: str) -> str:
    """The beginning of a text on one line, harmless in a comment."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain if len(plain) <= LONGEST else f"{plain[:LONGEST]}…"
