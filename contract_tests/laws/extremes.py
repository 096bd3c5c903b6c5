"""Values at their limits, in every field that can be written: saved whole, or refused with a message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from contract_tests.laws.law import law
from contract_tests.scene.expectations import UNREADABLE_INPUT, expect, granted
from contract_tests.scene.field_writes import (
    NAMES,
    WRITES,
    FieldWriter,
    in_short,
    named_fields,
    text_fields,
)
from contract_tests.scene.json_search import Record, same
from contract_tests.scene.limits import ContractLimits
from contract_tests.scene.scene import Scene

LENGTHS: Final = (255, 10_000)
ODD: Final = "\"double\" 'single' back\\slash 100% a_b & é ß Ж 漢 🚀 {{x}} ${y} --"
LINES: Final = "first line\nsecond line\n\nlast line"
LOOK_ALIKES: Final = ("0", "null", "007")  # texts that a careless server takes for another type
WITH_OPTIONAL_TEXTS: Final = ("createDeal", "updateDeal", "createDealTask", "updateDealTask")
NAMED_ELSEWHERE: Final = ("createDeal", "updateDeal")  # the laws of `fidelity` write odd names of deals
AMOUNTS: Final = (0, 0.01, 4294967296.25)  # the last has more than 32 bits
DAYS: Final = ("1970-01-01", "2038-01-20", "9999-12-31")  # where clocks begin and end
# No references, or with a default.
OTHER_NUMBERS: Final = ("stage_id", "deal_id", "assigned_to", "probability")
LARGE_ID: Final = 2**32 + 7  # 7, if only 32 bits are kept


def _with_texts(limits: ContractLimits) -> Iterator[str]:
    return (operation for operation in WRITES if text_fields(limits, operation))


def _long_text(s: Scene, field: str, length: int) -> str:
    """A text of this length that names the run and ends in a unique word; tags are separated by commas."""
    end = s.word()
    between = "," if field == "tags" else " "
    words = between.join([s.client.run_id, *(f"w{number:05}" for number in range(length // 7 + 1))])
    return f"{words[: length - len(end) - 1].rstrip(', ')}{between}{end}".rjust(length, "x")


@law(each=_with_texts, needs=("writes",))
def a_long_text_is_saved_whole_or_refused(s: Scene, operation: str) -> None:
    """Request Body: “name string”, “notes string”, “content string” …: with no limit, nothing is cut off."""
    writer = FieldWriter(s, operation)
    fields = set(text_fields(s.limits, operation))
    for length in LENGTHS:
        longest = {name: _long_text(s, name, length) for name in sorted(fields)}
        fields = writer.refused_or_whole(longest) if longest else set()


@law(each=_with_texts, needs=("writes",))
def unusual_characters_are_saved_unchanged_or_refused(s: Scene, operation: str) -> None:
    """Request Body: “notes string”, “title string”, “content string” …: any characters, saved as sent."""
    texts = {}
    for name in text_fields(s.limits, operation):
        if name not in NAMES and name != "tags":
            texts[name] = f"{ODD} {s.word()}\n{LINES}"
        elif operation not in NAMED_ELSEWHERE:
            texts[name] = f"{ODD} {s.word()}"
    FieldWriter(s, operation).refused_or_whole(texts)


@law(each=WITH_OPTIONAL_TEXTS, needs=("writes",))
def a_text_that_looks_like_another_type_stays_a_text(s: Scene, operation: str) -> None:
    """Request Body: “notes string”, “tags string”, “description string”: "0" and "007" are texts, too."""
    fields = [name for name in text_fields(s.limits, operation) if name not in NAMES]
    writer = FieldWriter(s, operation, **dict.fromkeys(fields, "before"))
    for shift in (0, 1):
        texts = {name: LOOK_ALIKES[(place + shift) % len(LOOK_ALIKES)] for place, name in enumerate(fields)}
        body, exchange = writer.send(texts)
        if exchange.status in UNREADABLE_INPUT:
            continue
        saved = writer.saved(body, granted(exchange))
        lost = {name: text for name, text in texts.items() if name in saved and str(saved[name]) != text}
        never = writer.never_saved(lost) if lost else set()
        wrong = [f"{name} is {saved[name]!r}, not {lost[name]!r}" for name in lost if name not in never]
        expect(not wrong, "the same texts", "; ".join(wrong), exchange)


@law(each=WITH_OPTIONAL_TEXTS, needs=("writes",))
def extreme_numbers_and_dates_are_saved_unchanged_or_refused(s: Scene, operation: str) -> None:
    """“value number”, “probability (0-100)”, “date (YYYY-MM-DD)”, “integer”: up to the largest, as sent."""
    documented = s.limits.contract.fields(operation, "documented")
    likely = documented.get("probability", {})
    ends = [likely[key] for key in ("minimum", "maximum") if key in likely]
    days = [name for name, field in documented.items() if field.get("format") == "date"]
    writer = FieldWriter(s, operation)
    for place, day in enumerate(DAYS):
        values: Record = dict.fromkeys(days, day)
        values |= {"value": AMOUNTS[place]} if "value" in documented else {}
        values |= {"probability": ends[place]} if place < len(ends) else {}
        writer.refused_or_whole(values, must=("probability",))


@law(each=WITH_OPTIONAL_TEXTS, needs=("writes",))
def a_large_id_is_never_replaced_by_another_id(s: Scene, operation: str) -> None:
    """“contact_id integer”, “company_id integer” …: an id that no record has is not another record's."""
    documented = s.limits.contract.fields(operation, "documented")
    whole = [name for name, field in documented.items() if field.get("type") == "integer"]
    ids = [name for name in whole if name not in OTHER_NUMBERS]
    writer = FieldWriter(s, operation)
    body, exchange = writer.send(dict.fromkeys(ids, LARGE_ID))
    # A refusal of one of them says nothing about the others.
    left = [
        name for name in ids if exchange.status in UNREADABLE_INPUT and name not in named_fields(exchange)
    ]
    if not exchange.ok and 0 < len(left) < len(ids):
        body, exchange = writer.send(dict.fromkeys(left, LARGE_ID))
    if not exchange.ok:
        return
    saved = writer.saved(body, exchange)
    kept = {name: saved.get(name) for name in ids if name in body}
    wrong = [f"{name} is {id}" for name, id in kept.items() if id is not None and not same(LARGE_ID, id)]
    expect(not wrong, f"{LARGE_ID}, null or a refusal", "; ".join(wrong), exchange)


