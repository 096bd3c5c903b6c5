"""Scopes: mine, my team's, the company's."""

from __future__ import annotations

from typing import Final

from contract_tests.facts import values
from contract_tests.law import NotJudged, expect, law
from contract_tests.scene.scene import Scene

SCOPES: Final = values("listDeals", "scope")  # the narrowest first


@law("listDeals", of_all=True)
def scopes_are_nested(s: Scene) -> None:
    """“scope: Filter by user scope (me, team, company)”: mine among my team's, those among the company's."""
    me, team, company = (s.read({**s.herd.base, "scope": scope}) for scope in SCOPES)
    for inner, outer, words in ((me, team, "the team's"), (team, company, "the company's")):
        lost = set(inner.ids) - set(outer.ids)
        expect(not lost or not outer.complete, f"among {words} deals", f"not there: {lost}", outer.exchange)
    totals = [s.total(scope=scope) for scope in SCOPES]
    expect(
        totals == sorted(totals), "me ≤ team ≤ company", totals, me.exchange, team.exchange, company.exchange
    )


@law("listDeals")
def scope_me_keeps_my_deals(s: Scene) -> None:
    """“scope: Filter by user scope (me, …)”: the only user that a deal names is whom it is assigned to."""
    if s.my_id is None:
        raise NotJudged("who “me” is could not be found out")
    found = s.read({"scope": "me"})
    wrong = [(r["id"], r.get("assigned_to")) for r in found.records if r.get("assigned_to") != s.my_id]
    expect(not wrong, f"only deals assigned to {s.my_id}", f"(id, assigned_to) {wrong[:3]}", found.exchange)
    found = s.read({**s.herd.base, "scope": "me"})
    mine = s.herd.where(lambda r: r.get("assigned_to") == s.my_id)
    missing = mine - set(found.ids)
    expect(not missing or not found.complete, "all of my deals", f"missing {missing}", found.exchange)


@law("listDeals", of_all=True)
def scope_company_leaves_nothing_out(s: Scene) -> None:
    """“scope: Filter by user scope (…, company)”: the widest scope holds all that the list shows."""
    everything = s.read(s.herd.base)
    company = s.read({**s.herd.base, "scope": "company"}).whole()
    lost = set(everything.ids) - set(company.ids)
    expect(not lost, "every deal of the list", f"without {sorted(lost, key=str)[:5]}", company.exchange)
    listed, total = s.total(), s.total(scope="company")
    expect(total >= listed, f"at least {listed} deals", f"total {total}", company.exchange)


@law("listDeals", needs=("other",))
def two_people_have_no_deal_in_common(s: Scene) -> None:
    """“scope: Filter by user scope (me, …)”: a deal is assigned to one user."""
    mine = s.read({**s.herd.base, "scope": "me"})
    others = s.read({**s.herd.base, "scope": "me"}, as_="other")
    assignees = {r.get("assigned_to") for r in others.records}
    if s.my_id in assignees and assignees == {s.my_id}:
        raise NotJudged("“other” is the same person as “me”")
    both = sorted(set(mine.ids) & set(others.ids), key=str)
    expect(not both, "no deal in both scopes", f"deals {both[:5]}", mine.exchange, others.exchange)
