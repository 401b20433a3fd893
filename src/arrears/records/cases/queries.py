"""Which cases may this person see, and what stands in one? Frozen rows for the console and the API.

Every function takes the viewer and answers only about cases that the viewer may see. Long lists go by keyset: a place
in an order, so page a thousand costs what page one costs. Counting stops at a limit, for the same reason.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from arrears.kernel.errors import NotFound
from arrears.records.cases import scope
from arrears.records.cases.models import Case, CaseAccount, CaseEvent, CaseStatus, Stage, WorkKind
from arrears.records.ledger import queries as ledger
from arrears.records.people import queries as people
from arrears.records.people.models import Person
from arrears.records.privacy import words
from arrears.rules import case_events

#: Order word → column. Descending is `-word`; the ascending order is exactly the other one reversed.
ORDERS = {"dpd": "dpd_max", "overdue": "overdue_minor", "opened": "opened_on"}
COUNT_LIMIT = 1_000
#: Enough of a case id to look for.
CASE_ID_BEGUN = re.compile("[0-9a-f]{6,32}")
#: The event of a closed case when a payment was taken back since.
MONEY_WENT_BACK = "money_went_back"


#: One account with its position, as the last night or a later payment left it.
AccountPosition = CaseAccount


class NoSuchCase(NotFound):
    code = "no_such_case"
    message = "There is no case {case_id} that you may see."


Viewer = scope.Viewer


@dataclass(frozen=True)
class Wanted:
    """What a list should hold; empty means any."""

    status: str = CaseStatus.OPEN
    stage: str = ""
    bucket: str = ""
    currency: str = ""
    customer_id: str = ""
    assigned_to: str = ""  # a user id, or NOBODY
    overdue_from_minor: int | None = None
    overdue_to_minor: int | None = None
    found_ids: tuple[str, ...] | None = None  # a search was made, and found these cases
    order: str = "-dpd"


@dataclass(frozen=True)
class CaseRow:
    """One line of the case list."""

    case_id: str
    customer_id: str
    name_masked: str
    currency: str
    status: str
    status_label: str
    stage: str
    stage_label: str
    bucket: str
    dpd_max: int
    overdue_minor: int
    outstanding_minor: int
    account_count: int
    cure_share_est: float | None
    opened_on: date
    assigned_name: str
    team_code: str
    team_name: str


@dataclass(frozen=True)
class Page:
    """Rows with the places before the first and after the last; None where the list ends. Counted up to COUNT_LIMIT."""

    rows: list[CaseRow] = field(default_factory=list)
    first: tuple[object, str] | None = None
    last: tuple[object, str] | None = None
    count: int = 0
    is_more_than_count: bool = False


@dataclass(frozen=True)
class CaseCard:
    """One case in full, without what hangs on it."""

    row: CaseRow
    person: people.Heading
    stage_rule: int
    oldest_due_on: date | None
    closed_on: date | None
    close_reason: str
    close_reason_label: str
    score_reason: str
    policy_version: str
    as_of: date
    assigned_to_id: int | None

    @property
    def case_id(self) -> str:
        return self.row.case_id

    @property
    def is_open(self) -> bool:
        return self.row.status == CaseStatus.OPEN

    @property
    def is_resting(self) -> bool:
        """Unpaid, but no day of it counts: the rule of days past due that put it in its stage does not hold today."""
        return self.is_open and self.row.dpd_max == 0 and self.oldest_due_on is not None


def visible(viewer: Viewer) -> QuerySet[Case]:
    """The cases that a viewer may see."""
    return Case.objects.filter(scope.of_cases(viewer))


def page(
    viewer: Viewer, wanted: Wanted, *, after: tuple[object, str] | None, before: tuple[object, str] | None, size: int
) -> Page:
    """One page of the list, from just after a place, just before one, or from the start."""
    is_descending = wanted.order.startswith("-")
    column = ORDERS[wanted.order.removeprefix("-")]
    # A page before a place is the next page of the reversed order, turned round.
    goes_down = is_descending != (before is not None)
    matching = list(_matching(viewer, wanted).order_by().values_list("pk", flat=True)[: COUNT_LIMIT + 1])
    is_many = len(matching) > COUNT_LIMIT
    # Few are named one by one and sorted; among many, walking the order meets a page of them soon enough.
    cases = _walked(viewer, wanted) if is_many else Case.objects.filter(pk__in=matching)
    if (place := before or after) is not None:
        cases = cases.filter(_beyond(column, place, goes_down=goes_down))
    cases = cases.order_by(f"-{column}", "case_id") if goes_down else cases.order_by(column, "-case_id")
    found = list(cases.select_related("person", "assigned_to", "team")[: size + 1])
    has_more = len(found) > size
    found = found[:size]
    if before:
        found.reverse()
    count = min(len(matching), COUNT_LIMIT)
    if not found:
        return Page(count=count, is_more_than_count=is_many)
    first = (getattr(found[0], column), found[0].case_id)
    last = (getattr(found[-1], column), found[-1].case_id)
    return Page(
        rows=[case_row(case) for case in found],
        first=first if (before and has_more) or after else None,
        last=last if before or has_more else None,
        count=count,
        is_more_than_count=is_many,
    )


def search(text: str) -> tuple[str, ...]:
    """Cases by the beginning of their id, by account or payment id, or a person's id, name, phone, e-mail or ID number.

    returns : for `Wanted.found_ids`
    """
    plain = text.strip()
    owners = people.matching(plain)
    begun = _begun(plain.lower())
    accounts = {plain, *ledger.accounts_of_payment(plain)}
    by_account = CaseAccount.objects.filter(account_id__in=accounts).values_list("case_id", flat=True)
    by_person = Case.objects.filter(person__in=Person.objects.filter(pk__in=owners)).values_list("case_id", flat=True)
    found = {plain.lower(), *begun, *by_account[:100], *(by_person[: people.MATCHES_MAX] if owners else ())}
    return tuple(sorted(found))


def _begun(text: str) -> Iterable[str]:
    """Cases whose id begins so, as people read it out; a range, which every database finds by its index."""
    if not CASE_ID_BEGUN.fullmatch(text):
        return ()
    return Case.objects.filter(case_id__gte=text, case_id__lt=f"{text}g").values_list("case_id", flat=True)[:100]


def access(viewer: Viewer, case_id: str) -> CaseCard:
    """One case, if the viewer may see it; raises NoSuchCase."""
    case = visible(viewer).filter(case_id=case_id).select_related("person", "assigned_to", "team").first()
    if case is None:
        raise NoSuchCase(case_id=case_id)
    return CaseCard(
        row=case_row(case),
        person=people.heading(case.person),
        stage_rule=case.stage_rule,
        oldest_due_on=case.oldest_due_on,
        closed_on=case.closed_on,
        close_reason=case.close_reason,
        close_reason_label=case.get_close_reason_display() if case.close_reason else "",
        score_reason=case.score_reason,
        policy_version=case.policy_version,
        as_of=case.as_of,
        assigned_to_id=case.assigned_to_id,
    )


def is_visible(viewer: Viewer, case_id: str) -> bool:
    """May the viewer see a case?"""
    return visible(viewer).filter(case_id=case_id).exists()


def newest_of_person(viewer: Viewer, customer_id: str) -> str:
    """The person's newest case that the viewer may see; blank when there is none."""
    cases = visible(viewer).filter(person_id=customer_id).order_by("-opened_on", "case_id")
    return cases.values_list("case_id", flat=True).first() or ""


