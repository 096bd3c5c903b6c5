"""Scripts for the shell: curl and the utilities of POSIX are all they need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from contract_tests.client.exchange import Exchange
from contract_tests.client.tokens import IN_SHELL
from contract_tests.reproduce.comparing import Step
from contract_tests.reproduce.looks import Look, looks_at
from contract_tests.reproduce.plan import refused_on_purpose
from contract_tests.reproduce.script import LOGIN, Script
from contract_tests.reproduce.templates import has_variables, pieces

HELPERS: Final = Path(__file__).with_name("helpers.sh")
PLAIN: Final = re.compile(r"[\w/.,:@%+=#-]+")
PERSONS: Final = {
    "nobody": "''",
    "admin": '"$ADMIN_TOKEN"',
    "other": '"$OTHER_TOKEN"',
    "expired": '"$EXPIRED_TOKEN"',
    "bad": '"$TAMPERED_TOKEN"',
}
JUDGE: Final = """main
if [ "$fault" = yes ]; then
    echo 'The fault shows.'
    exit 1
fi
echo 'The fault does not show.'"""
ASK_PYTHON: Final = """main
echo 'This script cannot judge the responses above by itself: DOUBT.'
python=${PYTHON:-python3}
if "$python" -c 'import contract_tests.reproduce' 2>"$tmp/error"; then
    echo 'ID.py can:'
    "$python" "$(dirname "$0")/ID.py"
    exit
fi
echo 'Compare them with what was expected, or run ID.py where deals-contract is installed.'
exit 2"""
OF_TYPE: Final = {  # type → a pattern for a value of this type
    "string": '"',
    "number": "[0-9-]",
    "fraction": "[0-9-]+[.eE]",
    "boolean": "[tf]",
    "null": "n",
    "object": "[{]",
    "array": "[[]",
}


class ShellScript(Script):
    """A finding as a script for sh."""

    def text(self) -> str:
        """The whole script."""
        steps = [line for step in self.plan.steps for line in self._step(step)]
        if any(step.exchange.operation_id == "reorderPipelineStages" for step in self.plan.steps):
            steps.insert(0, "keep_order")
        main = "\n".join(["main() {", *(f"    {line}" for line in steps), "}"])
        head = "\n".join(["#!/bin/sh", *(f"# {line}".rstrip() for line in self.introduction())])
        settings = "\n".join(self._variables(main))
        return "\n\n".join([head, settings, main, self._helpers(main), self._end()]) + "\n"

    def _variables(self, main: str) -> Iterator[str]:
        """Where the server is, and what must be set."""
        for name, value in self.connection.items():
            yield f"{name}=${{{name}:-${{DEALS_{name}:-{_argument(value)}}}}}"
        for name in self.variables:
            yield f': "${{{name}:=${{DEALS_{name}:?set {name}}}}}"'
        if "INSECURE" in self.connection:
            yield "case $INSECURE in 0 | no | false | off) INSECURE='' ;; esac"
        for name in LOGIN:
            if name in self.variables:
                yield f"""{name}=$(printf %s "${name}" | sed 's/["\\\\]/\\\\&/g')  # in JSON"""
        if "$TAMPERED_TOKEN" in main:
            yield f"TAMPERED_TOKEN={IN_SHELL['bad']}  # its signature is wrong"
        for name, number in sorted(set(re.findall(r"\$\{?((?:[A-Z]+_)?TOKEN)_(\d)", main))):
            yield f'{name}_{number}=$(printf %s "${name}" | cut -d . -f {number})'

    def _helpers(self, main: str) -> str:
        options = "".join(f'-H "{header}: ${name}" ' for header, name in self.gateway.items())
        blocks = HELPERS.read_text("utf-8").replace("@OPTIONS@", options).rstrip().split("\n\n")
        for name, made in {"RUN": '$(echo "$run" | tr a-z A-Z)', "Run": "D${run#d}"}.items():
            blocks[0] += f"\n{name}={made}" if re.search(rf"\$\{{?{name}\b", main) else ""
        return "\n\n".join(_needed(blocks, main))

    def _end(self) -> str:
        if self.plan.certain:
            return JUDGE
        return ASK_PYTHON.replace("DOUBT", self.plan.doubt).replace("ID", self.plan.finding.id)

    # Steps

    def _step(self, step: Step) -> Iterator[str]:
        exchange, looks = step.exchange, list(looks_at(self.plan, step, self.templates))
        thing = self.things.made_by(exchange)
        name = self.plan.names.get(thing, "") if thing else ""
        is_needed = self.plan.certain or exchange.number < self._first_cited
        must_succeed = is_needed and exchange.ok and not looks and self._is_made_sure_of(exchange)
        before, request = self._request(exchange)
        yield from before
        person = f"as {PERSONS[exchange.as_]} " if exchange.as_ in PERSONS else ""
        verb = f"make {name}" if must_succeed and name else "ok" if must_succeed else "send"
        yield f"{person}{verb} {request}"
        if name and not must_succeed and exchange.ok:
            yield f"{name}=$id"
        for look in looks:
            yield "    " + " ".join(self._look(look, exchange))

    @property
    def _first_cited(self) -> int:
        return min((step.exchange.number for step in self.plan.steps if step.cited), default=0)

    def _is_made_sure_of(self, exchange: Exchange) -> bool:
        """Whether the rest makes no sense without it: a write, or the read with the run's own token."""
        return exchange.method != "GET" or exchange.number == 0

    def _request(self, exchange: Exchange) -> tuple[list[str], str]:
        """What precedes a request, and its arguments."""
        before, options = [], list[str]()
        arguments = [exchange.method, _argument(self.templates.path(exchange, self.base_url))]
        headers = self.headers_of(exchange)
        for field, (name, content, kind) in exchange.files.items():
            before.append(f'printf {self._printed(content)} >"$tmp/file"')
            options.append(f'-F "{field}=@$tmp/file;filename={name};type={kind}"')
        if exchange.request_body and not exchange.files:
            text = self.templates.body(exchange.request_body)
            if text is None or "\0" in text:
                before.append(f'printf {self._printed(exchange.request_body)} >"$tmp/file"')
                options.append('--data-binary "@$tmp/file"')
            else:
                arguments.append(_quoted(text))
            if not any(header.lower() == "content-type" for header in headers):
                options.append("-H Content-Type:")
        for header, value in headers.items():
            if (header.lower(), value) != ("content-type", "application/json") or len(arguments) < 3:
                options.append(f"-H {_quoted(self.templates.text(f'{header}: {value}'))}")
        arguments += ["''"] if options and len(arguments) == 2 else []
        return before, " ".join(arguments + options)

    def _printed(self, content: bytes) -> str:
        """The content of a file as a format for printf."""
        found = ""
        for is_variable, piece in pieces(self.templates.text(content.decode("latin-1"))):
            found += f"'{_expanded(piece)}'" if is_variable else "".join(map(_for_printf, piece))
        return f"'{found}'"

    def _look(self, look: Look, exchange: Exchange) -> Iterator[str]:
        if look.kind == "unanswered":
            yield "unanswered"
        elif look.kind == "is" and look.place == "status":
            yield from ("status", *look.values, *(["expected"] if refused_on_purpose(exchange) else []))
        elif look.kind in ("some", "some_of_type", "some_value"):
            value = look.values[0] if look.values else ""
            wanted = OF_TYPE[value] if look.kind == "some_of_type" else f"{_escaped(value)}$" if value else ""
            yield from ("some", _quoted(f"^{_pattern(look.place)}\t{wanted}"))
        elif look.kind == "absent":
            yield from ("is", _argument(look.place), "''")
        elif look.kind == "lacks_field":
            yield from ("lacks_field", _quoted(f"^{_pattern(look.place)}$"), *look.values)
        else:
            place = [_argument(look.place)] if look.place else []
            if look.kind == "changed_by":
                place = [look.values[0], *place]
                look = replace(look, values=look.values[1:])
            yield from (look.kind, *place, *map(_argument, look.values))