@law(each=("updateDeal", "updateDealTask"), needs=("writes",))
def a_text_can_be_emptied_or_the_empty_text_is_refused(s: Scene, operation: str) -> None:
    """“notes string, Optional”, “description string, Optional”: "" replaces what was there."""
    fields = [name for name in text_fields(s.limits, operation) if name not in NAMES]
    FieldWriter(s, operation, **dict.fromkeys(fields, "before")).refused_or_whole(dict.fromkeys(fields, ""))


@law(each=WITH_OPTIONAL_TEXTS, needs=("writes",))
def null_never_becomes_a_value(s: Scene, operation: str) -> None:
    """“Optional”, “Nullable”: null is refused, clears the field or leaves it; it is not a text."""
    documented = s.limits.contract.fields(operation, "documented")
    body_fields = s.limits.contract.body_fields(operation, "documented")
    fields = [name for name in body_fields if name not in (*NAMES, "stage_id", "deal_id", "assigned_to")]
    before = {name: "before" for name in text_fields(s.limits, operation) if name not in NAMES}
    writer = FieldWriter(s, operation, **before)
    body, exchange = writer.send(dict.fromkeys(fields))
    if exchange.status in UNREADABLE_INPUT and named_fields(exchange) < set(fields):
        left = [name for name in fields if name not in named_fields(exchange)]
        body, exchange = writer.send(dict.fromkeys(left))
    if exchange.ok:
        saved = writer.saved(body, exchange)
        texts = {name: saved.get(name) for name in body if documented[name].get("type") == "string"}
        wrong = [f"{name} is {in_short(text)}" for name, text in texts.items() if _made_of_null(text)]
        expect(not wrong, "no value made of null", "; ".join(wrong), exchange)


def _made_of_null(text: Any) -> bool:
    """Whether this is what a programming language prints for a missing value."""
    return isinstance(text, str) and text.strip().lower() in (
        "null",
        "none",
        "nil",
        "undefined",
        "nan",
        "1970-01-01",
    )