def accounts_of(case_id: str) -> list[CaseAccount]:
    """The accounts of a case already accessed, the most overdue first."""
    return list(CaseAccount.objects.filter(case_id=case_id).order_by("-dpd", "account_id"))


def account_ids_of(case_id: str) -> list[str]:
    """The identifiers of a case's accounts."""
    return list(CaseAccount.objects.filter(case_id=case_id).values_list("account_id", flat=True))


def events_of(
    case_id: str, *, before: datetime | None = None, without: Collection[str] = (), zone: str, limit: int
) -> list[tuple[datetime, CaseEvent]]:
    """The newest events of a case already accessed, some kinds left out, each with where it stands in the story."""
    events = CaseEvent.objects.filter(case_id=case_id).exclude(kind__in=without).order_by("event_id")
    placed = [(case_events.stands_at(event.at, event.as_of, zone=zone), event) for event in events]
    told = [one for one in placed if before is None or one[0] < before]
    return sorted(told, key=lambda one: one[0], reverse=True)[:limit]


def written(event: CaseEvent) -> str:
    """Why, in a colleague's own words; blank where nobody wrote any."""
    return words.shown(event, "words_sealed")


def has_money_gone_back(card: CaseCard) -> bool:
    """Was a payment taken back since this case closed?"""
    return not card.is_open and CaseEvent.objects.filter(case_id=card.case_id, kind=MONEY_WENT_BACK).exists()


