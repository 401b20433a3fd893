"""Whose data has been kept as long as it must be, and delete it: what `retain_nightly` does at the end of a night,
and `arrears privacy retain` by hand; neither by a schedule that two people have not approved.

The schedule is that of the rule packs in force. The clock of a person runs once nothing is owed, no case is open and no
hold stands; kind by kind, the latest day of all rows counts. Of whoever has no account no debt was ever settled: their
years run from the last day on which they had to do with us. Each person is one transaction of their own: killed, it is
run again and goes on where it was; run twice, the second time finds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Max

from arrears.actions import erase_person, forget_complaints, take_complaint
from arrears.actions.contact_gate import Gate
from arrears.actions.house import House
from arrears.decisions.lake import changing
from arrears.exchange import debts
from arrears.kernel import clock
from arrears.kernel.errors import Refusal
from arrears.records.cases.models import Case
from arrears.records.complaints.models import Complaint
from arrears.records.contacts.models import Contact
from arrears.records.people.models import Person
from arrears.records.rights import approvals, queries
from arrears.records.rights.models import SubjectRequest
from arrears.rules.compliance import retention_terms
from arrears.rules.compliance.retention_terms import Row, Starts, Term


class NotApproved(Refusal):
    """What is deleted does not come back: by hand no more than in the night does one person decide it alone."""

    code = "retention_not_approved"
    message = (
        "Nothing was deleted: two people have to approve the retention schedule in force first, "
        "on the console's page Privacy, Retention."
    )


#: Told how many people are done, and of how many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Due:
    """Whose data is due. kinds : kind → the rules by which it was kept until now"""

    customer_id: str
    kinds: Mapping[str, tuple[str, ...]]

    @property
    def rules(self) -> set[str]:
        return {rule for rules in self.kinds.values() for rule in rules}


@dataclass(frozen=True)
class Found:
    """due : sorted by customer; held : due as well, were it not for a legal hold; undated : nobody knows from when;
    complaints : due as well, of nobody known; next_on : when the next falls due whose clock runs; None: none runs"""

    on: date
    due: tuple[Due, ...]
    held: tuple[str, ...] = ()
    undated: int = 0
    complaints: tuple[forget_complaints.Due, ...] = ()
    next_on: date | None = None

    @property
    def by_kind(self) -> dict[str, int]:
        """Kind → how many people."""
        return {kind: sum(kind in one.kinds for one in self.due) for kind in retention_terms.KINDS}


@dataclass
class Done:
    """people : of whom something was deleted; kinds : kind → rows; complaints : of nobody known; left : customer → why
    nothing was, for now"""

    people: int = 0
    complaints: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)


def schedule(gate: Gate, *, on: date) -> tuple[Row, ...]:
    """The retention schedule of the law in force; empty where no pack can be used, and then nothing is ever due."""
    return retention_terms.schedule(take_complaint.duties(gate), on=on)


def find(*, on: date, place: House, gate: Gate) -> Found:
    """Whose data is due on a day.

    raises : debts.DebtsUnknown before the first night
    """
    rows = schedule(gate, on=on)
    owed, may_owe = debts.of_everybody(place.lake), debts.are_owners_unknown(place.lake)
    closed, is_open = _cases()
    active, touched = _activity(), _touched()
    held = queries.held_people()
    complaints, waiting = forget_complaints.find(rows, on=on)
    due, kept, undated, later = [], [], 0, min(waiting, default=date.max)
    for customer_id, kinds in _by_person(erase_person.holders()):
        debt = owed.get(customer_id)
        if customer_id in is_open or (debt is not None and debt.owes):
            continue
        days = closed.get(customer_id), active.get(customer_id), touched.get(customer_id)
        starts = _starts(debt, *days, may_owe=may_owe)
        found = {kind: retention_terms.terms(rows, kind=kind, starts=starts) for kind in kinds}
        undated += any(term.until is None for terms in found.values() for term in terms)
        later = min([later, *_running(found.values(), on)])
        mine = {kind: _ids(terms) for kind, terms in found.items() if retention_terms.is_due(terms, on=on)}
        if mine and customer_id in held:
            kept.append(customer_id)
        elif mine:
            due.append(Due(customer_id, mine))
    next_on = None if later == date.max else later + timedelta(days=1)
    return Found(on, tuple(due), tuple(kept), undated, complaints, next_on)


def apply(*, on: date, place: House, gate: Gate, at: datetime, actor: str, progress: Progress) -> Done:
    """Delete what is due on a day, person by person; no tape and no night come in meanwhile.

    raises : NotApproved, debts.DebtsUnknown, changing.TapeIsRunning, changing.NightIsRunning
    """
    if approvals.of_schedule(retention_terms.fingerprint(schedule(gate, on=on))) is None:
        raise NotApproved
    with changing.alone(place.lake, changing.TAPE):
        found = find(on=on, place=place, gate=gate)
        return delete(found.due, found.complaints, on=on, at=at, actor=actor, progress=progress)


def delete(
    those: Sequence[Due],
    complaints: Sequence[forget_complaints.Due],
    *,
    on: date,
    at: datetime,
    actor: str,
    progress: Progress,
) -> Done:
    """Delete what was found due, one by one; the caller lets no tape and no other night come in meanwhile."""
    done = Done(complaints=sum(forget_complaints.forget(one, at=at, actor=actor) for one in complaints))
    for number, one in enumerate(those, start=1):
        try:
            counts = erase_person.erase(
                customer_id=one.customer_id, kinds=one.kinds, rules=one.rules, on=on, at=at, actor=actor
            )
        except Refusal as refusal:
            done.left[one.customer_id] = refusal.code
        else:
            done.people += bool(counts)
            for kind, count in counts.items():
                done.kinds[kind] = done.kinds.get(kind, 0) + count
        progress(number, len(those))
    return done


def terms_of(customer_id: str, *, on: date, place: House, gate: Gate) -> dict[str, tuple[Term, ...]]:
    """Until when each kind of one person's data is kept, and by which rules; whatever they owe or have open.

    raises : debts.DebtsUnknown
    """
    rows, starts = schedule(gate, on=on), starts_of(customer_id, place=place)
    return {kind: retention_terms.terms(rows, kind=kind, starts=starts) for kind in retention_terms.KINDS}


def starts_of(customer_id: str, *, place: House) -> Starts:
    """From which days the terms of one person run, as far as they run yet. Raises debts.DebtsUnknown."""
    debt = debts.of_customer(customer_id, lake=place.lake)
    cases = Case.objects.filter(person_id=customer_id)
    closed = cases.aggregate(last=Max("closed_on"))["last"]
    last = Contact.objects.filter(person_id=customer_id).aggregate(last=Max("sent_at"))["last"]
    days = closed, last, _touched(customer_id).get(customer_id)
    starts = _starts(debt, *days, may_owe=debts.are_owners_unknown(place.lake))
    if cases.filter(status="OPEN").exists() or (debt is not None and debt.owes):
        return {**dict.fromkeys(starts), retention_terms.DEBT_SETTLED: None, retention_terms.CASE_CLOSED: None}
    return starts


def _running(found: Iterable[Sequence[Term]], on: date) -> Iterator[date]:
    """The last days of those kinds that are still kept, and whose clock runs."""
    for terms in found:
        last = retention_terms.until(terms)
        if last is not None and last >= on:
            yield last


def _starts(
    debt: debts.Debt | None,
    closed_on: date | None,
    active_at: datetime | None,
    touched_on: date | None,
    *,
    may_owe: bool,
) -> Starts:
    """Only starts that have to do with the person: who never had a case has no day on which it closed.

    touched_on : see `_touched`; whoever has no account has this or a later day instead of one on which they paid
    may_owe    : an account of nobody known may be theirs: then nobody knows that they have none
    """
    active_on = None if active_at is None else clock.business_date(active_at, settings.LENDER_ZONE)
    starts: dict[str, date | None] = {}
    if debt is not None:
        starts[retention_terms.DEBT_SETTLED] = debt.settled_on
    else:
        known = [day for day in (closed_on, active_on, touched_on) if day is not None]
        starts[retention_terms.DEBT_SETTLED] = None if may_owe else max(known, default=None)
    if closed_on is not None:
        starts[retention_terms.CASE_CLOSED] = closed_on
    if active_on is not None:
        starts[retention_terms.LAST_ACTIVITY] = active_on
    return starts


def _cases() -> tuple[dict[str, date], set[str]]:
    """Customer → when their last case closed; and who has one open."""
    open_now = set(Case.objects.filter(status="OPEN").values_list("person_id", flat=True))
    closed = Case.objects.filter(status="CLOSED").values_list("person_id").annotate(last=Max("closed_on"))
    return dict(closed.order_by()), open_now


def _activity() -> dict[str, datetime]:
    """Customer → when we last contacted them."""
    sent = Contact.objects.filter(sent_at__isnull=False).values_list("person_id").annotate(last=Max("sent_at"))
    return dict(sent.order_by())


def _touched(customer_id: str = "") -> dict[str, date]:
    """Customer → the last day on which a tape was the first to tell of them, or what they asked or complained of ended.

    customer_id : of this one alone
    """
    found: dict[str, date] = {}
    for rows, whose, day in (
        (Person.objects.all(), "customer_id", "told_on"),
        (Complaint.objects.all(), "person_id", "ended_on"),
        (SubjectRequest.objects.all(), "person_id", "ended_on"),
    ):
        mine = rows.filter(**{whose: customer_id} if customer_id else {f"{whose}__isnull": False})
        ended = mine.filter(**{f"{day}__isnull": False}).order_by().values_list(whose).annotate(last=Max(day))
        for who, last in ended:
            found[who] = max(last, found.get(who, last))
    return found


def _by_person(holders: Mapping[str, set[str]]) -> Iterator[tuple[str, list[str]]]:
    """Everybody of whom anything stands, in order, with the kinds of it."""
    for customer_id in sorted(set().union(*holders.values())):
        yield customer_id, [kind for kind, people in holders.items() if customer_id in people]


def _ids(terms: Sequence[Term]) -> tuple[str, ...]:
    return tuple(term.row.rule_id for term in terms)
