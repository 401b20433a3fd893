"""Who borrows? Draws people with their habits, and what life does to them month by month.

Called by `market`. A borrower is a row: fixed habits (`Borrower.number` decides them all) and a changing state of mind
(push, annoyance, promises). Nothing here pays, lends or contacts.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from arrears.simulator import chance

NEVER = np.int32(2**31 - 1)
JOB_LOSS, ILLNESS = 1, 2
#: Days between two draws of what life does to people.
MONTH = 30


@dataclass
class Borrowers:
    """One row a borrower; arrays of equal length. `number` is unique in the whole market, whatever the chunk."""

    number: NDArray[np.uint64]
    region: NDArray[np.int16]  # index into regions.codes
    birth_day: NDArray[np.int32]
    since_day: NDArray[np.int32]
    language: NDArray[np.int8]  # 0 zh-Hans, 1 en
    income_minor: NDArray[np.int64]
    payday: NDArray[np.int8]  # day of the month
    lateness: NDArray[np.float64]  # standard normal: the person's tendency to pay late
    forgetful: NDArray[np.float64]  # standard normal
    strained: NDArray[np.float64]  # standard normal: thin purse
    frailty: NDArray[np.float64]  # mean 1: how fast a late person pays
    reach: NDArray[np.float64]  # chance to answer a call
    response: NDArray[np.float64]  # (n, channels), mean 1
    tolerance: NDArray[np.float64]  # annoyance borne before willingness falls
    appetite: NDArray[np.float64]  # mean 1, of new loans
    wrong_number: NDArray[np.bool_]
    # what changes
    shock: NDArray[np.int8]
    shock_until: NDArray[np.int32]
    push: NDArray[np.float64]
    annoyance: NDArray[np.float64]
    attempts: NDArray[np.int32]  # call attempts since these arrears began
    promise_day: NDArray[np.int32]
    promise_share: NDArray[np.float64]  # of what was overdue when promised
    promise_keeps: NDArray[np.float64]
    complaints: NDArray[np.int32]
    opted_out: NDArray[np.bool_]
    loans: NDArray[np.int32]  # loans ever opened: the next ordinal
    open_loans: NDArray[np.int32]
    intent_day: NDArray[np.int32]  # the day this month on which they ask for a loan

    def of(self, who: NDArray[np.int64]) -> Borrowers:
        """Copies of some rows."""
        return Borrowers(**{field.name: getattr(self, field.name)[who] for field in fields(self)})

    def as_arrays(self, prefix: str) -> dict[str, NDArray[np.generic]]:
        """The columns themselves, named `prefix.column`."""
        return {f"{prefix}.{field.name}": getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[np.generic]], prefix: str) -> Borrowers:
        """The borrowers that `as_arrays` wrote."""
        return cls(**{field.name: arrays[f"{prefix}.{field.name}"].copy() for field in fields(cls)})


def draw(p: SimpleNamespace, *, seed: int, first: int, count: int, start_day: int) -> Borrowers:
    """`count` people, numbered from `first`, as they are when the market opens."""
    number = np.arange(first, first + count, dtype=np.uint64)
    zeros = np.zeros(count)
    return Borrowers(
        number=number,
        **_person(p, seed, number, start_day),
        **_habits(p, seed, number),
        shock=np.zeros(count, dtype=np.int8),
        shock_until=np.zeros(count, dtype=np.int32),
        push=zeros.copy(),
        annoyance=zeros.copy(),
        attempts=np.zeros(count, dtype=np.int32),
        promise_day=np.full(count, NEVER),
        promise_share=zeros.copy(),
        promise_keeps=zeros.copy(),
        complaints=np.zeros(count, dtype=np.int32),
        opted_out=np.zeros(count, dtype=np.bool_),
        loans=np.zeros(count, dtype=np.int32),
        open_loans=np.zeros(count, dtype=np.int32),
        intent_day=np.full(count, NEVER),
    )


def _person(
    p: SimpleNamespace, seed: int, number: NDArray[np.uint64], start_day: int
) -> dict[str, NDArray[np.generic]]:
    born = chance.whole(seed, "born", number, p.population.age_years[0] * 365, p.population.age_years[1] * 365)
    income = p.population.income_median_minor * np.exp(
        p.population.income_sigma * chance.normal(seed, "income", number)
    )
    paydays = np.array(p.population.paydays, dtype=np.int8)
    return {
        "region": chance.pick(seed, "region", number, p.regions.weights).astype(np.int16),
        "birth_day": (start_day - born).astype(np.int32),
        "since_day": (start_day - chance.whole(seed, "since", number, 30, 1800)).astype(np.int32),
        "language": (chance.uniform(seed, "language", number) < p.population.language_en_share).astype(np.int8),
        "income_minor": (income / 10_000).astype(np.int64) * 10_000,
        "payday": paydays[chance.pick(seed, "payday", number, [1.0] * len(paydays))],
    }


def _habits(p: SimpleNamespace, seed: int, number: NDArray[np.uint64]) -> dict[str, NDArray[np.generic]]:
    traits, contacts = p.traits, p.contacts
    forgetful, strained, unwilling = (
        chance.normal(seed, name, number) for name in ("forgetful", "strained", "unwilling")
    )
    weights = np.array([traits.forgetful_weight, traits.strained_weight, traits.unwilling_weight])
    weights /= np.sqrt((weights**2).sum())
    sigma = p.late.frailty_sigma
    slow = 0.5 * strained + 0.6 * unwilling + np.sqrt(1 - 0.25 - 0.36) * chance.normal(seed, "frailty", number)
    low, high = contacts.reach_range
    spread = len(vars(p.channels))
    response = [np.exp(0.3 * chance.normal(seed, f"response.{c}", number) - 0.045) for c in range(spread)]
    return {
        "lateness": weights[0] * forgetful + weights[1] * strained + weights[2] * unwilling,
        "forgetful": forgetful,
        "strained": strained,
        "frailty": np.exp(-sigma * slow - sigma**2 / 2),
        "reach": low + (high - low) * chance.uniform(seed, "reach", number),
        "response": np.stack(response, axis=1),
        "tolerance": contacts.tolerance_median
        * np.exp(contacts.tolerance_sigma * chance.normal(seed, "tolerance", number)),
        "appetite": np.exp(0.5 * chance.normal(seed, "appetite", number) - 0.125),
        "wrong_number": chance.uniform(seed, "wrong_number", number) < contacts.wrong_number_share,
    }


def live_month(b: Borrowers, p: SimpleNamespace, *, seed: int, day: int) -> NDArray[np.int64]:
    """Draw this month's shocks and wishes for a loan; returns who fell ill and is granted a pause (positions)."""
    well = b.shock_until <= day
    b.shock[well] = 0
    u = chance.uniform(seed, "shock", b.number, day)
    shocks = p.shocks
    for kind, share, days in (
        (JOB_LOSS, shocks.job_loss_monthly, shocks.job_loss_days),
        (ILLNESS, shocks.illness_monthly, shocks.illness_days),
    ):
        struck = np.flatnonzero(well & (u < share))
        u = np.where(u < share, 2.0, u - share)
        b.shock[struck] = kind
        b.shock_until[struck] = day + chance.whole(seed, f"shock.{kind}", b.number[struck], days[0], days[1], day)
    wishes = chance.uniform(seed, "wish", b.number, day) < p.lending.monthly_chance * b.appetite
    when = day + chance.whole(seed, "wish.day", b.number, 0, MONTH - 1, day)
    b.intent_day[:] = np.where(wishes, when, NEVER)
    fresh = (b.shock > 0) & well
    return np.flatnonzero(fresh & (chance.uniform(seed, "pause", b.number, day) < shocks.pause_share))


