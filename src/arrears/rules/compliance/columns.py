"""Judge many contacts at once, as columns: the same verdicts as `judging.judge`, at the speed of the night.

Called where contacts are planned and sent by the thousand. Each rule is one mask over all rows; only rows that some
rule forbids are looked at again, at the moment that rule named, until none forbids. Proved equal to the one-by-one
form on random cases in the tests; a change there is a change here.

Moments are int64 microseconds since 1970 in UTC; days are ordinals of a zone's calendar.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from arrears.kernel import clock
from arrears.rules.compliance import judging
from arrears.rules.compliance.facts import BorrowerFacts, ContactFacts, Reason, Touch, Verdict
from arrears.rules.compliance.packs import EVER, Ban, Hours, Limit, Pack, Rule, Staff

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DAY = 86_400_000_000
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
#: Offsets of zones change on quarter hours at the finest.
QUARTER = 900_000_000
NEVER = np.iinfo(np.int64).max
#: Scopes that look at more than the kind of touch.
SCOPES = frozenset({"contact_point", "creditor", "debt"})


@dataclass(frozen=True)
class Case:
    """One contact to judge with its borrower, history and moment."""

    contact: ContactFacts
    borrower: BorrowerFacts
    history: Sequence[Touch]
    at: datetime


def judge_many(pack: Pack, cases: Sequence[Case]) -> list[Verdict]:
    """One verdict a case, in order; equal to `judge(pack, case.contact, case.borrower, case.history, at=case.at)`.

    cases   : any number; each is judged by itself (a case of the list is no history of another)
    """
    by_debt = any(isinstance(rule, Limit) and rule.scope == "debt" for rule in pack.rules)
    verdicts: dict[int, Verdict] = {}
    for row, case in enumerate(cases):
        if unknown := judging.unknown_facts(case.contact, case.borrower, case.at):
            verdicts[row] = Verdict(False, None, unknown)
        elif by_debt and len(case.contact.debt_ids) > 1:  # rare, and each of its debts is counted by itself
            verdicts[row] = judging.judge(pack, case.contact, case.borrower, case.history, at=case.at)
    rows = [row for row in range(len(cases)) if row not in verdicts]
    verdicts |= zip(rows, _judge_known(pack, [cases[row] for row in rows]), strict=True)
    return [verdicts[row] for row in range(len(cases))]


def _judge_known(pack: Pack, cases: Sequence[Case]) -> list[Verdict]:
    at = _micros([case.at for case in cases])
    columns = _Columns.of(pack, cases)
    spoken = [(rule, found) for rule, found in _findings(pack, columns, at) if found.mask.any()]
    forbidden = np.zeros(len(cases), bool)
    until = at.copy()
    for rule, found in spoken:
        if rule.forbids:
            forbidden |= found.mask
            until = np.where(found.mask, np.maximum(until, found.until), until)
    _search(pack, columns, until, np.flatnonzero(forbidden))
    until[~forbidden] = NEVER
    clear = Verdict(True, None, ())
    verdicts = [clear] * len(cases)
    moments = {moment: None if moment == NEVER else EPOCH + moment * MICROSECOND for moment in set(until.tolist())}
    for row, given in _reasons(spoken).items():
        verdicts[row] = Verdict(not forbidden[row], moments[int(until[row])], given)
    return verdicts


def _reasons(spoken: Sequence[tuple[Rule, _Found]]) -> dict[int, tuple[Reason, ...]]:
    """The reasons of each row that has any; rows that are told the same share them."""
    given: dict[int, tuple[Reason, ...]] = {}
    longer: dict[tuple[int, int], tuple[Reason, ...]] = {}
    for rule, found in spoken:
        rows = np.flatnonzero(found.mask)
        counts = [None] * len(rows) if found.counted is None else found.counted[rows].tolist()
        most = rule.max if isinstance(rule, Limit) else None
        told = {counted: judging.reason_of(judging.Finding(rule, counted, most, None)) for counted in set(counts)}
        for row, counted in zip(rows.tolist(), counts, strict=True):
            before, reason = given.get(row, ()), told[counted]
            key = (id(before), id(reason))
            if key not in longer:
                longer[key] = (*before, reason)
            given[row] = longer[key]
    return given


def _search(pack: Pack, columns: _Columns, until: Ints, rows: Ints) -> None:
    """Move `until` of the given rows forward to the first moment at which no forbidding rule speaks."""
    for _ in range(judging.STEPS_MAX):
        rows = rows[until[rows] != NEVER]
        if not len(rows):
            return
        part, moments = columns.take(rows), until[rows]
        after, moved = moments.copy(), np.zeros(len(rows), bool)
        for rule, found in _findings(pack, part, moments):
            if rule.forbids:
                moved |= found.mask
                after = np.where(found.mask, np.maximum(after, found.until), after)
        until[rows] = after
        rows = rows[moved]
    until[rows] = NEVER


@dataclass(frozen=True)
class _Found:
    """Where a rule speaks, until when, and what it counted there."""

    mask: Mask
    until: Ints
    counted: Ints | None = None


Value = TypeVar("Value", bound=Hashable)


@dataclass(frozen=True)
class _Coded(Generic[Value]):
    """A column of few distinct values: what is asked of it is asked once a value, not once a row."""

    values: tuple[Value, ...]
    code: Ints

    @classmethod
    def of(cls, column: Sequence[Value]) -> _Coded[Value]:
        number = {value: place for place, value in enumerate(dict.fromkeys(column))}
        return cls(tuple(number), np.array([number[value] for value in column], np.int64))

    def where(self, asked: Callable[[Value], bool]) -> Mask:
        return np.array([asked(value) for value in self.values], bool)[self.code]

    def take(self, rows: Ints) -> _Coded[Value]:
        return _Coded(self.values, self.code[rows])


@dataclass
class _Columns:
    """The facts of n cases and of the m touches of their histories; `row` says whose history a touch is."""

    zone: Ints  # (n, k) index into zones, -1 beyond a row's own
    zones: tuple[str, ...]
    spoken_of: _Coded[tuple[ContactFacts, frozenset[str]]]  # what `judging.speaks_of` looks at
    purpose: _Coded[str]
    dpd: Ints  # -1 = unknown
    staff: Ints
    contacts: list[ContactFacts]
    touches: list[Touch]
    kind: _Coded[tuple[str, Touch]]  # of each touch: the relation of the contact judged, and the kind of touch
    row: Ints
    touched_at: Ints
    territory: str
    counting: dict[int, tuple[Mask, Mask, Mask]] = field(default_factory=dict)  # by limit, see counted_by

    @classmethod
    def of(cls, pack: Pack, cases: Sequence[Case]) -> _Columns:
        contacts = [case.contact for case in cases]
        sets = [pack.zones_of(region=case.borrower.region, timezone=case.borrower.timezone) for case in cases]
        zones = tuple(sorted({zone for names in sets for zone in names}))
        index = {zone: number for number, zone in enumerate(zones)}
        width = max((len(names) for names in sets), default=1)
        padded = [[index[zone] for zone in names] + [-1] * (width - len(names)) for names in sets]
        pairs = [(row, touch) for row, case in enumerate(cases) for touch in sorted(case.history, key=_when)]
        touches = [touch for _, touch in pairs]
        return cls(
            zone=np.array(padded, np.int64).reshape(len(cases), width),
            zones=zones,
            spoken_of=_spoken_of(cases),
            purpose=_Coded.of([contact.purpose for contact in contacts]),
            dpd=np.array([-1 if case.borrower.dpd is None else case.borrower.dpd for case in cases], np.int64),
            staff=np.array([contact.staff_count for contact in contacts], np.int64),
            contacts=contacts,
            touches=touches,
            kind=_kinds((contacts[row].relation, touch) for row, touch in pairs),
            row=np.array([row for row, _ in pairs], np.int64),
            touched_at=_micros([touch.at for touch in touches]),
            territory=pack.zones[0],
        )

    def take(self, rows: Ints) -> _Columns:
        """The same facts for some rows alone, in their order."""
        place = np.full(len(self.contacts), -1, np.int64)
        place[rows] = np.arange(len(rows))
        kept = np.flatnonzero(place[self.row] >= 0) if len(self.row) else np.zeros(0, np.int64)
        chosen = rows.tolist()
        return _Columns(
            zone=self.zone[rows],
            zones=self.zones,
            spoken_of=self.spoken_of.take(rows),
            purpose=self.purpose.take(rows),
            dpd=self.dpd[rows],
            staff=self.staff[rows],
            contacts=[self.contacts[row] for row in chosen],
            touches=[self.touches[touch] for touch in kept.tolist()],
            kind=self.kind.take(kept),
            row=place[self.row[kept]] if len(kept) else np.zeros(0, np.int64),
            touched_at=self.touched_at[kept],
            territory=self.territory,
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
            seen = self.kind.where(lambda kind: judging.looks_at(rule, *kind))
            if rule.scope in SCOPES and seen.any():
                pairs = zip(self.row.tolist(), self.touches, strict=True)
                seen &= np.array([judging.in_scope(rule.scope, self.contacts[row], touch) for row, touch in pairs])
            ours = seen & self.kind.where(lambda kind: kind[1].initiated_by != "BORROWER")
            speaks = np.ones(len(self.contacts), bool)
            if rule.after is not None:
                since = np.full(len(self.contacts), NEVER, np.int64)
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
        return seen & self.kind.where(lambda kind: judging.counts(unit, kind[1]))

    @cached_property
    def by_zone(self) -> list[tuple[str, Ints]]:
        """Each zone with the rows whose clock it is; a row of unknown zone stands under several."""
        pairs = [(zone, np.flatnonzero((self.zone == number).any(axis=1))) for number, zone in enumerate(self.zones)]
        return [(zone, rows) for zone, rows in pairs if len(rows)]


def _kinds(pairs: Iterable[tuple[str, Touch]]) -> _Coded[tuple[str, Touch]]:
    """What `judging.looks_at` and `judging.counts` see of touches: neither their moments nor whom they concerned."""
    seen = [(to, one.channel, one.outcome, one.relation, one.initiated_by, one.purpose) for to, one in pairs]
    coded = _Coded.of(seen)
    return _Coded(tuple((kind[0], Touch(EPOCH, *kind[1:])) for kind in coded.values), coded.code)


def _spoken_of(cases: Sequence[Case]) -> _Coded[tuple[ContactFacts, frozenset[str]]]:
    """Of each case what `judging.speaks_of` looks at: of many contacts, few kinds."""
    seen = [
        (one.channel, one.purpose, one.relation, one.initiated_by, one.consents, one.discloses_debt, status)
        for one, status in ((case.contact, case.borrower.status) for case in cases)
    ]
    coded = _Coded.of(seen)
    kinds = [
        (ContactFacts(channel, purpose, relation, by, consents=consents, discloses_debt=discloses), status)
        for channel, purpose, relation, by, consents, discloses, status in coded.values
    ]
    return _Coded(tuple(kinds), coded.code)


def _when(touch: Touch) -> datetime:
    return touch.at


def _micros(moments: Sequence[datetime]) -> Ints:
    """Moments as numbers; few are distinct."""
    known = {moment: (moment - EPOCH) // MICROSECOND for moment in set(moments)}
    return np.array([known[moment] for moment in moments], np.int64)


def _findings(pack: Pack, columns: _Columns, at: Ints) -> list[tuple[Rule, _Found]]:
    """What each rule of the pack finds, in the order of precedence."""
    today = _local(at, columns.territory) // DAY + EPOCH_ORDINAL
    found: list[tuple[Rule, _Found]] = []
    for rule in pack.by_precedence:
        expired = rule.expired_on.toordinal() if rule.expired_on else NEVER
        applies = (today >= rule.effective_on.toordinal()) & (today < expired)
        applies &= columns.spoken_of_by(rule)
        if applies.any():
            found.append((rule, _found(rule, columns, at, applies)))
    return found


def _found(rule: Rule, columns: _Columns, at: Ints, applies: Mask) -> _Found:
    never = np.full(len(at), NEVER, np.int64)
    if isinstance(rule, Ban):
        return _Found(applies, never)
    if isinstance(rule, Staff):
        return _Found(applies & (columns.staff < rule.staff_min), never, columns.staff)
    if isinstance(rule, Hours):
        return _hours(rule, columns, at, applies)
    assert isinstance(rule, Limit), type(rule)
    return _limit(rule, columns, at, applies)


def _hours(rule: Hours, columns: _Columns, at: Ints, applies: Mask) -> _Found:
    mask, until = np.zeros(len(at), bool), at.copy()
    opens, closes = _of_day(rule.opens), _of_day(rule.closes)
    early = rule.opens if opens < closes else None  # a day that stays closed has no hour to wait for
    late = rule.opens if rule.daily and early is not None else time(0)
    for zone, rows in columns.by_zone:
        local = _local(at[rows], zone)
        clocks, days = local % DAY, local // DAY
        outside = (clocks < opens) | (clocks >= closes)
        if not rule.daily:
            outside &= _of_days(days, lambda on: judging.speaks_on(rule, on))
        if not outside.any():
            continue
        mask[rows[outside]] = True
        waits = (clocks < opens) & outside if early is not None else np.zeros(len(rows), bool)
        for chosen, plus, wall in ((waits, 0, early or time(0)), (outside & ~waits, 1, late)):
            moments = _moments(days[chosen] + plus, wall, zone)
            until[rows[chosen]] = np.maximum(until[rows[chosen]], moments)
    return _Found(applies & mask, until)


def _of_days(days: Ints, asked: Callable[[date], bool]) -> Mask:
    """What is asked of a date, for many; few are distinct."""
    unique, inverse = np.unique(days, return_inverse=True)
    return np.array([asked(date.fromordinal(day + EPOCH_ORDINAL)) for day in unique.tolist()], bool)[inverse]


def _limit(rule: Limit, columns: _Columns, at: Ints, applies: Mask) -> _Found:
    unit, blocks, speaks = columns.counted_by(rule)
    applies = applies & ~columns.purpose.where(rule.excluded.__contains__)
    until = at
    if rule.window == EVER:
        inside = unit
    elif rule.rolling is None:
        inside, until = _in_period(rule, columns, at, unit)
    else:
        inside = unit & (columns.touched_at > at[columns.row] - rule.rolling // MICROSECOND)
    counted = np.bincount(columns.row[inside], minlength=len(at)).astype(np.int64)
    full = applies & speaks & (counted >= rule.max)
    if rule.max == 0 or rule.window == EVER:
        until = np.full(len(at), NEVER, np.int64)
    elif rule.rolling is not None:
        until = _nth_leaves(rule, columns, at, inside, counted)
    until = np.where(full, until, at)
    if blocks.any():
        block = at.copy()
        np.maximum.at(block, columns.row[blocks], columns.touched_at[blocks] + rule.block_days * DAY)
        full, until = full | (applies & (block > at)), np.maximum(until, block)
    return _Found(full, until, counted)


def _in_period(rule: Limit, columns: _Columns, at: Ints, unit: Mask) -> tuple[Mask, Ints]:
    """Which touches fall into the calendar period of their row, and when the last of those periods ends."""
    inside, ends = np.zeros(len(columns.row), bool), at.copy()
    touched_rows = np.flatnonzero(unit)
    for zone, rows in columns.by_zone:
        starts, stops = _periods(rule.window, _local(at[rows], zone) // DAY, zone)
        ends[rows] = np.maximum(ends[rows], stops)
        start_of, stop_of = np.full(len(at), NEVER, np.int64), np.full(len(at), -NEVER, np.int64)
        start_of[rows], stop_of[rows] = starts, stops
        whose, when = columns.row[touched_rows], columns.touched_at[touched_rows]
        inside[touched_rows] |= (start_of[whose] <= when) & (when < stop_of[whose])
    return inside, ends


def _nth_leaves(rule: Limit, columns: _Columns, at: Ints, inside: Mask, counted: Ints) -> Ints:
    """When the touch that keeps a rolling window full leaves it. Touches stand in time order within each row."""
    assert rule.rolling is not None
    until = at.copy()
    whose, when = columns.row[inside], columns.touched_at[inside]
    if not len(whose):
        return until
    first = np.searchsorted(whose, whose, side="left")
    rank = np.arange(len(whose)) - first
    keeper = rank == counted[whose] - rule.max
    until[whose[keeper]] = when[keeper] + rule.rolling // MICROSECOND
    return until


def _of_day(wall: time) -> int:
    return (wall.hour * 3600 + wall.minute * 60 + wall.second) * 1_000_000 + wall.microsecond


def _local(at: Ints, zone: str) -> Ints:
    """Wall-clock microseconds since 1970 of moments in a zone."""
    quarters, inverse = np.unique(at // QUARTER, return_inverse=True)
    return at + np.array([_offset(quarter, zone) for quarter in quarters.tolist()], np.int64)[inverse]


@lru_cache(maxsize=65_536)
def _offset(quarter: int, zone: str) -> int:
    moment = (EPOCH + quarter * QUARTER * MICROSECOND).astimezone(ZoneInfo(zone))
    offset = moment.utcoffset()
    assert offset is not None
    return offset // MICROSECOND


def _moments(days: Ints, wall: time, zone: str) -> Ints:
    """The moments of a wall time on local days (since 1970) in a zone."""
    unique, inverse = np.unique(days, return_inverse=True)
    return np.array([_moment(day, wall, zone) for day in unique.tolist()], np.int64)[inverse]


@lru_cache(maxsize=65_536)
def _moment(day: int, wall: time, zone: str) -> int:
    return (clock.at_local(date.fromordinal(day + EPOCH_ORDINAL), wall, zone) - EPOCH) // MICROSECOND


def _periods(window: str, days: Ints, zone: str) -> tuple[Ints, Ints]:
    unique, inverse = np.unique(days, return_inverse=True)
    bounds = [judging.period_bounds(window, date.fromordinal(day + EPOCH_ORDINAL), zone) for day in unique.tolist()]
    edges = np.array([[(edge - EPOCH) // MICROSECOND for edge in pair] for pair in bounds], np.int64).reshape(-1, 2)
    return edges[inverse, 0], edges[inverse, 1]
