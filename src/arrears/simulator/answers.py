"""What comes of a contact? Answered, missed, promised, complained: one row a contact.

Called by `market` and `effects`. An answer is a pure function of (seed, contact_id) and of the person as they were when
the day began, so it does not matter in what order or how often it is asked. It changes nobody; `effects` does.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from arrears.simulator import chance, touches
from arrears.simulator.state import State
from arrears.simulator.touches import ARRIVED, CALLS, CHANNELS, READABLE, UNNOTICED, VISIT

RESPONSES = {
    "contact_id": pl.String,
    "outcome": pl.String,
    "promise_on": pl.Date,
    "promise_minor": pl.Int64,
    "complaint": pl.Boolean,
    "opt_out": pl.Boolean,
}


def respond(s: State, asked: pl.DataFrame) -> pl.DataFrame:
    """One row a contact, in the order given; see `Market.respond`."""
    if asked.is_empty():
        return pl.DataFrame(schema=RESPONSES)
    who, channel = touches.positions(s, asked["customer_id"]), touches.channel_codes(asked["channel"])
    entity = touches.entities(asked["contact_id"])
    third = touches.third_parties(asked)
    outcome = np.where(np.isin(channel, CALLS), _call(s, who, channel, entity, third, asked), "")
    outcome = np.where(channel == VISIT, _visit(s, who, entity), outcome)
    outcome = np.where(outcome == "", _message(s, who, channel, entity), outcome)
    promise, share = _promises(s, who, channel, entity, outcome, asked)
    overdue, _ = s.arrears(s.today + 1)
    minor = np.maximum((overdue[who] * share).astype(np.int64) // 100 * 100, 100)
    minor = np.where(share >= 1.0, overdue[who], minor)
    wait = chance.whole(s.seed, "promise.wait", entity, *s.parameters.contacts.promise_days)
    days = [timedelta(int(d)) for d in wait]
    return pl.DataFrame(
        {
            "contact_id": asked["contact_id"],
            "outcome": pl.Series(outcome.tolist(), dtype=pl.String),
            "promise_on": pl.Series(
                [at.date() + d if p else None for at, d, p in zip(asked["at"], days, promise, strict=True)],
                dtype=pl.Date,
            ),
            "promise_minor": pl.Series(
                [int(m) if p else None for m, p in zip(minor, promise, strict=True)], dtype=pl.Int64
            ),
            "complaint": _complains(s, who, channel, entity, outcome, third, asked),
            "opt_out": _opts_out(s, who, channel, entity, outcome),
        },
        schema=RESPONSES,
    )


def agrees_to_visit(s: State, customer_id: str) -> bool:
    """See `Market.agrees_to_visit`."""
    likely = s.parameters.contacts.visit_agreed
    return bool(chance.uniform(s.seed, "visit.agrees", touches.entities(pl.Series([customer_id])))[0] < likely)


def _call(
    s: State,
    who: NDArray[np.int64],
    channel: NDArray[np.int64],
    entity: NDArray[np.uint64],
    third: NDArray[np.bool_],
    asked: pl.DataFrame,
) -> NDArray[np.str_]:
    b, contacts = s.borrowers, s.parameters.contacts
    answers = (
        b.reach[who]
        * touches.per_channel(s, "reached", channel)
        * np.exp(-contacts.annoyed_answers_less * b.annoyance[who])
    )
    answers = answers * contacts.attempt_decay ** (touches.attempt_numbers(s, who, asked) - 1.0)
    answered = chance.uniform(s.seed, "answers", entity) < answers
    u = chance.uniform(s.seed, "call", entity)
    unanswered = np.where(u < 0.70, "NO_ANSWER", np.where(u < 0.85, "BUSY", "VOICEMAIL"))
    spoke = np.where(u < 0.82, "RIGHT_PARTY", "CONNECTED")
    spoke = np.where(b.wrong_number[who] | third, "WRONG_PARTY", spoke)
    return np.where(answered, spoke, unanswered)


def _visit(s: State, who: NDArray[np.int64], entity: NDArray[np.uint64]) -> NDArray[np.str_]:
    u = chance.uniform(s.seed, "visit", entity)
    met = s.parameters.channels.VISIT.reached * np.exp(
        -s.parameters.contacts.annoyed_answers_less * s.borrowers.annoyance[who]
    )
    return np.where(u < met * 0.9, "MET", np.where(u < met, "REFUSED", "NOT_MET"))


def _message(
    s: State, who: NDArray[np.int64], channel: NDArray[np.int64], entity: NDArray[np.uint64]
) -> NDArray[np.str_]:
    u = chance.uniform(s.seed, "message", entity)
    reached = touches.per_channel(s, "reached", channel)
    good = np.where(u < 0.02, "REPLIED", np.where(np.isin(channel, READABLE) & (u < 0.45), "READ", "DELIVERED"))
    lost = (u > reached) | (s.borrowers.wrong_number[who] & (channel == CHANNELS.index("SMS")) & (u > 0.5))
    return np.where(lost, "FAILED", good)


def _promises(
    s: State,
    who: NDArray[np.int64],
    channel: NDArray[np.int64],
    entity: NDArray[np.uint64],
    outcome: NDArray[np.str_],
    asked: pl.DataFrame,
) -> tuple[NDArray[np.bool_], chance.Floats]:
    b = s.borrowers
    overdue, _ = s.arrears(s.today + 1)
    over = np.maximum(b.annoyance[who] - b.tolerance[who], 0.0)
    likely = touches.per_channel(s, "promise", channel) * np.exp(-s.parameters.contacts.backfire * over)
    likely = likely * np.where(b.shock[who] > 0, 0.5, 1.0)
    heard = np.isin(outcome, ("RIGHT_PARTY", "MET", "REPLIED"))
    promised = heard & (overdue[who] > 0) & (chance.uniform(s.seed, "promises", entity) < likely)
    u = chance.uniform(s.seed, "promise.share", entity)
    return promised, np.where(u < 0.75, 1.0, 0.2 + 0.6 * (u - 0.75) / 0.25)


def _complains(
    s: State,
    who: NDArray[np.int64],
    channel: NDArray[np.int64],
    entity: NDArray[np.uint64],
    outcome: NDArray[np.str_],
    third: NDArray[np.bool_],
    asked: pl.DataFrame,
) -> NDArray[np.bool_]:
    b, contacts = s.borrowers, s.parameters.contacts
    felt = b.annoyance[who] + touches.per_channel(s, "annoys", channel) * np.where(
        touches.harsh_ones(asked), contacts.harsh_annoyance, 1.0
    )
    over = np.minimum(felt - b.tolerance[who], 6.0)
    likely = contacts.complaint_base * np.exp(contacts.complaint_per_annoyance * over)
    likely = likely * np.where(third, contacts.third_party_complaint, 1.0)
    likely = likely / (1.0 + b.complaints[who]) ** 2  # who has complained waits for the answer
    noticed = ~np.isin(outcome, UNNOTICED)
    return noticed & (chance.uniform(s.seed, "complains", entity) < np.minimum(likely, 0.5))


def _opts_out(
    s: State, who: NDArray[np.int64], channel: NDArray[np.int64], entity: NDArray[np.uint64], outcome: NDArray[np.str_]
) -> NDArray[np.bool_]:
    over = np.clip(s.borrowers.annoyance[who] - s.borrowers.tolerance[who], 0.0, 4.0)
    likely = s.parameters.contacts.opt_out_base * np.exp(over)
    return np.isin(outcome, ARRIVED) & (channel != VISIT) & (chance.uniform(s.seed, "opts_out", entity) < likely)
