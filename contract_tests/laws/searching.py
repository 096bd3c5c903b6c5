"""Searching the list."""

from __future__ import annotations

import re
from typing import Final

from contract_tests.laws.law import law
from contract_tests.scene.expectations import NotJudged, expect, refused, response_of
from contract_tests.scene.filtering import having
from contract_tests.scene.json_search import Record, descendants
from contract_tests.scene.listing import Listing, distinct
from contract_tests.scene.sample_deals import LITERALS
from contract_tests.scene.scene import Scene

PUNCTUATION: Final = re.compile("[%_]")


def _contains(record: Record, term: str) -> bool:
    """Whether any text of a deal contains the term, whatever the case."""
    return any(isinstance(text, str) and term.casefold() in text.casefold() for text in descendants(record))


def _finds(s: Scene, term: str, wanted: set[object]) -> None:
    found = s.api.search(term, lambda listing: not listing.complete or wanted <= set(listing.ids))
    missing = wanted - set(found.ids)
    if found.complete:
        expect(not missing, f"the deals {wanted} for “{term}”", f"{found.ids[:20]}", found.exchange)


@law("listDeals", needs=("writes",))
def search_returns_the_deals_that_contain_the_term(s: Scene) -> None:
    """“search: Search term to filter results”: exactly the deals that contain it."""
    samples = s.samples
    _finds(s, samples.tag, set(samples.records))
    for term in (samples.tag, f"{samples.tag}qloz"):
        found = s.api.listing({"search": term})
        wrong = [record for record in found.records if not _contains(record, term)]
        shown = [(record["id"], record.get("name")) for record in wrong[:3]]
        expect(not wrong, f"only deals with “{term}”", f"also {shown}", found.exchange)
    for id, record in list(samples.records.items())[:2]:
        _finds(s, record["name"], {id})  # a term of two words


@law("listDeals", needs=("writes",), drift=True)
def search_ignores_case(s: Scene) -> None:
    """“search: Search term to filter results”: users need not know how a name is capitalised."""
    for term in (s.samples.tag.upper(), s.samples.tag.capitalize()):
        _finds(s, term, set(s.samples.records))


@law("listDeals", needs=("writes",))
def search_treats_percent_and_underscore_literally(s: Scene) -> None:
    """“search: Search term to filter results”: `%` and `_` are ordinary characters, not wildcards."""
    for literal in LITERALS:
        term = f"{s.samples.tag}{literal}"
        found = s.api.listing({**s.samples.base, "search": term})
        names = [record.get("name") for record in found.records]
        wanted = {id for id, record in s.samples.records.items() if term in str(record.get("name"))}
        missing = wanted - set(found.ids)
        expect(not missing, f"the deal named “… {term}”", names[:5], found.exchange)
        if set(found.ids) - wanted and _as_other_punctuation(s, literal, found):
            raise NotJudged("the search takes any punctuation for a space between words")
        expect(set(found.ids) == wanted, f"only the deal named “… {term}”", names[:5], found.exchange)


def _as_other_punctuation(s: Scene, literal: str, found: Listing) -> bool:
    """Whether the same deals, which contain its words, are found with another character for `%` or `_`."""
    words = PUNCTUATION.split(f"{s.samples.tag}{literal}")
    if len(words) == 1 or not all(_contains(record, word) for record in found.records for word in words):
        return False
    others = (f"{s.samples.tag}{PUNCTUATION.sub(other, literal)}" for other in "~#-")
    controls = [s.api.listing({**s.samples.base, "search": other}) for other in others]
    return any(set(found.ids) <= set(control.ids) for control in controls)


@law("listDeals", needs=("writes",))
def search_supports_non_ascii_letters(s: Scene) -> None:
    """“search: string”: a term may contain any letter that a name may contain."""
    words = [f"{s.word()}{letters}" for letters in ("núñez", "щука")]
    id = s.make.deal(name=" ".join(words))
    kept = [word for word in words if word in s.api.deal(id)["name"]]
    if not kept:
        raise NotJudged("deal names do not keep such letters")
    for word in kept:
        _finds(s, word, {id})


@law("listDeals", needs=("writes",), of_all=True)
def search_counts_each_deal_once(s: Scene) -> None:
    """“Paginated deal list”, “total”: a deal is one result, however many fields contain the term."""
    names = ("company_id", "company_name", "contact_id", "contact_name")
    there = next(distinct(list(s.samples.records.values()), *names), (None, "Company", None, "Contact"))
    known = dict(zip(names, there, strict=True))
    word, company, contact = s.word(), known.pop("company_name"), known.pop("contact_name")
    fields = {"name": f"{contact} of {company} {word}", "notes": f"About {word}.", "tags": word}
    s.make.deal(**fields, **{name: id for name, id in known.items() if id is not None})
    for term in (word, company, contact):
        found = s.api.listing({"search": term})
        count = len(found.deals)
        if found.complete:
            expect(found.total == count, f"total {count} for “{term}”", found.total, found.exchange)


ODD_TERMS: Final = {
    "single quote": "'",
    "double quote": '"',
    "backslash": "\\",
    "SQL comment": ";--",
    "emoji": "🚀",
    "umlaut": "ü",
    "parenthesis": "(",
    "asterisk": "*",
    "300 characters": "x" * 300,
}


@law("listDeals", cases=ODD_TERMS)
def search_accepts_any_characters(s: Scene, case: str) -> None:
    """“search: string”: a term with special characters is a term like any other."""
    term = ODD_TERMS[case]
    found = s.call("listDeals", query={"search": f"{s.word()}{term}"})
    if not found.ok:
        refused(found, why="or no deals")
        return
    expect(not s.api.page({"search": f"{s.word()}{term}"}).records, "no deals", response_of(found), found)


@law("listDeals", drift=True, of_all=True)
def search_finds_deals_by_company_or_contact_name(s: Scene) -> None:
    """“search: Search term to filter results”: company and contact names are part of a deal."""
    judged = False
    for name in ("company_name", "contact_name"):
        for (text,) in list(distinct(list(s.samples.records.values()), name))[:1]:
            judged = True
            _finds(s, text, s.samples.where(having(name, text)))
    if not judged:
        raise NotJudged("no deal has a company or a contact")
