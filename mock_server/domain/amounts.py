"""Numbers and percentages as programs and countries write them.

In a file with semicolons a comma is the decimal sign and a point separates thousands; in one with
commas it is the other way round, unless other numbers of the file show their decimal sign. That decides
what 50.000 means; where it decides nothing, the number is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from mock_server.domain.notation import Notation
from mock_server.domain.readings import Reading, Unclear, told

THOUSANDS: Mapping[str, str] = {",": ",", ";": "."}  # delimiter → what separates thousands in such a file

PLAIN = re.compile(r"[+-]?\d+(?:\.\d\d?)?", re.ASCII)
SPACED = re.compile(r"([+-]?[1-9]\d{0,2}(?:[ \u00a0\u2009\u202f'’]\d{3})+)([.,]\d+)?", re.ASCII)
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})+", re.ASCII)  # 1.234.567
BOTH_SIGNS = re.compile(r"([+-]?[1-9]\d{0,2}([.,])\d{3}(?:\2\d{3})*)(?!\2)[.,](\d+)", re.ASCII)  # 1.234,50
ONE_SIGN = re.compile(r"([+-]?)(\d+)([.,])(\d+)", re.ASCII)
EXPONENT = re.compile(r"[+-]?\d+(?:\.\d+)?[eE][+-]?\d+", re.ASCII)
CURRENCY = re.compile(r"[$€£¥₹₽₩₺]|^[A-Z]{3}(?=[\d\s+-])|(?<=[\d\s])[A-Z]{3}$")
PERCENTAGE = re.compile(r"([+-]?\d+)(?:[.,](\d+))?\s*(%?)", re.ASCII)


def number(text: str, notation: Notation) -> Reading:
    """A number, with any usual signs for thousands and decimals."""
    if PLAIN.fullmatch(text):
        return Reading(text)
    if CURRENCY.search(text):
        raise Unclear("must be a number without a currency, such as 1234.50")
    if EXPONENT.fullmatch(text):
        return Reading(text, "may have been rounded by a spreadsheet program")
    return told(text, _without_thousands(text, notation))


def _without_thousands(text: str, notation: Notation) -> str:
    """A number with a decimal point and nothing between thousands; any other text unchanged."""
    if spaced := SPACED.fullmatch(text):
        text = re.sub(r"[^\d+-]", "", spaced[1]) + (spaced[2] or "")
    if GROUPED.fullmatch(text):
        return re.sub("[.,]", "", text)
    if both := BOTH_SIGNS.fullmatch(text):
        return f"{both[1].replace(both[2], '')}.{both[3]}"
    if one := ONE_SIGN.fullmatch(text):
        return _with_one_sign(one[1], one[2], one[3], one[4], notation)
    return text


def _with_one_sign(prefix: str, digits: str, sign: str, rest: str, notation: Notation) -> str:
    """Three digits after the only sign may be thousands: other cells show it, or the delimiter does."""
    whole = f"{prefix}{digits}"  # with the plus or minus
    if len(rest) != 3 or len(digits) > 3 or digits[0] == "0":
        return f"{whole}.{rest}"
    if len(notation.decimals) == 1:
        return f"{whole}.{rest}" if sign in notation.decimals else f"{whole}{rest}"
    if not notation.decimals and sign == THOUSANDS.get(notation.delimiter):
        return f"{whole}{rest}"
    decimals = rest[:2] if rest[2] == "0" else f"{rest}0"
    raise Unclear(f"can mean {whole}{rest} or {whole}.{rest}; write {whole}{rest} or {whole}.{decimals}")


def percentage(text: str, _notation: Notation) -> Reading:
    """A whole number, with or without a percent sign or decimals that are zero."""
    parts = PERCENTAGE.fullmatch(text)
    if parts is None:
        return Reading(text)
    whole, decimals, percent = parts[1], parts[2] or "", parts[3]
    if decimals and not percent and whole in ("0", "1") and (whole == "1" or decimals.strip("0")):
        raise Unclear("must be an integer: a percentage, such as 60 for 60 %")
    if decimals.strip("0"):
        return Reading(text)
    return Reading(whole, f"was read as {whole}" if percent else "")
