"""Texts are sorted if any database would sort them so."""

from __future__ import annotations

import pytest

from contract_tests.scene.collations import in_order

SORTED = {
    "a dictionary": ["Adam", "Émile", "eva", "Fanny", "Örn", "Otto", "Zoe"],
    "by code point": ["Adam", "Zoe", "eva", "Émile", "Örn"],
    "ASCII without case, then the rest": ["Adam", "eva", "Zoe", "Örn", "Émile"],
    "in Swedish": ["Adam", "Émile", "eva", "Zoe", "Åke", "Ärla", "Örn"],
    "in Czech": ["Hana", "Chata", "Ivan", "Řehoř", "Šimon", "Zoe", "Žofie"],
    "in Danish": ["Adam", "Zoe", "Aage"],
    "in Polish": ["Lech", "Łukasz", "Maria"],
    "with another alphabet": ["Adam", "Zoe", "Анна", "株式会社"],
    "in Russian": ["Анна", "Adam", "Zoe"],
    "spaces and punctuation ignored": ["Denver", "de Vries", "De-Witt"],
    "empty values anywhere": [None, "Adam", "", "Zoe"],
    "encoded apart": ["E\u0301mile", "Fanny"],
    "digits first": ['"quoted"', "100% sure", "Adam", "Émile"],
}
UNSORTED = {
    "accents before A": ["Émile", "Adam", "Zoe"],
    "an accent among other letters": ["Adam", "Émile", "Bert", "Zoe"],
    "not at all": ["Zoe", "Adam", "Fanny"],
    "in two ways": ["Adam", "Zoe", "bert", "Fanny"],
    "by code point, but with an accent inside": ["Adam", "Émile", "Zoe", "eva"],
}


@pytest.mark.parametrize("texts", SORTED.values(), ids=SORTED)
def test_any_collation_is_an_order(texts: list[str]) -> None:
    assert in_order(texts, descending=False)
    assert in_order(texts[::-1], descending=True)


@pytest.mark.parametrize("texts", UNSORTED.values(), ids=UNSORTED)
def test_what_no_collation_sorts_is_no_order(texts: list[str]) -> None:
    assert not in_order(texts, descending=False)
    assert not in_order(texts[::-1], descending=True)


@pytest.mark.parametrize(("numbers", "sorted_"), [([9, 80.5, None, 700], True), ([1000, 9], False)])
def test_numbers_are_sorted_by_size(numbers: list[float], sorted_: bool) -> None:
    assert in_order(numbers, descending=False) is sorted_
