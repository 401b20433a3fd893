"""How near is the market to real shapes? Puts target and simulated side by side, and fits the profiles to a target.

`report` is behind `arrears simulate report`; `calibrate` behind `arrears simulate calibrate`, whose result is written
into `policies/simulator/market.toml`. A row that was not fitted says so: the table shows misses as well as hits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from arrears.simulator import measures, parameters
from arrears.simulator.market import Market
from arrears.simulator.measures import Floats

#: Bins in which the cure hazard is fitted and compared, first and last day past due.
CURE_BINS = ((0, 0), (1, 1), (2, 3), (4, 7), (8, 14), (15, 30), (31, 60))
#: A late bin with a smaller share than this has too few payers at the source to fit its hazard.
FITTED_FROM = 0.0013
STATES = ("current", "1", "2", "3", "4+")


@dataclass(frozen=True)
class Comparison:
    """One figure of the report. `target` is None where the sources have none; `use` says fitted or reported."""

    measure: str
    target: float | None
    simulated: float
    use: str

    @property
    def gap(self) -> float | None:
        return None if self.target is None else self.simulated - self.target


def grown(*, borrowers: int, seed: int, profile: str, as_of: date, days: int = 420) -> Market:
    """A market without contacts, old enough that late payers have paid."""
    return Market.create(borrowers=borrowers, seed=seed, start_on=as_of, history_days=days, profile=profile)


def lateness_ks(market: Market) -> float:
    """Kolmogorov–Smirnov distance of first payments' lateness to the profile's target, at the target's bin edges."""
    target = parameters.targets()[market.state.profile.target]
    simulated = measures.binned(measures.first_lateness(market.state), target["upto_days"])
    return measures.kolmogorov_smirnov(simulated, np.array(target["share"]))


def report(market: Market) -> list[Comparison]:
    """Every target beside what this market shows."""
    return [
        *_lateness(market),
        *_cure(market),
        *_rolls(market),
        *_partials(market),
        *_attempts(market),
        *_book(market),
    ]


def _lateness(market: Market) -> list[Comparison]:
    target = parameters.targets()[market.state.profile.target]
    simulated = measures.binned(measures.first_lateness(market.state), target["upto_days"])
    edges = [None, *target["upto_days"]]
    rows = [Comparison("first payment lateness, KS", 0.0, lateness_ks(market), "fitted")]
    for at, share in enumerate(target["share"]):
        low, high = edges[at], edges[at + 1]
        name = f"first payment, days late ({'…' if low is None else low}, {'…' if high == 9999 else high}]"
        rows.append(Comparison(name, share, float(simulated[at]), "fitted"))
    return rows


def _cure(market: Market) -> list[Comparison]:
    target = np.array(parameters.targets()["superlender_payment_hazard_by_dpd"]["daily"])
    simulated = measures.hazard(measures.first_lateness(market.state))
    fitted = "fitted" if market.state.profile_name == "superlender" else "reported"
    return [
        Comparison(
            f"payment chance a day, {first}–{last} days past due"
            if first != last
            else f"payment chance on day {first} past due",
            measures.mean_hazard(target, first, last),
            measures.mean_hazard(simulated, first, last),
            fitted,
        )
        for first, last in CURE_BINS
    ]


def _rolls(market: Market) -> list[Comparison]:
    target, simulated = parameters.targets()["uci_roll_rate"]["rows"], measures.roll_rates(market.state)
    return [
        Comparison(
            f"roll rate {STATES[i]} → {STATES[j]}",
            target[i][j],
            float(simulated[i, j]),
            "reported" if i < 2 else "fitted in part",
        )
        for i in range(5)
        for j in range(5)
        if target[i][j] > 0 or simulated[i, j] > 0
    ]


def _partials(market: Market) -> list[Comparison]:
    late, every = measures.partial_share(market.state)
    return [
        Comparison("partial payments, of late payments", None, late, "reported"),
        Comparison("partial payments, of all payments", None, every, "reported"),
    ]


def _attempts(market: Market) -> list[Comparison]:
    target = np.array(parameters.targets()["bank_marketing_by_attempt"]["share"])
    simulated = measures.promise_by_attempt(market, len(target))
    return [
        Comparison(
            f"promise at call attempt {n + 1}, of the first",
            target[n] / target[0],
            simulated[n] / simulated[0],
            "fitted",
        )
        for n in range(1, len(target))
    ]


def _book(market: Market) -> list[Comparison]:
    quarterly = parameters.targets()["dcr_quarterly"]
    s = market.state
    return [
        Comparison(
            "paid off early, a quarter", quarterly["payoff_share"], measures.payoff_share_quarterly(s), "fitted"
        ),
        Comparison(
            "reaches 90 days, a quarter", quarterly["default_share"], measures.default_share_quarterly(s), "reported"
        ),
        Comparison("open loans past due", None, measures.overdue_share(s), "reported"),
    ]


def calibrate(
    *, profile: str, borrowers: int, seed: int, as_of: date, rounds: int = 5
) -> dict[str, list[float] | float]:
    """Fit a profile's late share and daily hazards by fixed point: each is multiplied by the ratio it misses by.

    returns : late_share and hazard_daily, to be written into [profiles] of market.toml
    """
    target = parameters.targets()[parameters.load().profiles.__dict__[profile].target]
    state = Market.create(borrowers=1, seed=seed, start_on=as_of, history_days=0, profile=profile).state
    late_share, daily = state.profile.late_share, np.array(state.profile.hazard_daily)
    wanted_late, wanted = _late_part(np.array(target["share"]), target["upto_days"])
    for _ in range(rounds):
        market = Market.with_profile(
            borrowers=borrowers, seed=seed, as_of=as_of, days=420, profile=profile, late_share=late_share, daily=daily
        )
        simulated = measures.binned(measures.first_lateness(market.state), target["upto_days"])
        got_late, got = _late_part(simulated, target["upto_days"])
        late_share *= wanted_late / got_late
        enough = np.array(target["share"][-len(wanted) :]) >= FITTED_FROM
        daily = np.where(enough, daily * np.clip(wanted / np.maximum(got, 1e-4), 0.3, 3.0), daily)
    return {"late_share": round(float(late_share), 4), "hazard_daily": [round(float(h), 4) for h in daily]}


def _late_part(share: Floats, upto: list[int]) -> tuple[float, Floats]:
    """(share late, constant daily hazard within each late bin)."""
    first = upto.index(0) + 1
    late = share[first:] / max(share[first:].sum(), 1e-9)
    left = np.concatenate([[1.0], 1.0 - np.cumsum(late)])
    left = np.maximum(left, 1e-3)
    width = np.diff(np.array([0, *upto[first:]]))
    width[-1] = 60
    return float(share[first:].sum() / share.sum()), -np.log(left[1:] / left[:-1]) / width
