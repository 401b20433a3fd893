"""Everything a market remembers, in one place, and how it is kept on disk.

`market` lives it forward; `payments`, `effects` and `tape` read and change it. Saving and loading give back the same
arrays, so a market that was stopped goes on with the same bytes as one that was not.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from arrears.kernel.errors import InvalidInput
from arrears.simulator import chance, loans, parameters
from arrears.simulator.borrowers import Borrowers
from arrears.simulator.rows import Rows

PAYMENTS = {
    "loan": np.int32,
    "serial": np.int32,  # 0, 1, 2 … of this loan
    "day": np.int32,  # value date
    "booked": np.int32,
    "amount": np.int64,
    "penalty": np.int64,  # the part of `amount` that was asked on top of the schedule
    "channel": np.int8,
    "reverses": np.int32,  # serial of the cancelled payment, or -1
}
REVERSALS = {"payment": np.int64, "day": np.int32}
PAUSES = {"loan": np.int32, "from": np.int32, "to": np.int32, "reason": np.int8, "granted": np.int32}
SPENDING = {"borrower": np.int32, "day": np.int32, "category": np.int8, "amount": np.int64}

#: Raised whenever the meaning of a saved market changes.
FORMAT = 3


class UnknownProfile(InvalidInput):
    code = "unknown_profile"
    message = "There is no lateness profile {profile}; there are {known}."


class NotASavedMarket(InvalidInput):
    code = "not_a_saved_market"
    message = "{folder} does not hold a saved market of this version."


@dataclass
class State:
    """One chunk of the market. `today` is the last day that was lived."""

    parameters: SimpleNamespace
    profile_name: str
    seed: int
    first: int  # number of the first borrower
    start_day: int
    today: int
    borrowers: Borrowers
    loans: Rows
    payments: Rows
    reversals: Rows
    pauses: Rows
    spending: Rows

    def __post_init__(self) -> None:
        profiles = vars(self.parameters.profiles)
        if self.profile_name not in profiles:
            raise UnknownProfile(profile=self.profile_name, known=", ".join(profiles))
        self.profile = profiles[self.profile_name]
        target = parameters.targets()[self.profile.target]
        late_from = target["upto_days"].index(0) + 1
        self.prompt_upto = np.array(target["upto_days"][:late_from])
        self.prompt_share = np.array(target["share"][:late_from])
        self.try_profile(self.profile.late_share, np.array(self.profile.hazard_daily))

    def try_profile(self, late_share: float, daily: chance.Floats) -> None:
        """Take these figures for the profile's own: the share that is late, and the daily hazard of each bin."""
        self.late_share = late_share
        upto = np.array(self.profile.hazard_upto_days)
        self.hazard: chance.Floats = daily[np.minimum(np.searchsorted(upto, np.arange(721)), len(daily) - 1)]

    def arrears(self, day: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(overdue minor units, days past due) by borrower, counting instalments due before `day`."""
        rows = self.loans
        live = np.flatnonzero(rows["wake"] <= day + 1)
        due = rows["due"][live, rows["current"][live]]
        behind = live[(due < day) & (rows["paid"][live] < rows["upto"][live, rows["terms"][live] - 1])]
        inside = np.arange(loans.TERMS_MAX)[None, :] < rows["terms"][behind][:, None]
        fallen = ((rows["due"][behind] < day) & inside).sum(axis=1)
        owed = rows["upto"][behind, fallen - 1] - rows["paid"][behind]
        overdue = np.zeros(len(self.borrowers.number), dtype=np.int64)
        past = np.zeros_like(overdue)
        np.add.at(overdue, rows["borrower"][behind], owed)
        np.maximum.at(past, rows["borrower"][behind], day - rows["due"][behind, rows["current"][behind]])
        return overdue, past


_TABLES = {"loans": loans.SPEC, "payments": PAYMENTS, "reversals": REVERSALS, "pauses": PAUSES, "spending": SPENDING}


def empty_tables() -> dict[str, Rows]:
    """The tables of a market in which nothing has happened."""
    return {name: Rows(spec) for name, spec in _TABLES.items()}


def save(s: State, folder: Path) -> None:
    """Write beside and rename, so that a half-written market is never found.

    Written over is the file of the save before: that takes half the time of a new one, and a town is saved every day.
    """
    folder.mkdir(parents=True, exist_ok=True)
    arrays = s.borrowers.as_arrays("borrowers")
    for name in _TABLES:
        arrays |= getattr(s, name).as_arrays(name)
    facts = {
        "format": FORMAT,
        "seed": s.seed,
        "first": s.first,
        "start_day": s.start_day,
        "today": s.today,
        "profile": s.profile_name,
    }
    arrays["facts"] = np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8)
    current, beside, spare = folder / "market.npz", folder / ".market.beside", folder / ".market.spare"
    with os.fdopen(os.open(beside, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        np.savez(file, **arrays)
        file.truncate()
    spare.unlink(missing_ok=True)
    with suppress(OSError):  # The first time there is none, and not every disk has second names.
        spare.hardlink_to(current)
    beside.replace(current)
    with suppress(FileNotFoundError):
        spare.replace(beside)


def load(folder: Path, p: SimpleNamespace) -> State:
    """The state that `save` wrote; raises NotASavedMarket."""
    try:
        with np.load(folder / "market.npz") as stored:
            arrays = dict(stored)
        facts = json.loads(arrays["facts"].tobytes())
    except (OSError, ValueError, KeyError) as wrong:
        raise NotASavedMarket(folder=folder.name) from wrong
    if facts["format"] != FORMAT:
        raise NotASavedMarket(folder=folder.name)
    return State(
        parameters=p,
        profile_name=facts["profile"],
        seed=facts["seed"],
        first=facts["first"],
        start_day=facts["start_day"],
        today=facts["today"],
        borrowers=Borrowers.from_arrays(arrays, "borrowers"),
        **{name: Rows.from_arrays(spec, arrays, name) for name, spec in _TABLES.items()},
    )
