"""What the Python scripts of findings share; each contains this text, so that it needs nothing else."""

from __future__ import annotations

import json
import os
import re
import ssl
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

BASE_URL = os.environ.get("BASE_URL", "@BASE_URL@")
TOKEN = os.environ.get("TOKEN", "")
GATEWAY: dict[str, str] = {}  # headers for every request

INSECURE = False  # whether the server's certificate is not verified
RUN = f"dc-{(int(time.time()) * 64 + os.getpid()) % 16**6:06x}"  # marks what is made here


MISSING: Any = object()
made: list[str] = []  # the paths to delete at the end
stages: list[Any] = []  # in their original order
differences: list[str] = []  # why the fault does not show


class CouldNotRunError(Exception):
    """A request failed that has nothing to do with the fault."""


class Response:
    """The response to a request."""

    def __init__(self, request: str, status: int, headers: Any, body: bytes) -> None:
        self.request, self.status, self.headers, self.body = request, status, headers, body
        try:
            self.json = json.loads(body, parse_constant=_refuse)
            self.is_json = True
        except ValueError:
            self.json, self.is_json = None, False
        print(f"{request}: {status}")

    @property
    def id(self) -> Any:
        """The id of the new record; it must be there."""
        for place in (
            "data.id",
            *(f"data.{kind}.id" for kind in ("deal", "stage", "task", "note")),
            "deal.id",
            "id",
        ):
            if self.status < 300 and (found := at(self.json, place)) is not MISSING:
                return found
        text = self.body[:300].decode("utf-8", "replace")
        raise CouldNotRunError(f"{self.request}: {self.status}, without the id of a new record: {text}")

    @property
    def id_if_made(self) -> Any:
        """The id of the new record, if there is one."""
        try:
            return self.id
        except CouldNotRunError:
            return MISSING


