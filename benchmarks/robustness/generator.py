"""Random requests from the contract: each follows from the seed, its number, and the ids that exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import quote

from benchmarks.robustness import bodies, hostile
from benchmarks.robustness.contract_file import ContractFile, Operation
from benchmarks.robustness.judge import Token
from benchmarks.robustness.known import Known
from benchmarks.robustness.wire import Header, Request

WEIGHTS = {
    "getDealPipeline": 1,
    "exportDeals": 2,
    "listDeals": 5,
    "createDeal": 6,
    "importDeals": 6,
    "login": 2,
}
NO_BODY: dict[str, Any] = {"properties": {"name": {"type": "string"}}}  # for operations that take none
METHODS = (
    "GET",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "HEAD",
    "OPTIONS",
    "TRACE",
    "FOO",
    "get",
    "M-SEARCH",
    "CONNECT",
)
PATHS = (
    *("/", "", "/deals/", "//deals", "/Deals", "/deals/1/", "/deals//1", "/deals/1/notes/", "/deals/1/2/3/4"),
    *(
        "/deals/%2e%2e/deals",
        "/deals/1%2Fnotes",
        "/deals/%EF%BC%91",
        "/deals/%ff",
        "/deals/%",
        "/deals/1;x=1",
    ),
    *("/deals/../stages", "/deals/ 1", "/users", "/" + "x" * 20_000, "/deals/" + "9" * 5000, "/deals/1%00"),
)
NOT_A_PATH = (
    "*",
    "api/deals",
    "http://",
    "http://x",
    "?",
    "/nothing",
    "/api%2Fdeals",
    "//",
    "\\",
    "/\xff",
    "#",
)
IDS = (
    "0",
    "-1",
    "1.5",
    "abc",
    "1e3",
    "%20",
    "9" * 30,
    str(2**63),
    "١",
    "null",
    "+1",
    "01",
    "%27",
    "1,2",
    "%00",
)
QUERIES = (
    *(
        "%",
        "%zz",
        "%ff=%fe",
        "=",
        "&&&",
        "page",
        "page=",
        "page=1&page=2",
        "a" * 5000,
        "?",
        "page=1;per_page=2",
    ),
    *("perPage=5", "stage_ids[]=1&stage_ids[]=2", "stage_ids=" + ",".join(["1"] * 2000), "x[y][z]=1"),
    *(
        "&".join(f"p{place}=1" for place in range(1100)),
        "page=" + "9" * 4400,
        "won=",
        "search=%00",
        "search=%",
    ),
    "stage_ids=" + ",".join(str(place * hostile.COLLIDING) for place in range(500)),
)
ODD_HEADERS: tuple[tuple[Header, ...], ...] = (
    (("Origin", "https://app.example"),),
    (("Origin", "null"),),
    (("Host", "evil.example"),),
    (("Host", ""),),
    (("Accept", "text/html"),),
    (("Accept", "application/xml;q=x"),),
    (("Accept-Encoding", "gzip"),),
    (("Expect", "200-ok"),),
    (("Upgrade", "h2c"), ("Connection", "Upgrade, HTTP2-Settings")),
    (("X-Forwarded-For", "é" * 50), ("X-HTTP-Method-Override", "DELETE")),
    (("Cookie", "a=b; " * 500),),
    (("Range", "bytes=0-0"),),
    (("If-None-Match", "*"), ("If-Modified-Since", "x")),
    (("Origin", "https://app.example"), ("Access-Control-Request-Method", "DELETE")),
    (("Origin", "https://app.example"), ("Access-Control-Request-Method", "x y")),
    tuple((f"X-{place}", "1") for place in range(60)),
    tuple((f"X-{place}", "1") for place in range(120)),
    (("X-Long", "x" * 70_000),),
    (("Bad Name", "1"),),
    (("X-Control", "a\x00b"),),
    (("Content-Length", "x"),),
    (("Connection", "close"),),
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A request, and what is known of who sends it."""

    number: int
    request: Request
    token: Token
    role: str
    operation: str


