"""Scopes: mine, my team's, the company's."""

from __future__ import annotations

from contract_tests.laws.law import law
from contract_tests.scene.expectations import NotJudged, expect
from contract_tests.scene.scene import Scene


def _scopes(s: Scene) -> tuple[str, ...]:
    """The scopes, the narrowest first."""
    return s.limits.values("listDeals", "scope")


@law("listDeals", of_all=True)
def scope_me_is_within_team_and_team_within_company(s: Scene) -> None:
    """“scope: Filter by user scope (me, team, company)”: mine among my team's, those among the company's."""
    me, team, company = (s.api.listing({**s.samples.base, "scope": scope}) for scope in _scopes(s))
    for inner, outer, words in ((me, team, "the team's"), (team, company, "the company's")):
        lost = set(inner.ids) - set(outer.ids)
        expect(not lost or not outer.complete, f"among {words} deals", f"not there: {lost}", outer.exchange)
    totals = [s.api.total(scope=scope) for scope in _scopes(s)]
    expect(
        totals == sorted(totals), "me ≤ team ≤ company", totals, me.exchange, team.exchange, company.exchange
    )


@law("listDeals")
def scope_me_returns_the_deals_assigned_to_the_caller(s: Scene) -> None:
    """“scope: Filter by user scope (me, …)”: the only user that a deal names is whom it is assigned to."""
    if s.my_id is None:
        raise NotJudged("who “me” is could not be found out")
    found = s.api.listing({"scope": "me"})
    wrong = [(r["id"], r.get("assigned_to")) for r in found.records if r.get("assigned_to") != s.my_id]
    expect(not wrong, f"only deals assigned to {s.my_id}", f"(id, assigned_to) {wrong[:3]}", found.exchange)
    found = s.api.listing({**s.samples.base, "scope": "me"})
    mine = s.samples.where(lambda r: r.get("assigned_to") == s.my_id)
    missing = mine - set(found.ids)
    expect(not missing or not found.complete, "all of my deals", f"missing {missing}", found.exchange)


@law("listDeals", of_all=True)
def scope_company_returns_every_listed_deal(s: Scene) -> None:
    """“scope: Filter by user scope (…, company)”: the widest scope holds all that the list shows."""
    everything = s.api.listing(s.samples.base)
    company = s.api.listing({**s.samples.base, "scope": "company"}).whole()
    lost = set(everything.ids) - set(company.ids)
    expect(not lost, "every deal of the list", f"without {sorted(lost, key=str)[:5]}", company.exchange)
    listed, total = s.api.total(), s.api.total(scope="company")
    expect(total >= listed, f"at least {listed} deals", f"total {total}", company.exchange)


@law("listDeals", needs=("other",))
def scope_me_never_overlaps_between_two_users(s: Scene) -> None:
    """“scope: Filter by user scope (me, …)”: a deal is assigned to one user."""
    mine = s.api.listing({**s.samples.base, "scope": "me"})
    others = s.api.listing({**s.samples.base, "scope": "me"}, as_="other")
    assignees = {r.get("assigned_to") for r in others.records}
    if s.my_id in assignees and assignees == {s.my_id}:
        raise NotJudged("“other” is the same person as “me”")
    both = sorted(set(mine.ids) & set(others.ids), key=str)
    expect(not both, "no deal in both scopes", f"deals {both[:5]}", mine.exchange, others.exchange)
