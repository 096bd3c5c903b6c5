"""Whatever an entry contains, reading it raises no error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contract_tests.recorded.entry import Entry
from contract_tests.recorded.private_fields import secrets_of
from contract_tests.recorded.traffic import Traffic, Unjudged
from tests.contract_tests.builders import CONTRACT
from tests.contract_tests.recorded.har_files import API

TRAFFIC = Traffic(CONTRACT, "", "a.har")
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
ANYTHING = PLAIN | st.lists(PLAIN, max_size=2) | st.dictionaries(st.text(max_size=9), PLAIN, max_size=2)


def usually(*values: Any) -> st.SearchStrategy[Any]:
    """One of these values, sometimes anything else."""
    return mostly(st.sampled_from(values))


def mostly(expected: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """What is expected, sometimes anything else."""
    return st.sampled_from([expected] * 7 + [ANYTHING]).flatmap(lambda chosen: chosen)


PAIRS = st.fixed_dictionaries(
    {
        "name": usually("Content-Type", ":status", "content-encoding", "Authorization", "cookie", "file"),
        "value": usually(
            "application/json", "text/html", "gzip", "Bearer x", "a=b; c", "multipart/form-data"
        ),
        "fileName": usually("deals.csv"),
    }
)
BODY = st.fixed_dictionaries(
    {},
    optional={
        "text": usually("", "{}", '{"password": "x", "a": [{"token": 1}]}', "e30=", "--x\r\n\r\n--x--"),
        "encoding": usually("base64"),
        "size": usually(0, -1, 2, 99),
        "mimeType": usually("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"),
        "params": mostly(st.lists(PAIRS, max_size=2)),
        "_file": usually("a.json", "..", ".", "a/b", "\0"),
    },
)
REQUEST = st.fixed_dictionaries(
    {
        "method": usually("GET", "POST", "put", "OPTIONS"),
        "url": usually(
            f"{API}/deals?token=x&page=%ZZ", f"{API}/deals/7", f"{API}/deals/import", "http://[::1/api"
        ),
        "headers": mostly(st.lists(PAIRS, max_size=3)),
        "postData": mostly(BODY),
    }
)
RESPONSE = st.fixed_dictionaries(
    {
        "status": usually(200, 201, 304, 422, 500, 0, -1, "200"),
        "headers": mostly(st.lists(PAIRS, max_size=3)),
        "content": mostly(BODY),
    }
)


@given(
    st.fixed_dictionaries(
        {"request": REQUEST, "response": RESPONSE, "startedDateTime": ANYTHING, "time": ANYTHING}
    )
)
def test_no_entry_is_too_strange_to_be_read(node: Any) -> None:
    entry = Entry(1, node, Path("/nowhere"))
    operation = TRAFFIC.operation(entry)
    if not isinstance(operation, Unjudged):
        list(secrets_of(entry))
        found = TRAFFIC.exchange(entry, operation)
        if not isinstance(found, Unjudged):
            assert found.curl().startswith("# entry 1 of a.har")