def reopened_as(card: CaseCard, siblings: Iterable[CaseRow]) -> CaseRow | None:
    """Of the person's other cases the first that opened in this currency after this one closed."""
    since = card.closed_on
    later = [row for row in siblings if since and row.currency == card.row.currency and row.opened_on >= since]
    return min(later, key=lambda row: row.opened_on, default=None)


def siblings_of(viewer: Viewer, card: CaseCard) -> list[CaseRow]:
    """The person's other cases: other currencies, and earlier ones."""
    others = visible(viewer).filter(person_id=card.row.customer_id).exclude(case_id=card.case_id)
    return [
        case_row(case) for case in others.select_related("person", "assigned_to", "team").order_by("-opened_on")[:20]
    ]


def earlier_of(viewer: Viewer, card: CaseCard) -> list[str]:
    """The person's earlier cases of this currency that the viewer may see."""
    theirs = visible(viewer).filter(person_id=card.row.customer_id, currency=card.row.currency)
    return list(theirs.filter(opened_on__lt=card.row.opened_on).values_list("case_id", flat=True))


def cases_to_tell(customer_id: str) -> list[str]:
    """The cases in which something that concerns a whole person is told: the open ones, else the newest."""
    theirs = Case.objects.filter(person_id=customer_id).order_by("-opened_on", "case_id")
    found = list(theirs.filter(status=CaseStatus.OPEN).values_list("case_id", flat=True))
    return found or list(theirs.values_list("case_id", flat=True)[:1])


def open_ids(customer_id: str) -> list[str]:
    """The open cases of a person, one a currency."""
    theirs = Case.objects.filter(person_id=customer_id, status=CaseStatus.OPEN)
    return list(theirs.order_by("case_id").values_list("case_id", flat=True))


def open_of_people(customer_ids: Collection[str]) -> dict[str, set[str]]:
    """The open cases of some people, by person; who has none is left out."""
    found: dict[str, set[str]] = {}
    theirs = Case.objects.filter(person_id__in=list(customer_ids), status=CaseStatus.OPEN)
    for customer_id, case_id in theirs.values_list("person_id", "case_id"):
        found.setdefault(customer_id, set()).add(case_id)
    return found


def team_of(case_id: str) -> str:
    """The team that a case is of; blank when it is of none."""
    return Case.objects.filter(case_id=case_id).values_list("team_id", flat=True).first() or ""


def last_heard(card: CaseCard, *, since: datetime) -> tuple[str, datetime] | None:
    """Which card answers what the person told us last, and when that was heard."""
    heard = CaseEvent.objects.filter(case_id=card.case_id, kind="person.heard", at__gte=since)
    return heard.order_by("-at").values_list("reason", "at").first()


def stages_open() -> list[dict[str, Any]]:
    """Open cases by stage and currency: count and sums."""
    grouped = Case.objects.filter(status=CaseStatus.OPEN).values("stage", "currency")
    return list(grouped.annotate(cases=Count("*"), overdue_minor=Sum("overdue_minor")).order_by("currency", "stage"))


