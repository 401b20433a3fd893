"""What does a contact do to the person? Push, annoyance, promises: how a day's touches act on who was touched.

Called by `market` once a day. A machine moves people less than a person; the second contact of a week less than the
first; and each contact annoys, so past what somebody bears, more of it makes them pay later and complain.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from arrears.simulator import answers, touches
from arrears.simulator.borrowers import NEVER
from arrears.simulator.state import State
from arrears.simulator.touches import ARRIVED, CALLS, UNNOTICED


def feel(s: State, asked: pl.DataFrame) -> int:
    """Let one day's contacts act on people: push, annoyance, attempts, promises; returns the complaints among them."""
    if asked.is_empty():
        return 0
    known = _with_responses(s, asked)
    b, contacts = s.borrowers, s.parameters.contacts
    who, channel = touches.positions(s, known["customer_id"]), touches.channel_codes(known["channel"])
    outcome = known["outcome"].to_numpy()
    harsh = touches.harsh_ones(known)
    arrived = np.isin(outcome, ARRIVED)
    gain = (
        touches.per_channel(s, "push", channel) * b.response[who, channel] * np.where(harsh, contacts.harsh_push, 1.0)
    )
    # The second call of a week says little that the first did not.
    np.add.at(b.push, who, np.where(arrived, gain / (1.0 + b.push[who]), 0.0))
    weight = np.where(arrived | (outcome == "CONNECTED"), 1.0, np.where(np.isin(outcome, UNNOTICED), 0.0, 0.3))
    annoys = touches.per_channel(s, "annoys", channel) * np.where(harsh, contacts.harsh_annoyance, 1.0)
    np.add.at(b.annoyance, who, annoys * weight)
    np.add.at(b.attempts, who, np.isin(channel, CALLS).astype(np.int32))
    _remember_promises(s, known, who, channel)
    complaints = known["complaint"].fill_null(value=False).to_numpy()
    np.add.at(b.complaints, who, complaints.astype(np.int32))
    b.opted_out[who[known["opt_out"].fill_null(value=False).to_numpy()]] = True
    return int(complaints.sum())


def _with_responses(s: State, asked: pl.DataFrame) -> pl.DataFrame:
    """The touches with what came of them: as the caller says, else as `respond` says for the same contact_id."""
    if "contact_id" not in asked.columns:
        serial = pl.concat_str([pl.col("customer_id"), pl.col("at").cast(pl.String), pl.col("channel")], separator="|")
        asked = asked.with_columns(contact_id=serial)
    missing = [name for name in answers.RESPONSES if name not in asked.columns]
    if not missing and not asked["outcome"].null_count():
        return asked.sort("at", "contact_id")
    said = answers.respond(s, asked)
    asked = asked.with_columns(said[name] for name in missing)
    return asked.with_columns(outcome=asked["outcome"].fill_null(said["outcome"])).sort("at", "contact_id")


def _remember_promises(s: State, known: pl.DataFrame, who: NDArray[np.int64], channel: NDArray[np.int64]) -> None:
    made = np.flatnonzero(known["promise_on"].is_not_null().to_numpy())
    if not len(made):
        return
    b = s.borrowers
    overdue, _ = s.arrears(s.today + 1)
    days = known["promise_on"].gather(made).to_numpy().astype("datetime64[D]").astype(np.int64)
    share = known["promise_minor"].gather(made).fill_null(0).to_numpy() / np.maximum(overdue[who[made]], 1)
    open_promise = (overdue[who[made]] > 0) & (days > s.today)
    for at in np.flatnonzero(open_promise):  # in the order of the day: the last word stands
        person = who[made[at]]
        b.promise_day[person] = min(int(days[at]), int(NEVER) - 1)
        b.promise_share[person] = min(1.0, float(share[at])) or 1.0
        b.promise_keeps[person] = float(touches.per_channel(s, "keeps", channel[made[at : at + 1]])[0])
