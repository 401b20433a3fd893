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

    def with_made(self, **told: object) -> Example:
        return replace(self, made=replace(self.made, **told))

    def moved_to(self, at: datetime) -> Example:
        history = tuple(replace(before, at=before.at - (self.at - at)) for before in self.history)
        return replace(self, at=at, history=history)


CALLS = "CALL AI_CALL"
MESSAGES = "SMS EMAIL APP CHAT"
TIMED = f"{CALLS} {MESSAGES} VISIT"
EVERY = f"{TIMED} LETTER"
THIRD = "SPOUSE KIN COLLEAGUE EMPLOYER OTHER"
DUNNING = "REMIND COLLECT NEGOTIATE LOCATE RELAY LEGAL_NOTICE"
ALWAYS = f"{DUNNING} RESPOND"


class EveryRule:
    """What holds of each rule of `place.pack`, shown on `examples`. Each mapping is by rule; words stand in a string.

    known                         : the facts that the pack must give
    presumed, advised             : the rules that presume, and those that advise; the others are hard
    lifted_by                     : the consent that lifts it; no consent lifts another
    channels, purposes, relations : of which it speaks; otherwise of all channels, of dunning, and of all relations
    third_parties_only            : the rules that are silent of the creditor's own contacts
    if_told                       : those of them that are silent where nobody says who collects
    either                        : the rules that speak whoever began; the others of our own contacts alone
    counted_by, uncounted         : what its count is kept by, and the outcomes that do not count
    """

    place: Place
    examples: Mapping[str, Example]
    known: str
    presumed = ""
    advised = ""
    lifted_by: Mapping[str, str] = {}
    channels: Mapping[str, str] = {}
    purposes: Mapping[str, str] = {}
    relations: Mapping[str, str] = {}
    either = ""
    third_parties_only = ""
    if_told = ""
    counted_by: Mapping[str, str] = {}
    uncounted: Mapping[str, str] = {}

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
            assert (rule_id in example.with_made(consents=facts.CONSENTS).citing(self.place)) is (own is None), rule_id
            assert rule_id in example.with_made(consents=facts.CONSENTS - {own}).citing(self.place), rule_id

    def test_of_which_channels_it_speaks(self) -> None:
        for rule_id, example in self.examples.items():
            spoken = self.channels.get(rule_id, " ".join(facts.CHANNELS)).split()
            for channel in facts.CHANNELS:
                self.check(rule_id, example.with_made(channel=channel), channel in spoken)

    def test_of_which_purposes_it_speaks(self) -> None:
        for rule_id, example in self.examples.items():
            spoken = self.purposes.get(rule_id, DUNNING).split()
            for purpose in facts.PURPOSES:
                self.check(rule_id, example.with_made(purpose=purpose), purpose in spoken)

    def test_of_which_relations_it_speaks(self) -> None:
        for rule_id, example in self.examples.items():
            spoken = self.relations.get(rule_id, " ".join(facts.RELATIONS)).split()
            for relation in facts.RELATIONS:
                history = tuple(replace(before, relation=relation) for before in example.history)
                moved = replace(example.with_made(relation=relation), history=history)
                self.check(rule_id, moved, relation in spoken)

    def test_who_contacts_us_is_bound_by_no_hour_and_no_count(self) -> None:
        for rule_id, example in self.examples.items():
            self.check(rule_id, example.with_made(initiated_by="BORROWER"), rule_id in self.either.split())

    def test_who_collects_lifts_only_what_binds_others_and_nobody_knows_lifts_nothing(self) -> None:
        for rule_id, example in self.examples.items():
            for collector in (*facts.COLLECTORS, "", "SOMEBODY"):
                lifts = collector == "CREDITOR" and rule_id in self.third_parties_only.split()
                lifts |= not collector and rule_id in self.if_told.split()
                self.check(rule_id, example.with_made(collector=collector), not lifts)

    def test_what_it_counts(self) -> None:
        for rule_id, example in self.examples.items():
            for outcome in facts.OUTCOMES if example.history else ():
                last = replace(example.history[-1], outcome=outcome)
                could_be = outcome in facts.OUTCOMES_OF[last.channel]  # else it counts as whatever it might have been
                counts = outcome not in self.uncounted.get(rule_id, "").split() or not could_be
                self.check(rule_id, replace(example, history=(*example.history[:-1], last)), counts)

    def test_what_its_count_is_kept_by(self) -> None:
        other = {"debt": {"debt_ids": ("d2",)}, "contact_point": {"contact_point_id": "c2"}}
        other["creditor"] = {"creditor_id": "k2"}
        for rule_id, example in self.examples.items():
            for scope, told in other.items() if example.history else ():
                self.check(rule_id, example.with_made(**told), self.counted_by[rule_id] != scope)

    def check(self, rule_id: str, example: Example, speaks: bool) -> None:
        assert (rule_id in example.citing(self.place)) is speaks, (rule_id, example)

    def test_none_is_forgotten(self) -> None:
        own = self.place.pack.pack_id.rpartition("+")[2]
        assert set(self.examples) == {rule.rule_id for rule in pack(own).rules}

    def test_every_fact_is_given_once(self) -> None:
        own = pack(self.place.pack.pack_id.rpartition("+")[2])
        given = [row.rule_id for row in (*own.rules, *own.duties)]
        assert len(given) == len(set(given))
        assert set(self.known.split()) <= set(given)
