"""The search of the list."""

from __future__ import annotations

from contract_tests.law import NotJudged, answered, expect, law, refused
from contract_tests.laws.filters import having
from contract_tests.scene.digging import Record, walk
from contract_tests.scene.paddock import LITERALS
from contract_tests.scene.scene import Scene, distinct


def _says(record: Record, term: str) -> bool:
    """Whether the term stands in any text of a deal, whatever the case."""
    return any(isinstance(text, str) and term.casefold() in text.casefold() for text in walk(record))


def _finds(s: Scene, term: str, wanted: set[object]) -> None:
    found = s.read({"search": term})
    missing = wanted - set(found.ids)
    if found.complete:
        expect(not missing, f"the deals {wanted} for “{term}”", f"only {found.ids[:20]}", found.exchange)


@law("listDeals", needs=("writes",))
def search_finds_the_deals_whose_name_has_the_term(s: Scene) -> None:
    """“search: Search term to filter results”: a word anywhere in the name finds the deal."""
    _finds(s, s.herd.tag, set(s.herd.records))


@law("listDeals", needs=("writes",))
def search_keeps_only_deals_that_have_the_term(s: Scene) -> None:
    """“search: Search term to filter results”: what has it nowhere is filtered away."""
    for term in (s.herd.tag, f"{s.herd.tag}qloz"):
        found = s.read({"search": term})
        wrong = [record for record in found.records if not _says(record, term)]
        shown = [(record["id"], record.get("name")) for record in wrong[:3]]
        expect(not wrong, f"only deals with “{term}”", f"also {shown}", found.exchange)


@law("listDeals", needs=("writes",), drift=True)
def search_does_not_mind_the_case(s: Scene) -> None:
    """“search: Search term to filter results”: a person's search, who need not know how a name is spelled."""
    for term in (s.herd.tag.upper(), s.herd.tag.capitalize()):
        _finds(s, term, set(s.herd.records))


@law("listDeals", needs=("writes",))
def search_takes_its_term_as_it_is(s: Scene) -> None:
    """“search: Search term to filter results”: `%` and `_` are characters of the term, and no wildcards."""
    percent, plain, underscore = (f"{s.herd.tag}{literal}" for literal in LITERALS)
    for term in (percent, plain, underscore):
        found = s.read({"search": term})
        names = [record.get("name") for record in found.records]
        wanted = {id for id, record in s.herd.records.items() if term in str(record.get("name"))}
        expect(set(found.ids) == wanted, f"the one deal named “… {term}”", names[:5], found.exchange)


@law("listDeals", cases=("'", '"', "\\", ";--", "🚀", "ü", "(", "*", "x" * 300))
def search_takes_any_term(s: Scene, term: str) -> None:
    """“search: string”: whatever characters it has, it is a term like any other."""
    found = s.call("listDeals", query={"search": f"{s.word()}{term}"})
    if not found.ok:
        refused(found, why="or no deals")
        return
    expect(not s.page({"search": f"{s.word()}{term}"}).records, "no deals", answered(found), found)


@law("listDeals", drift=True)
def search_finds_the_deals_of_a_company_or_contact(s: Scene) -> None:
    """“search: Search term to filter results”: the names of company and contact are part of each result."""
    judged = False
    for name in ("company_name", "contact_name"):
        for (text,) in list(distinct(list(s.herd.records.values()), name))[:1]:
            judged = True
            _finds(s, text, s.herd.where(having(name, text)))
    if not judged:
        raise NotJudged("no deal has a company or a contact")
