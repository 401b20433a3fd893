"""Contacts laid out as columns for `columns`: what is asked of many alike is asked once a kind, not once a contact."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import repeat
from operator import attrgetter
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from arrears.rules.compliance import counting, judging
from arrears.rules.compliance.facts import Case, ContactFacts, Touch
from arrears.rules.compliance.packs import Limit, Pack, Rule

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NEVER = np.iinfo(np.int64).max
#: Scopes that look at more than the kind of touch.
SCOPES = frozenset({"contact_point", "creditor", "debt"})


Value = TypeVar("Value", bound=Hashable)


@dataclass(frozen=True)
class Coded(Generic[Value]):
    """A column of few distinct values: what is asked of it is asked once a value, not once a row."""

    values: tuple[Value, ...]
    code: Ints

    @classmethod
    def of(cls, column: Sequence[Value]) -> Coded[Value]:
        number: dict[Value, int] = {}
        code = [number.setdefault(value, len(number)) for value in column]
        return cls(tuple(number), np.array(code, np.int64))

    def where(self, asked: Callable[[Value], bool]) -> Mask:
        return np.array([asked(value) for value in self.values], bool)[self.code]

    def take(self, rows: Ints) -> Coded[Value]:
        return Coded(self.values, self.code[rows])


@dataclass
class Columns:
    """The facts of n cases and of the m touches of their histories; `row` says whose history a touch is."""

    zone: Ints  # (n, k) index into zones, -1 beyond a row's own
    zones: tuple[str, ...]
    spoken_of: Coded[tuple[ContactFacts, frozenset[str]]]  # what `judging.speaks_of` looks at
    dpd: Ints  # -1 = unknown
    staff: Ints
    kind: Coded[tuple[str, Touch]]  # of each touch: the relation of the contact judged, and the kind of touch
    row: Ints
    touched_at: Ints
    within: dict[str, Mask]  # by scope, of each touch: does it concern the same one as the contact judged?
    counting: dict[int, tuple[Mask, Mask, Mask]] = field(default_factory=dict)  # by limit, see counted_by

    @classmethod
    def of(cls, pack: Pack, cases: Sequence[Case]) -> Columns:
        zones, zone = _zones(pack, cases)
        contacts = [case.contact for case in cases]
        touches = [touch for case in cases for touch in _in_order(case.history)]
        row = np.repeat(np.arange(len(cases)), [len(case.history) for case in cases])
        whose = [contacts[number] for number in row.tolist()]
        scopes = SCOPES & {rule.scope for rule in pack.rules if isinstance(rule, Limit)}
        return cls(
            zone=zone,
            zones=zones,
            spoken_of=_spoken_of(cases),
            dpd=np.array([-1 if case.borrower.dpd is None else case.borrower.dpd for case in cases], np.int64),
            staff=np.array([contact.staff_count for contact in contacts], np.int64),
            kind=_kinds(whose, touches),
            row=row,
            touched_at=micros([touch.at for touch in touches]),
            within={
                scope: np.array([*map(counting.in_scope, repeat(scope), whose, touches)], bool) for scope in scopes
            },
        )

    def take(self, rows: Ints) -> Columns:
        """The same facts for some rows alone, in their order."""
        place = np.full(len(self.dpd), -1, np.int64)
        place[rows] = np.arange(len(rows))
        kept = np.flatnonzero(place[self.row] >= 0) if len(self.row) else np.zeros(0, np.int64)
        return Columns(
            zone=self.zone[rows],
            zones=self.zones,
            spoken_of=self.spoken_of.take(rows),
            dpd=self.dpd[rows],
            staff=self.staff[rows],
            kind=self.kind.take(kept),
            row=place[self.row[kept]] if len(kept) else np.zeros(0, np.int64),
            touched_at=self.touched_at[kept],
            within={scope: mask[kept] for scope, mask in self.within.items()},
            counting={limit: (one[kept], two[kept], row[rows]) for limit, (one, two, row) in self.counting.items()},
        )

    def spoken_of_by(self, rule: Rule) -> Mask:
        """Of which rows a rule speaks, whatever the time and the past."""
        reached = self.spoken_of.where(lambda told: judging.speaks_of(rule, *told))
        if rule.dpd_from is not None:
            reached &= (self.dpd < 0) | (self.dpd >= rule.dpd_from)
        return reached if rule.dpd_to is None else reached & (self.dpd <= rule.dpd_to)

    def counted_by(self, rule: Limit) -> tuple[Mask, Mask, Mask]:
        """Which touches a limit counts, which block it, and in which rows it speaks at all; found once."""
        if id(rule) not in self.counting:
            seen = self.kind.where(lambda kind: counting.looks_at(rule, *kind))
            if rule.scope in self.within:
                seen &= self.within[rule.scope]
            ours = seen & self.kind.where(lambda kind: counting.weighs(rule, kind[1].initiated_by))
            speaks = np.ones(len(self.dpd), bool)
            if rule.after is not None:
                since = np.full(len(self.dpd), NEVER, np.int64)
                first = self._of_unit(rule.after, seen)
                np.minimum.at(since, self.row[first], self.touched_at[first])
                ours &= self.touched_at > since[self.row]
                speaks = since != NEVER
            self.counting[id(rule)] = (
                self._of_unit(rule.unit, ours),
                self._of_unit(rule.block_after, seen),
                speaks,
            )
        return self.counting[id(rule)]

    def _of_unit(self, unit: str | None, seen: Mask) -> Mask:
        if unit is None:
            return np.zeros(len(seen), bool)
        return seen & self.kind.where(lambda kind: counting.counts(unit, kind[1]))

    @cached_property
    def by_zone(self) -> list[tuple[str, Ints]]:
        """Each zone with the rows whose clock it is; a row of unknown zone stands under several."""
        pairs = [(zone, np.flatnonzero((self.zone == number).any(axis=1))) for number, zone in enumerate(self.zones)]
        return [(zone, rows) for zone, rows in pairs if len(rows)]


def _zones(pack: Pack, cases: Sequence[Case]) -> tuple[tuple[str, ...], Ints]:
    """Every zone that binds anybody, and of each case which."""
    places = Coded.of([(case.borrower.region, case.borrower.timezone) for case in cases])
    sets = [pack.zones_of(region=region, timezone=timezone) for region, timezone in places.values]
    zones = tuple(sorted({zone for names in sets for zone in names}))
    width = max((len(names) for names in sets), default=1)
    padded = [[zones.index(zone) for zone in names] + [-1] * (width - len(names)) for names in sets]
    return zones, np.array(padded, np.int64).reshape(len(sets), width)[places.code]


def _in_order(history: Sequence[Touch]) -> Sequence[Touch]:
    return sorted(history, key=attrgetter("at")) if len(history) > 1 else history


def _kinds(whose: Sequence[ContactFacts], touches: Sequence[Touch]) -> Coded[tuple[str, Touch]]:
    """What `counting.looks_at` and `counting.counts` see of touches: neither their moments nor whom they concerned."""
    seen = [
        (to.relation, one.channel, one.outcome, one.relation, one.initiated_by, one.purpose)
        for to, one in zip(whose, touches, strict=True)
    ]
    coded = Coded.of(seen)
    return Coded(tuple((kind[0], Touch(EPOCH, *kind[1:])) for kind in coded.values), coded.code)


def _spoken_of(cases: Sequence[Case]) -> Coded[tuple[ContactFacts, frozenset[str]]]:
    """Of each case what `judging.speaks_of` looks at: of many contacts, few kinds."""
    seen = [
        (
            one.channel,
            one.purpose,
            one.relation,
            one.initiated_by,
            one.consents,
            one.discloses_debt,
            one.collector,
            status,
        )
        for one, status in ((case.contact, case.borrower.status) for case in cases)
    ]
    coded = Coded.of(seen)
    kinds = [
        (
            ContactFacts(channel, purpose, relation, by, consents=consents, discloses_debt=discloses, collector=who),
            status,
        )
        for channel, purpose, relation, by, consents, discloses, who, status in coded.values
    ]
    return Coded(tuple(kinds), coded.code)


def micros(moments: Sequence[datetime]) -> Ints:
    """Moments as numbers: a second since 1970 has room for its millionths in a float for longer than there are laws."""
    return np.rint(np.array([moment.timestamp() for moment in moments], float) * 1e6).astype(np.int64)
