"""The column form gives the same verdict as the one-by-one form, on random cases of every kind of rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest

from arrears.rules.compliance import columns, facts, judging, packs
from arrears.rules.compliance.facts import BorrowerFacts, Case, ContactFacts, Touch
from arrears.rules.compliance.packs import EVER, HOLIDAY, WEEKDAYS, Ban, Hours, Limit, Notice, Pack, Rule, Staff

ZONES = ("Asia/Shanghai", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
REGIONS = {"CN": ("Asia/Shanghai",), "US-NY": ("America/New_York",), "US-TX": ("America/Chicago", "America/Denver")}
#: Around the days when New York's and Lord Howe's clocks change, and a public holiday of Victoria.
START = datetime(2026, 3, 6, tzinfo=UTC)


def some(random: Random, words: Sequence[str], most: int) -> frozenset[str]:
    return frozenset(random.sample(sorted(words), random.randint(1, most)))


def shared(random: Random, number: int) -> dict[str, object]:
    def maybe(words: Sequence[str], most: int, otherwise: frozenset[str]) -> frozenset[str]:
        return some(random, words, most) if random.random() < 0.3 else otherwise

    return {
        "rule_id": f"R{number}",
        "citation": f"art. {number}",
        "nature": random.choice(["hard", "presumption", "guidance"]),
        "author": random.choice(["law", "lender"]),
        "effective_on": random.choice([date(2020, 1, 1), date(2026, 3, 8)]),
        "expired_on": random.choice([None, None, date(2026, 3, 9)]),
        "confidence": "verified_primary",
        "text_zh": "规则",
        "text_en": "rule",
        "media": some(random, sorted(facts.CHANNELS), 8),
        "purposes": maybe(sorted(facts.PURPOSES), 6, facts.PURPOSES),
        "relations": maybe(sorted(facts.RELATIONS), 6, facts.RELATIONS),
        "collectors": maybe(sorted(facts.COLLECTORS), 2, facts.COLLECTORS),
        "if_told": random.random() < 0.2,
        "initiators": maybe(sorted(facts.INITIATORS), 2, frozenset({"COLLECTOR"})),
        "while_status": maybe(["DISPUTED", "CEASED", "MINOR"], 2, frozenset()),
        "unless_status": maybe(["DISPUTED", "CEASED", "MINOR"], 2, frozenset()),
        "dpd_from": random.choice([None, None, 5]),
        "dpd_to": random.choice([None, None, 15]),
        "disclosing": random.random() < 0.2,
        "override": random.choice([None, None, "HOURS"]),
    }


def random_rule(random: Random, number: int) -> Rule:
    kind = random.choice(["ban", "staff", "notice", "hours", "hours", "limit", "limit", "limit"])
    given = shared(random, number)
    if kind == "ban":
        return Ban(**given)  # type: ignore[arg-type]
    if kind == "staff":
        least = random.randint(1, 3)
        most = random.choice([None, least, least + 1])
        return Staff(staff_min=least, staff_max=most, **given)  # type: ignore[arg-type]
    if kind == "notice":
        by = random.choice([frozenset({"LETTER"}), frozenset({"LETTER", "EMAIL"})])
        told = {**given, "if_told": True}
        return Notice(by=by, wait_days=random.randint(1, 6), **told)  # type: ignore[arg-type]
    if kind == "hours":
        opens = random.randint(0, 20)
        closes = random.choice([time(random.randint(opens + 1, 22), 30), time(opens)])
        days = random.choice([frozenset(WEEKDAYS), some(random, [*WEEKDAYS, HOLIDAY], 4)])
        return Hours(opens=time(opens), closes=closes, days=days, calendar="AU-VIC", **given)  # type: ignore[arg-type]
    window = random.choice(["calendar_day", "calendar_month", "rolling", "rolling", EVER])
    spans = [timedelta(days=random.randint(1, 9)), timedelta(minutes=random.randint(1, 600))]
    blocks = random.random() < 0.3
    return Limit(
        unit=random.choice(packs.UNITS),
        scope=random.choice(["person", "debt", "contact_point", "creditor"]),
        window=window,
        max=random.choice([0, 1, 1, 2, 3, 5]),
        rolling=random.choice(spans) if window == "rolling" else None,
        excluded=some(random, ["FAILED", "NO_ANSWER", "LEGAL_NOTICE", "REMIND"], 2)
        if random.random() < 0.3
        else frozenset(),
        after=random.choice(["conversation", "any"]) if random.random() < 0.2 else None,
        block_after=random.choice(["conversation", "any"]) if blocks else None,
        block_days=random.randint(1, 7) if blocks else 0,
        **given,  # type: ignore[arg-type]
    )


def random_pack(random: Random) -> Pack:
    rules = tuple(random_rule(random, number) for number in range(random.randint(1, 8)))
    zones = tuple(random.sample(ZONES, random.randint(1, 2)))
    return Pack("random", "1", "随机", "Random", zones, rules, REGIONS)


def random_touch(random: Random) -> Touch:
    return Touch(
        at=START + timedelta(seconds=random.randint(0, 9 * 86_400)),
        channel=random.choice(sorted(facts.CHANNELS)),
        outcome=random.choice([*sorted(facts.OUTCOMES), "", "NEW_WORD"]),
        relation=random.choice(["SELF", "SELF", "KIN", ""]),
        initiated_by=random.choice(["COLLECTOR", "COLLECTOR", "BORROWER", "?"]),
        purpose=random.choice(["REMIND", "COLLECT", ""]),
        contact_point_id=random.choice(["p1", "p2", ""]),
        debt_ids=random.choice([("d1",), ("d2",), ()]),
        creditor_id=random.choice(["k1", "k2", ""]),
    )


def random_case(random: Random) -> Case:
    contact = ContactFacts(
        channel=random.choice([*sorted(facts.CHANNELS), "SMS", "CALL", "PIGEON"]),
        purpose=random.choice(["REMIND", "COLLECT", "LEGAL_NOTICE"]),
        relation=random.choice(["SELF", "SELF", "SELF", "KIN", "NEIGHBOUR"]),
        initiated_by=random.choice(["COLLECTOR", "COLLECTOR", "COLLECTOR", "BORROWER"]),
        contact_point_id=random.choice(["p1", "p2", ""]),
        debt_ids=random.choice([("d1",), ("d1", "d2"), ()]),
        creditor_id=random.choice(["k1", ""]),
        staff_count=random.randint(0, 5),
        consents=random.choice([frozenset(), frozenset(), frozenset({"HOURS"})]),
        discloses_debt=random.random() < 0.7,
        collector=random.choice(["", "CREDITOR", "AGENCY", "SOMEBODY"]),
    )
    borrower = BorrowerFacts(
        region=random.choice(["CN-31", "US-NY", "US-TX", "US", "IN-MH", ""]),
        timezone=random.choice(["", "", "America/New_York", "Australia/Lord_Howe", "Mars/Olympus"]),
        status=random.choice([frozenset(), frozenset(), frozenset({"DISPUTED"}), frozenset({"CEASED", "MINOR"})]),
        dpd=random.choice([None, 0, 5, 15, 16, 400]),
    )
    history = [random_touch(random) for _ in range(random.choice([0, 0, 1, 3, 8]))]
    at = START + timedelta(seconds=random.randint(0, 9 * 86_400), microseconds=random.randint(0, 999_999))
    return Case(contact, borrower, history, at)


@pytest.mark.parametrize("seed", range(40))
def test_it_gives_the_same_verdicts_as_the_one_by_one_form(seed: int) -> None:
    random = Random(seed)
    pack = random_pack(random)
    cases = [random_case(random) for _ in range(150)]

    together = columns.judge_many(pack, cases)

    for case, verdict in zip(cases, together, strict=True):
        assert verdict == judging.judge(pack, case.contact, case.borrower, case.history, at=case.at)


def test_nothing_in_is_nothing_out() -> None:
    assert columns.judge_many(random_pack(Random(1)), []) == []


def test_a_held_contact_is_allowed_at_its_moment_and_not_a_microsecond_before() -> None:
    random = Random(7)
    held = 0
    for _ in range(120):
        pack = random_pack(random)
        lasting = tuple(replace(rule, effective_on=date(2020, 1, 1), expired_on=None) for rule in pack.rules)
        pack = replace(pack, zones=pack.zones[:1], rules=lasting)
        for case in [random_case(random) for _ in range(40)]:
            past = [touch for touch in case.history if touch.at <= case.at]
            case = replace(case, history=past, borrower=replace(case.borrower, timezone=""))
            verdict = judging.judge(pack, case.contact, case.borrower, case.history, at=case.at)
            if verdict.not_before is None:
                continue
            held += 1
            then = verdict.not_before
            assert judging.judge(pack, case.contact, case.borrower, case.history, at=then).allowed
            just_before = then - timedelta(microseconds=1)
            assert not judging.judge(pack, case.contact, case.borrower, case.history, at=just_before).allowed
    assert held > 50
