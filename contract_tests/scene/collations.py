"""Whether values are sorted, by any order that a database may use for texts."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Final

from contract_tests.scene.json_search import as_number

# Letters that are one letter with an accent to a dictionary, but not to Unicode.
BASES: Final = str.maketrans("æøœłđðıħŧ", "aoolddiht")
DIGRAPHS: Final = ("ch", "aa")  # letters of their own in Czech and in Danish


def _letters(text: str) -> str:
    """The text as a dictionary sorts it: without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in plain if character.isalnum())


def _czech(text: str) -> str:
    return _letters(text).replace("ch", "h~")


def _danish(text: str) -> str:
    return _letters(text).replace("aa", "~")


COLLATIONS: Final[tuple[Callable[[str], Any], ...]] = (str, str.casefold, _letters, _czech, _danish)


def in_order(values: Sequence[Any], *, descending: bool) -> bool:
    """Whether values are sorted: numbers by size, texts by any collation.

    Of texts with other letters than A to Z, only the first letter is compared. Empty values may be anywhere:
    the documentation does not say where they go.
    """
    known = [value for value in values if value not in (None, "")]
    if descending:
        known.reverse()
    numbers = [as_number(value) if not isinstance(value, str) else None for value in known]
    if None not in numbers:
        return _rises(numbers)
    texts = [unicodedata.normalize("NFC", str(value)) for value in known]
    return any(_collated(texts, collation) for collation in COLLATIONS)


def _collated(texts: list[str], collation: Callable[[str], Any]) -> bool:
    """Whether texts are sorted by a collation."""
    plain = [collation(text) for text in texts if text.isascii()]
    return _rises(plain) and all(_is_placed(texts, place, collation) for place in range(len(texts)))


def _is_placed(texts: list[str], place: int, collation: Callable[[str], Any]) -> bool:
    """Whether a text that begins with another letter than A to Z is where some language has that letter.

    That is beside its letter without the accent, or after Z; letters of other alphabets may be before A, too.
    """
    first = texts[place][:1]
    if first.isascii() or not first.isalpha():
        return True
    before, after = _initials(texts[:place]), _initials(texts[place + 1 :])
    base = _base(first)
    if not after or (not base and not before):
        return True
    beside = all(b <= base for b in before) and all(a >= base for a in after)
    return bool(base) and beside and collation is not str


def _base(letter: str) -> str:
    """The letter from a to z of which this is a variant, or an empty text."""
    plain = unicodedata.normalize("NFD", letter.casefold().translate(BASES))[:1]
    return plain if plain.isascii() and plain.isalpha() else ""


def _initials(texts: list[str]) -> list[str]:
    """The first letters of the texts that begin with a letter from A to Z."""
    words = [text.casefold() for text in texts]
    return [
        word[0]
        for word in words
        if word[:1].isascii() and word[:1].isalpha() and not word.startswith(DIGRAPHS)
    ]


def _rises(values: Sequence[Any]) -> bool:
    return all(a <= b for a, b in pairwise(values))