def day_of_month(day: int) -> int:
    """1 … 31."""
    return int(str(np.datetime64(day, "D"))[-2:])


def liquidity(b: Borrowers, p: SimpleNamespace, who: NDArray[np.int64], day: int) -> chance.Floats:
    """How easily these people can pay today: after payday more, after a shock much less."""
    since = (day_of_month(day) - b.payday[who].astype(np.int64)) % 30
    lift = np.where(since < p.late.payday_days, p.late.payday_lift, p.late.other_days_lift)
    return lift * np.choose(b.shock[who], [1.0, p.shocks.job_loss_pays, p.shocks.illness_pays])


def willingness(b: Borrowers, p: SimpleNamespace, who: NDArray[np.int64]) -> chance.Floats:
    """What contacts did to the wish to pay: up with push, down once annoyance passes what the person bears."""
    over = np.maximum(b.annoyance[who] - b.tolerance[who], 0.0)
    return (1.0 + b.push[who]) * np.exp(-p.contacts.backfire * over)


def rest(b: Borrowers, p: SimpleNamespace) -> None:
    """A day passes: pushes and annoyance fade."""
    b.push *= 0.5 ** (1.0 / p.contacts.push_half_life_days)
    b.annoyance *= 0.5 ** (1.0 / p.contacts.annoyance_half_life_days)
