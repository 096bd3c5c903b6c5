"""A part of a long list that is small enough to be read whole: the deals that a search finds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from contract_tests.scene.api_reader import ApiReader
from contract_tests.scene.expectations import NotJudged
from contract_tests.scene.json_search import Record
from contract_tests.scene.listing import Listing

ENOUGH: Final = 20  # deals
MOST: Final = 600  # deals
TRIES: Final = 12  # words
WORD: Final = re.compile("[A-Za-z]{4,}")  # a word that every search finds
NAMES: Final = ("name", "company_name", "contact_name")
TOO_LONG: Final = "the list is too long to be read whole, and no search finds a part that is not"

Whole = tuple[dict[str, Any], Listing]  # a query, and all deals that it finds


def small_whole(api: ApiReader) -> Whole:
    """The whole list; if it is too long, the deals that a search finds."""
    everything = api.all_deals(fresh=True)
    if everything.complete:
        return {}, everything
    query = api.once("small whole", lambda: _small_query(api, everything.records))
    if query is None:
        raise NotJudged(TOO_LONG)
    return query, api.listing(query).whole()


def _small_query(api: ApiReader, records: list[Record]) -> dict[str, str] | None:
    """The search that finds most deals, of those that find neither few nor too many."""
    totals = {word: api.total(search=word) for word in _words(records)}
    found = {word: total for word, total in totals.items() if ENOUGH <= total <= MOST}
    return {"search": max(found, key=lambda word: found[word])} if found else None


def _words(records: list[Record]) -> Iterator[str]:
    """The most frequent words in the names of deals, companies and contacts."""
    texts = (str(record.get(name) or "") for record in records for name in NAMES)
    counted = Counter(word for text in texts for word in WORD.findall(text))
    return (word for word, _ in counted.most_common(TRIES))
