"""Packs as shipped, contacts in few words, and what holds of every rule: it speaks, since its day, unless lifted.

Used by the tests of single packs. An example is a contact of which a rule speaks; a pack's examples name every rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from arrears import policies
from arrears.rules import regions
from arrears.rules.compliance import facts, judging, reading
from arrears.rules.compliance.facts import BorrowerFacts, ContactFacts, Touch, Verdict
from arrears.rules.compliance.packs import Pack

REGIONS = regions.read(policies.folder() / "regions.toml")


def pack(names: str) -> Pack:
    """The shipped pack, or several as one: `us+ma`."""
    folder = policies.folder() / "packs"
    return Pack.composed([reading.read(folder / f"{name}.toml", region_zones=REGIONS) for name in names.split("+")])


def contact(channel: str = "CALL", purpose: str = "COLLECT", relation: str = "SELF", **told: object) -> ContactFacts:
    plain: dict[str, object] = {"contact_point_id": "c1", "debt_ids": ("d1",), "creditor_id": "k1"}
    return ContactFacts(channel=channel, purpose=purpose, relation=relation, **{**plain, **told})


def touch(at: datetime, channel: str = "CALL", outcome: str = "NO_ANSWER", **told: object) -> Touch:
    plain: dict[str, object] = {"contact_point_id": "c1", "debt_ids": ("d1",), "creditor_id": "k1"}
    return Touch(at, channel, outcome, **{**plain, **told})


@dataclass(frozen=True)
class Place:
    """A pack, and where its borrower lives."""

    pack: Pack
    timezone: str = ""
    region: str = ""

    def judge(
        self, made: ContactFacts, at: datetime, history: Sequence[Touch] = (), status: Sequence[str] = ()
    ) -> Verdict:
        borrower = BorrowerFacts(region=self.region, timezone=self.timezone, status=frozenset(status))
        return judging.judge(self.pack, made, borrower, history, at=at)


def cited(verdict: Verdict) -> list[str]:
    return [reason.rule for reason in verdict.reasons]


@dataclass(frozen=True)
class Example:
    """Something of which a rule speaks."""

    made: ContactFacts
    at: datetime
    history: tuple[Touch, ...] = ()
    status: tuple[str, ...] = ()

    def citing(self, place: Place) -> dict[str, str]:
        """The rules that speak of it, and how strongly."""
        verdict = place.judge(self.made, self.at, self.history, self.status)
        return {reason.rule: reason.nature for reason in verdict.reasons}

    def consenting_to(self, consents: frozenset[str | None]) -> Example:
        return replace(self, made=replace(self.made, consents=consents))

    def moved_to(self, at: datetime) -> Example:
        history = tuple(replace(before, at=before.at - (self.at - at)) for before in self.history)
        return replace(self, at=at, history=history)


class EveryRule:
    """What holds of each rule of `place.pack`, shown on `examples`.

    known          : the facts that the pack must give
    lifted_by      : rule → the consent that lifts it; no consent lifts another
    presumed       : the rules that presume; `advised`: those that advise; the others are hard
    even_answering : the rules that speak of answers too
    """

    place: Place
    examples: Mapping[str, Example]
    known: str
    lifted_by: Mapping[str, str] = {}
    presumed = ""
    advised = ""
    even_answering = ""

    def test_it_speaks_as_strongly_as_its_source(self) -> None:
        natures = dict.fromkeys(self.presumed.split(), "presumption") | dict.fromkeys(self.advised.split(), "guidance")
        for rule_id, example in self.examples.items():
            assert example.citing(self.place).get(rule_id) == natures.get(rule_id, "hard"), rule_id

    def test_it_is_silent_before_it_took_effect(self) -> None:
        for rule in self.place.pack.rules:
            if rule.rule_id in self.examples:
                example = self.examples[rule.rule_id]
                weeks = (example.at.date() - rule.effective_on).days // 7 + 1
                before = example.moved_to(example.at - timedelta(weeks=weeks))
                if "HOLIDAY" in rule.rule_id:
                    before = example.moved_to(example.at.replace(year=rule.effective_on.year - 1))
                assert before.at.date() < rule.effective_on
                assert rule.rule_id not in before.citing(self.place), rule.rule_id

    def test_its_own_consent_lifts_it_and_no_other_does(self) -> None:
        for rule_id, example in self.examples.items():
            own = self.lifted_by.get(rule_id)
            assert (rule_id in example.consenting_to(facts.CONSENTS).citing(self.place)) is (own is None), rule_id
            assert rule_id in example.consenting_to(facts.CONSENTS - {own}).citing(self.place), rule_id

    def test_who_is_answered_is_not_dunned(self) -> None:
        for rule_id, example in self.examples.items():
            answer = replace(example, made=replace(example.made, purpose="RESPOND"))
            assert (rule_id in answer.citing(self.place)) is (rule_id in self.even_answering.split()), rule_id

    def test_who_contacts_us_is_bound_by_no_hour_and_no_count(self) -> None:
        for rule_id, example in self.examples.items():
            if example.made.relation == "SELF":
                theirs = replace(example, made=replace(example.made, initiated_by="BORROWER", purpose="RESPOND"))
                assert rule_id not in theirs.citing(self.place), rule_id

    def test_none_is_forgotten(self) -> None:
        own = self.place.pack.pack_id.rpartition("+")[2]
        assert set(self.examples) == {rule.rule_id for rule in pack(own).rules}

    def test_every_fact_is_given_once(self) -> None:
        own = pack(self.place.pack.pack_id.rpartition("+")[2])
        given = [row.rule_id for row in (*own.rules, *own.duties)]
        assert len(given) == len(set(given))
        assert set(self.known.split()) <= set(given)
