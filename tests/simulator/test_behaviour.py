"""People behave as people do: a person moves them more than a machine, and too much contact backfires."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import polars as pl
import pytest

from arrears.simulator import measures
from arrears.simulator.market import Market
from arrears.simulator.touches import CHANNELS, UnknownChannel, UnknownCustomer

AS_OF = date(2026, 8, 1)


@pytest.fixture(scope="module")
def market() -> Market:
    return Market.create(borrowers=12_000, seed=21, start_on=AS_OF, history_days=200)


def behind(market: Market, days: tuple[int, int] = (3, 45)) -> np.ndarray:
    overdue, past = market.state.arrears(market.state.today + 1)
    reachable = ~market.state.borrowers.wrong_number
    return np.flatnonzero((overdue > 0) & (past >= days[0]) & (past <= days[1]) & reachable)


def touched(
    market: Market, channel: str | None, *, on_days: set[int], days: int, a_day: int = 1, tone: str = "PLAIN"
) -> dict[str, float]:
    """Live `days` days from one state, touching everyone who was behind at the start and still is."""
    lived = Market(copy.deepcopy(market.state))
    cohort = behind(lived)
    complaints = 0
    for n in range(days):
        overdue, _ = lived.state.arrears(lived.state.today + 1)
        who = cohort[overdue[cohort] > 0]
        frames = []
        if channel and n in on_days:
            at = datetime.combine(lived.today + timedelta(days=1), time(3), UTC)
            frames = [
                measures.calls_to(lived.state, who, at + timedelta(hours=k), channel, f"try-{k}") for k in range(a_day)
            ]
        touches = pl.concat(frames).with_columns(tone=pl.lit(tone)) if frames else None
        complaints += lived.step(lived.today + timedelta(days=1), touches).complaints
    overdue, _ = lived.state.arrears(lived.state.today + 1)
    return {
        "cured": float((overdue[cohort] == 0).mean()),
        "complaints": complaints / len(cohort),
        "cohort": len(cohort),
        "annoyance": float(lived.state.borrowers.annoyance[cohort].mean()),
    }


class TestChannels:
    def test_a_person_moves_more_than_a_machine_and_a_machine_more_than_nothing(self, market):
        plan = {"on_days": {0, 3, 6}, "days": 10}
        cured = {channel: touched(market, channel, **plan)["cured"] for channel in (None, "SMS", "AI_CALL", "CALL")}
        assert touched(market, None, **plan)["cohort"] > 300
        assert cured[None] < cured["SMS"] < cured["CALL"]
        assert cured[None] < cured["AI_CALL"] < cured["CALL"]

    def test_a_promise_to_a_person_is_given_more_often_than_to_a_machine(self, market):
        who, at = behind(market), datetime.combine(AS_OF, time(3), UTC)
        promised = {}
        for channel in ("SMS", "AI_CALL", "CALL"):
            touches = measures.calls_to(market.state, who, at, channel, "promise")
            promised[channel] = market.respond(touches)["promise_on"].is_not_null().mean()
        assert promised["SMS"] < promised["AI_CALL"] < promised["CALL"]

    def test_a_reminder_before_the_due_date_keeps_some_from_being_late(self):
        def late_share(remind: bool) -> float:
            market = Market.create(borrowers=4000, seed=9, start_on=AS_OF, history_days=120)
            late = due = 0
            for _ in range(25):
                on = market.today + timedelta(days=1)
                rows = market.state.loans
                day = market.state.today
                soon = (rows["due"] == day + 2).any(axis=1) & (rows["closed"] > day)
                at = datetime.combine(on, time(3), UTC)
                who = np.unique(rows["borrower"][soon]).astype(np.int64)
                market.step(on, measures.calls_to(market.state, who, at, "SMS", "soon") if remind else None)
                current = rows["due"][np.arange(len(rows)), rows["current"]]
                late += int(((current == market.state.today - 1) & (rows["closed"] > market.state.today)).sum())
                due += int((rows["due"] == market.state.today - 1).sum())
            return late / due

        assert late_share(remind=True) < late_share(remind=False)


class TestTooMuch:
    def test_harsh_and_constant_contact_brings_less_and_more_complaints(self, market):
        gentle = touched(market, "CALL", on_days={0, 4, 8, 12}, days=16)
        hounded = touched(market, "CALL", on_days=set(range(16)), days=16, a_day=4, tone="HARSH")
        assert hounded["annoyance"] > 5 * gentle["annoyance"]
        assert hounded["cured"] < gentle["cured"]
        assert hounded["complaints"] > 10 * max(gentle["complaints"], 0.001)

    def test_who_is_hounded_pays_less_than_who_is_left_alone(self, market):
        alone = touched(market, None, on_days=set(), days=16)
        hounded = touched(market, "CALL", on_days=set(range(16)), days=16, a_day=4, tone="HARSH")
        assert hounded["cured"] < alone["cured"]

    def test_annoyance_fades_when_people_are_left_in_peace(self, market):
        lived = Market(copy.deepcopy(market.state))
        who = behind(lived)
        at = datetime.combine(lived.today + timedelta(days=1), time(3), UTC)
        lived.step(lived.today + timedelta(days=1), measures.calls_to(lived.state, who, at, "VISIT", "once"))
        after = lived.state.borrowers.annoyance[who].mean()
        for _ in range(24):
            lived.step(lived.today + timedelta(days=1))
        assert lived.state.borrowers.annoyance[who].mean() < after / 3


class TestAnswers:
    def test_each_attempt_is_answered_less(self, market):
        who, at = behind(market), datetime.combine(AS_OF, time(3), UTC)
        touches = measures.calls_to(market.state, who, at, "CALL", "n")
        reached = [
            market.respond(touches.with_columns(attempt=pl.lit(n)))["outcome"]
            .is_in(["RIGHT_PARTY", "CONNECTED"])
            .mean()
            for n in (1, 6, 12)
        ]
        assert reached[0] > reached[1] > reached[2]

    def test_a_wrong_number_never_reaches_the_borrower(self, market):
        who = np.flatnonzero(market.state.borrowers.wrong_number)
        touches = measures.calls_to(market.state, who, datetime.combine(AS_OF, time(3), UTC), "CALL", "wrong")
        outcomes = set(market.respond(touches)["outcome"])
        assert "WRONG_PARTY" in outcomes
        assert not outcomes & {"RIGHT_PARTY", "CONNECTED"}

    def test_a_relative_is_never_the_right_party(self, market):
        touches = measures.calls_to(market.state, behind(market), datetime.combine(AS_OF, time(3), UTC), "CALL", "kin")
        outcomes = set(market.respond(touches.with_columns(relation=pl.lit("KIN")))["outcome"])
        assert "WRONG_PARTY" in outcomes
        assert "RIGHT_PARTY" not in outcomes

    def test_who_owes_nothing_promises_nothing(self, market):
        overdue, _ = market.state.arrears(market.state.today + 1)
        touches = measures.calls_to(
            market.state, np.flatnonzero(overdue == 0), datetime.combine(AS_OF, time(3), UTC), "CALL", "x"
        )
        assert market.respond(touches)["promise_on"].is_null().all()

    @pytest.mark.parametrize("channel", CHANNELS)
    def test_every_channel_answers_in_its_own_words(self, market, channel):
        spoken = {"NO_ANSWER", "BUSY", "VOICEMAIL", "CONNECTED", "RIGHT_PARTY", "WRONG_PARTY"}
        words = {"CALL": spoken, "AI_CALL": spoken, "VISIT": {"MET", "NOT_MET", "REFUSED"}}
        touches = measures.calls_to(
            market.state, behind(market), datetime.combine(AS_OF, time(3), UTC), channel, "words"
        )
        outcomes = set(market.respond(touches)["outcome"])
        assert len(outcomes) >= 2
        assert outcomes <= words.get(channel, {"DELIVERED", "FAILED", "READ", "REPLIED"})

    def test_strangers_and_unknown_channels_are_refused(self, market):
        touches = measures.calls_to(market.state, np.array([0]), datetime.combine(AS_OF, time(3), UTC), "CALL", "x")
        with pytest.raises(UnknownCustomer):
            market.respond(touches.with_columns(customer_id=pl.lit("C999999999")))
        with pytest.raises(UnknownChannel):
            market.respond(touches.with_columns(channel=pl.lit("PIGEON")))