def _needed(blocks: list[str], text: str) -> list[str]:
    """The blocks of helpers that a script needs."""
    names = {found[1]: block for block in blocks if (found := re.search(r"^(\w+)\(\) \{$", block, re.M))}
    wanted, news = set[str](), {"clean_up", "could_not_run"} | _called(text, names)
    while news:
        wanted |= news
        news = {name for each in news for name in _called(names[each], names)} - wanted
    kept = {names[name] for name in wanted}
    return [block for block in blocks if block in kept or block not in names.values()]


def _called(text: str, names: dict[str, str]) -> set[str]:
    code = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("#"))
    return {name for name in names if re.search(rf"(^|[\s(;|]){name}(?=[ \n;)]|$)", code, re.M)}


def _pattern(place: str) -> str:
    """A pattern for a place in which * stands for any part."""
    return (
        r"\.".join("[^.]*" if part == "*" else _escaped(part) for part in place.split(".")) if place else ""
    )


def _escaped(text: str) -> str:
    return re.sub(r"([][\\.^$*+?(){}|])", r"\\\1", text)


def _argument(template: str) -> str:
    """A template as one argument, in double quotes if it has variables."""
    if has_variables(template) and not re.search(r'["`\\]', template):
        found = (
            (f"${{{p}}}" if is_variable else p.replace("$", "\\$")) for is_variable, p in pieces(template)
        )
        text = "".join(found)
        bare = re.sub(r"\$\{(\w+)\}(?!\w)", r"$\1", text)
        return bare if re.fullmatch(r"\$\w+", bare) else f'"{bare}"'
    return template if PLAIN.fullmatch(template) else _quoted(template)


def _quoted(template: str) -> str:
    """A template as one argument in single quotes, between which what the user sets is in double quotes."""
    found = (
        (f"'{_expanded(p)}'" if is_variable else p.replace("'", "'\\''"))
        for is_variable, p in pieces(template)
    )
    return f"'{''.join(found)}'"


def _expanded(name: str) -> str:
    """A variable; ids and the words of the script consist of letters and digits, and need no quotes."""
    return f"${name}" if name.islower() or name.lower() == "run" else f'"${name}"'


def _for_printf(character: str) -> str:
    special = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", "%": "%%", "'": "'\\''"}
    if character in special:
        return special[character]
    return character if character.isascii() and character.isprintable() else f"\\{ord(character):03o}"