def choices() -> dict[str, list[tuple[str, str]]]:
    """What the filters of the list offer."""
    return {
        "stages": [(str(value), str(label)) for value, label in Stage.choices],
        "statuses": [(str(value), str(label)) for value, label in CaseStatus.choices],
        "work_kinds": [(str(value), str(label)) for value, label in WorkKind.choices],
    }


def facets() -> dict[str, list[str]]:
    """The buckets and currencies of open cases, each found by stepping through its index."""
    return {name: _steps(name) for name in ("bucket", "currency")}


def case_row(case: Case) -> CaseRow:
    """A frozen line; the case was read with its person and assignee."""
    assigned = case.assigned_to
    return CaseRow(
        case_id=case.case_id,
        customer_id=case.person_id,
        name_masked=people.name_masked(case.person),
        currency=case.currency,
        status=case.status,
        status_label=case.get_status_display(),
        stage=case.stage,
        stage_label=case.get_stage_display(),
        bucket=case.bucket,
        dpd_max=case.dpd_max,
        overdue_minor=case.overdue_minor,
        outstanding_minor=case.outstanding_minor,
        account_count=case.account_count,
        cure_share_est=case.cure_share_est,
        opened_on=case.opened_on,
        assigned_name=assigned.shown_name if assigned else "",
        team_code=case.team_id or "",
        team_name=case.team.name if case.team else "",
    )


def _steps(column: str) -> list[str]:
    found: list[str] = []
    open_cases = Case.objects.filter(status=CaseStatus.OPEN).order_by(column).values_list(column, flat=True)
    while (value := open_cases.filter(**({f"{column}__gt": found[-1]} if found else {})).first()) is not None:
        found.append(value)
    return found


def _matching(viewer: Viewer, wanted: Wanted) -> QuerySet[Case]:
    """Every case that fits, found by whichever index the database likes."""
    cases = _ranged(visible(viewer), wanted).filter(**_exact(wanted))
    return cases if wanted.found_ids is None else cases.filter(case_id__in=wanted.found_ids)


def _walked(viewer: Viewer, wanted: Wanted) -> QuerySet[Case]:
    """The same cases, with the filters written so that only the index of the order can serve: the database would
    otherwise gather half the book by a filter and sort it for the sake of one page."""
    exact = _exact(wanted)
    # Stage and bucket have indexes in the order of days past due and in that of opening, so for those they serve.
    served = {"status", "person", *(("stage", "bucket") if wanted.order.endswith(("dpd", "opened")) else ())}
    cases = _ranged(visible(viewer), wanted).filter(**{name: exact[name] for name in exact if name in served})
    others = [name for name in exact if name not in served]
    hidden = cases.alias(**{f"{name}_read": Coalesce(name, Value("")) for name in others})
    return hidden.filter(**{f"{name}_read": exact[name] for name in others})


def _exact(wanted: Wanted) -> dict[str, str]:
    given = {"status": wanted.status, "stage": wanted.stage, "bucket": wanted.bucket, "currency": wanted.currency}
    given["person"] = wanted.customer_id
    return {name: value for name, value in given.items() if value}


def _ranged(cases: QuerySet[Case], wanted: Wanted) -> QuerySet[Case]:
    if wanted.overdue_from_minor is not None:
        cases = cases.filter(overdue_minor__gte=wanted.overdue_from_minor)
    if wanted.overdue_to_minor is not None:
        cases = cases.filter(overdue_minor__lte=wanted.overdue_to_minor)
    if wanted.assigned_to == "NOBODY":
        return cases.filter(assigned_to=None)
    return cases.filter(assigned_to=wanted.assigned_to) if wanted.assigned_to else cases


def _beyond(column: str, place: tuple[object, str], *, goes_down: bool) -> Q:
    value, case_id = place
    # The first condition bounds the index range; the second cuts the rows of the same value already shown.
    if goes_down:
        return Q(**{f"{column}__lte": value}) & (Q(**{f"{column}__lt": value}) | Q(case_id__gt=case_id))
    return Q(**{f"{column}__gte": value}) & (Q(**{f"{column}__gt": value}) | Q(case_id__lt=case_id))