def send(
    method: str,
    path: str,
    body: Any = MISSING,
    *,
    headers: dict[str, str] | None = None,
    token: str | None = TOKEN,
    file: tuple[str, bytes, str] | None = None,
    ok: bool = False,
) -> Response:
    """Send a request; `body` is sent as JSON unless it is bytes, `file` as a form."""
    headers = {**GATEWAY, "X-Deals-Contract": f"{RUN} script", **(headers or {})}
    if token:
        headers.setdefault("Authorization", f"Bearer {token}")
    if file:
        head = f'Content-Disposition: form-data; name="file"; filename="{file[0]}"\r\nContent-Type: {file[2]}'
        body = f"--{RUN}\r\n{head}\r\n\r\n".encode() + file[1] + f"\r\n--{RUN}--\r\n".encode()
        headers["Content-Type"] = f"multipart/form-data; boundary={RUN}"
    elif body is not MISSING and not isinstance(body, bytes):
        body = json.dumps(body).encode()
        headers.setdefault("Content-Type", "application/json")
    data = None if body is MISSING else body
    request = urllib.request.Request(BASE_URL + path, data, headers, method=method)
    try:
        with _OPENER.open(request, timeout=60) as answer:
            response = Response(f"{method} {path}", answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        response = Response(f"{method} {path}", error.code, error.headers, error.read())
    except OSError as error:
        response = Response(f"{method} {path}", 0, {}, str(error).encode())
    if ok and not 200 <= response.status < 300:
        raise CouldNotRunError(f"{response.request}: {response.status}")
    if method == "POST" and 200 <= response.status < 300:
        _remember(path, response)
    return response


def at(node: Any, place: str) -> Any:
    """The value at a place: `data.name`, `data.0`, `data.@17` (the record with the id 17), or MISSING."""
    for part in place.split(".") if place else ():
        if part.startswith("@") and isinstance(node, list):
            node = next(
                (row for row in node if isinstance(row, dict) and str(row.get("id")) == part[1:]), MISSING
            )
        elif isinstance(node, list) and part.isdecimal() and int(part) < len(node):
            node = node[int(part)]
        elif isinstance(node, dict) and part in node:
            node = node[part]
        else:
            return MISSING
    return node


def every(node: Any, pattern: str) -> list[Any]:
    """The values at all places that match a pattern such as `data.*.value`."""
    nodes = [node]
    for part in pattern.split(".") if pattern else ():
        if part == "*":
            nodes = [row for each in nodes if isinstance(each, list) for row in each]
        else:
            nodes = [each[part] for each in nodes if isinstance(each, dict) and part in each]
    return nodes


def ids(response: Response, place: str) -> list[Any]:
    """The ids of the records in a list."""
    rows = at(response.json, place)
    return (
        [row["id"] for row in rows if isinstance(row, dict) and "id" in row] if isinstance(rows, list) else []
    )


# What the response must be like for the fault to show


def look(what: str, seen: object, wanted: object) -> None:
    """Note whether something is as it was when the fault was found."""
    if type(seen) is type(wanted) and seen == wanted:
        print(f"    {what}: {seen!r}")
    else:
        text = f"{what}: {'nothing' if seen is MISSING else repr(seen)}, not {wanted!r}"
        differences.append(text)
        print(f"  ~ {text}")


def status(response: Response, wanted: int, *, expected: bool = False) -> None:
    """Expect a status; some others have to do with the token or the server, unless they are `expected`."""
    if (
        not expected
        and response.status != wanted
        and (response.status in (0, 401, 403, 429) or response.status >= 500)
    ):
        raise CouldNotRunError(f"{response.request}: {response.status}")
    look("status", response.status, wanted)


def unanswered(response: Response) -> None:
    """Expect no response, though the server responds to others."""
    if send("GET", "/deals/stages").status == 0:
        raise CouldNotRunError(f"{BASE_URL} does not respond")
    look("status", response.status, 0)


def value(response: Response, place: str, wanted: object) -> None:
    """Expect a value at a place."""
    look(place, at(response.json, place), wanted)


def size(response: Response, place: str, wanted: int) -> None:
    """Expect a list to have so many elements."""
    rows = at(response.json, place)
    look(f"number of {place}", len(rows) if isinstance(rows, list) else MISSING, wanted)


def exactly(response: Response, place: str, *wanted: Any) -> None:
    """Expect the list of exactly these records in this order."""
    look(f"ids in {place}", ids(response, place), list(wanted))


def only(response: Response, place: str, *wanted: Any) -> None:
    """Expect the list of exactly these records in any order."""
    look(f"ids in {place}", sorted(ids(response, place), key=str), sorted(wanted, key=str))


def order(response: Response, place: str, *wanted: Any) -> None:
    """Expect these records in this order, perhaps with others between them."""
    look(f"order of {place}", [id for id in ids(response, place) if id in wanted], list(wanted))


def has(response: Response, place: str, *wanted: Any) -> None:
    """Expect a list to have these records."""
    look(f"{place} has", [id for id in wanted if id in ids(response, place)], list(wanted))


def lacks(response: Response, place: str, *unwanted: Any) -> None:
    """Expect a list not to have these records."""
    look(f"{place} has", [id for id in unwanted if id in ids(response, place)], [])


def others(response: Response, place: str, *known: Any) -> None:
    """Expect records besides these in a list."""
    look(f"others in {place}", any(id not in known for id in ids(response, place)), True)


def not_zero(response: Response, place: str) -> None:
    """Expect any value but none at a place."""
    found = at(response.json, place)
    look(f"{place} is {found!r}", bool(found) and found is not MISSING, True)


def named(response: Response, place: str, name: str) -> Any:
    """The id of the record in a list that has this name; 0 if there is none."""
    rows = at(response.json, place)
    found = (row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()
    return next((row["id"] for row in found if name in (row.get("name"), row.get("title"))), 0)


def number(response: Response, place: str) -> Any:
    """A number in the response; the size of a list for `data.#`."""
    found = at(response.json, place.removesuffix("#").removesuffix("."))
    found = len(found) if place.endswith("#") and isinstance(found, list) else found
    print(f"    {place}: {found}")
    return found


def same(response: Response, before: Response, *places: str) -> None:
    """Expect the values at these places to be as before."""
    for place in places:
        look(place, at(response.json, place), at(before.json, place))


def differs(response: Response, before: Response, *places: str) -> None:
    """Expect the values at these places to be other ones than before."""
    for place in places:
        look(f"{place} has changed", at(response.json, place) != at(before.json, place), True)


def changed_by(response: Response, before: Response, place: str, wanted: float) -> None:
    """Expect a number to have changed by this much."""
    now, then = (at(each.json, place) for each in (response, before))
    difference = round(float(now) - float(then), 2) if now is not MISSING and then is not MISSING else MISSING
    look(f"change of {place}", difference, round(wanted, 2))


def apart(got: Any, wanted: Any) -> None:
    """Expect two numbers to differ that should be equal."""
    look(f"{got} and {wanted} differ", got != wanted, True)


def some(response: Response, pattern: str, test: Callable[[Any], object]) -> None:
    """Expect a value that passes a test at one of the places."""
    found = [each for each in every(response.json, pattern) if test(each)]
    look(f"a fault in {pattern or 'the body'} (such as {found[:1]})", bool(found), True)


def is_of_type(value: Any, name: str) -> bool:
    """Whether a value is of a JSON type; a fraction is a number that is not whole."""
    if isinstance(value, bool):
        return name == "boolean"
    types = {"string": str, "number": int | float, "fraction": float, "object": dict, "array": list}
    return value is None if name == "null" else name in types and isinstance(value, types[name])


def text_line(response: Response, wanted: str) -> None:
    """Expect a line in a text file."""
    look(f"the line {wanted!r}", wanted in response.body.decode("utf-8", "replace").splitlines(), True)


def finish(main: Callable[[], None]) -> None:
    """Run the steps, delete what they have made, and exit with the verdict."""
    if not TOKEN:
        sys.exit("set TOKEN to a bearer token")
    try:
        main()
        print("The fault does not show." if differences else "The fault shows.")
        result = 0 if differences else 1
    except CouldNotRunError as error:
        print(f"could not run: {error}", file=sys.stderr)
        result = 2
    finally:
        _clean_up()
    sys.exit(result)


def _remember(path: str, response: Response) -> None:
    if path.endswith("/import"):
        made.append("import")
    elif re.fullmatch("/deals|/pipeline-stages|/deals/[^/]+/(tasks|notes)", path):
        made.append(f"{path}/{response.id_if_made}")


def keep_order() -> None:
    """Remember the order of the stages, to restore it at the end."""
    if not stages:
        stages.extend(ids(send("GET", "/deals/stages", ok=True), "data"))


def _clean_up() -> None:
    token = os.environ.get("ADMIN_TOKEN", TOKEN)
    for path in reversed(made):
        if path == "import":
            for id in ids(send("GET", f"/deals?search={RUN}&per_page=100"), "data"):
                send("DELETE", f"/deals/{id}")
        else:
            send("DELETE", path, token=token)
    if stages:
        send("PUT", "/pipeline-stages/reorder", {"order": stages}, token=token)


def _refuse(name: str) -> Any:
    raise ValueError(name)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def _context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    if INSECURE:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


_OPENER = urllib.request.build_opener(_NoRedirects, urllib.request.HTTPSHandler(context=_context()))