class Generator:
    """Makes the requests of a run."""

    def __init__(self, contract: ContractFile, seed: int, tokens: Mapping[str, str], expired: str) -> None:
        self._base = contract.base
        self._operations = contract.operations
        self._weights = [WEIGHTS.get(each.id, 3) for each in contract.operations]
        self._seed = seed
        self._tokens = dict(tokens)
        self._wrong = (
            expired,
            "x",
            "",
            expired[:-2],
            "a.b.c",
            "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
            "é",
            "x" * 9000,
        )

    def attempt(self, number: int, known: Known) -> Attempt:
        """The request with this number."""
        random = Random(f"{self._seed}:{number}")
        operation = random.choices(self._operations, self._weights)[0]
        method, target = operation.method, self._base + self._path(operation, random, known)
        if random.random() < 0.03:
            method = random.choice(METHODS)
        if random.random() < 0.03:
            target = self._wrong_target(random)
        token, role, fields = self._authorization(random)
        headers = [*fields, *(random.choice(ODD_HEADERS) if random.random() < 0.06 else ())]
        body = b""
        if operation.body or random.random() < 0.02:
            body, described = self._body(operation, random, known)
            headers += described
        chunked = bool(body) and random.random() < 0.05
        if any(name == "Content-Length" for name, _ in headers):
            chunked = False
        request = Request(method, target, tuple(headers), body, chunked)
        return Attempt(number, request, token, role, operation.id)

    def _path(self, operation: Operation, random: Random, known: Known) -> str:
        path = operation.path
        texts = []
        for parameter in operation.parameters:
            name = parameter["name"]
            if parameter["in"] == "path":
                kind = known.kind_of(name) or ("stage" if "pipeline-stages" in path else "deal")
                id_ = str(known.pick(kind, random)) if random.random() < 0.93 else random.choice(IDS)
                path = path.replace(f"{{{name}}}", id_)
            elif random.random() < 0.3:
                texts.append(f"{name}={self._text(name, parameter['schema'], random, known)}")
        if random.random() < 0.05:
            texts.append(random.choice(QUERIES))
        return path + ("?" + "&".join(texts) if texts else "")

    def _text(self, name: str, schema: Mapping[str, Any], random: Random, known: Known) -> str:
        """A query parameter's value."""
        if random.random() < 0.25:
            value = random.choice((hostile.text, hostile.number))(random)
        elif kind := known.kind_of(name):
            value = known.pick(kind, random)
        else:
            value = hostile.plausible(schema, random)
        return quote(str(value)[:2000].encode("utf-8", "surrogatepass"), safe=",")

    def _wrong_target(self, random: Random) -> str:
        if random.random() < 0.5:
            return self._base + random.choice(PATHS)
        if random.random() < 0.3:
            return f"http://other.example{self._base}/deals/stages"
        return random.choice(NOT_A_PATH)

    def _authorization(self, random: Random) -> tuple[Token, str, list[Header]]:
        role = random.choice(("admin", "admin", "admin", "manager", "rep"))
        kind = random.random()
        good = ("Authorization", f"Bearer {self._tokens[role]}")
        if kind < 0.9:
            return Token.GOOD, role, [good]
        if kind < 0.92:
            return Token.BAD, role, []
        if kind < 0.97:
            return Token.BAD, role, [("Authorization", f"Bearer {random.choice(self._wrong)}")]
        if kind < 0.98:
            return (
                Token.BAD,
                role,
                [("Authorization", random.choice(("Basic YTpi", "Bearer", "x", "Token x")))],
            )
        odd = (f"bearer {self._tokens[role]}", f"Bearer  {self._tokens[role]}", f"{good[1]},")
        return Token.UNSURE, role, [("Authorization", random.choice(odd)), *([good] if kind > 0.99 else [])]

    def _body(self, operation: Operation, random: Random, known: Known) -> tuple[bytes, list[Header]]:
        kind, schema = next(iter(operation.body.items()), ("application/json", NO_BODY))
        if operation.id == "login" and random.random() < 0.3:
            body = bodies.as_json({"email": "rep@revorbit.example", "password": "password"})
        elif kind == "multipart/form-data":
            body, kind = bodies.multipart(random)
        else:
            body = bodies.json_body(schema, random, known)
        if random.random() < 0.0005:
            body = b'{"name": "' + b"x" * 5_300_000 + b'", "stage_id": 1}'
        if random.random() < 0.05:
            kind = random.choice(bodies.CONTENT_TYPES)
        body, encoding = bodies.packed(body, random)
        typed = [("Content-Type", kind)] if random.random() < 0.99 else []
        return body, [*typed, *encoding]
