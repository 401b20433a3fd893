"""What is in a frame of touches? Reads its columns into arrays: who, which channel, what tone, whom it really reached.

Shared by `answers` and `effects`; a touch is one contact with one person. It judges only whether the words are known.
"""

from __future__ import annotations

import hashlib

import numpy as np
import polars as pl
from numpy.typing import NDArray

from arrears.kernel.errors import InvalidInput
from arrears.simulator import chance
from arrears.simulator.state import State

CHANNELS = ("SMS", "EMAIL", "AI_CALL", "CALL", "VISIT", "LETTER", "APP", "CHAT")
CALLS = (CHANNELS.index("AI_CALL"), CHANNELS.index("CALL"))
VISIT = CHANNELS.index("VISIT")
#: Messages of which the sender learns that they were read.
READABLE = tuple(CHANNELS.index(each) for each in ("EMAIL", "APP", "CHAT"))
#: Outcomes after which the words have arrived with the borrower.
ARRIVED = ("DELIVERED", "READ", "REPLIED", "RIGHT_PARTY", "MET")
#: Outcomes that nobody noticed.
UNNOTICED = ("FAILED", "NOT_MET")
HARSH = ("HARSH",)


class UnknownChannel(InvalidInput):
    code = "unknown_channel"
    message = "The simulated borrowers know no channel {channel}."


class UnknownCustomer(InvalidInput):
    code = "unknown_customer"
    message = "Customer {customer_id} is not of this market."


def positions(s: State, customer_ids: pl.Series) -> NDArray[np.int64]:
    """Positions of customers in this chunk, from their ids (C and the number)."""
    number = customer_ids.str.slice(1).cast(pl.Int64, strict=False).fill_null(-1).to_numpy() - s.first
    wrong = np.flatnonzero((number < 0) | (number >= len(s.borrowers.number)))
    if len(wrong):
        raise UnknownCustomer(customer_id=customer_ids[int(wrong[0])])
    return number


def channel_codes(names: pl.Series) -> NDArray[np.int64]:
    """Channel names as positions in CHANNELS."""
    unknown = sorted(set(names.unique()) - set(CHANNELS))
    if unknown:
        raise UnknownChannel(channel=unknown[0])
    return names.replace_strict(list(CHANNELS), list(range(len(CHANNELS))), return_dtype=pl.Int64).to_numpy()


def entities(ids: pl.Series) -> NDArray[np.uint64]:
    """The number by which chance knows each contact."""
    digests = [hashlib.blake2b(each.encode(), digest_size=8).digest() for each in ids]
    return np.frombuffer(b"".join(digests), dtype=np.uint64)


def third_parties(touches: pl.DataFrame) -> NDArray[np.bool_]:
    """Whose contact point is not the borrower's own."""
    if "relation" not in touches.columns:
        return np.zeros(len(touches), dtype=np.bool_)
    return (touches["relation"].fill_null("SELF") != "SELF").to_numpy()


def harsh_ones(touches: pl.DataFrame) -> NDArray[np.bool_]:
    """Which touches have a harsh tone, or a template named for one."""
    tone = next((touches[name] for name in ("tone", "template") if name in touches.columns), None)
    if tone is None:
        return np.zeros(len(touches), dtype=np.bool_)
    return tone.fill_null("").str.to_uppercase().str.contains_any(list(HARSH)).to_numpy()


def attempt_numbers(s: State, who: NDArray[np.int64], touches: pl.DataFrame) -> NDArray[np.int64]:
    """Which call attempt of these arrears this is: the touches' own `attempt`, else what the market remembers."""
    if "attempt" in touches.columns:
        return touches["attempt"].fill_null(1).to_numpy().astype(np.int64)
    return s.borrowers.attempts[who].astype(np.int64) + 1


def per_channel(s: State, name: str, channel: NDArray[np.int64]) -> chance.Floats:
    """A figure of [channels] for each touch."""
    return np.array([getattr(getattr(s.parameters.channels, each), name) for each in CHANNELS])[channel]
