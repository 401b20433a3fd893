"""The few people every test knows. Staff: the collector, the supervisor, the outsider. Borrowers: Pei who pays, Lin who
promises, Dong who disputes. Everyone lives in Shanghai and reads Chinese unless a test says otherwise.
"""

from __future__ import annotations

import zlib
from datetime import UTC, date, datetime

from arrears.kernel import identifiers
from arrears.records.cases.models import Case, Stage
from arrears.records.people.models import ContactPoint, Person, PointKind, Relation
from arrears.records.privacy import cipher
from arrears.records.staff.models import Role, User

#: A Monday, half past nine in the morning in Shanghai.
NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)

PAYS = "B-PEI"
PROMISES = "B-LIN"
DISPUTES = "B-DONG"
NAMES = {PAYS: "裴安", PROMISES: "林悦", DISPUTES: "董诚"}
MOBILES = {PAYS: "+8613800000001", PROMISES: "+8613800000002", DISPUTES: "+8613800000003"}


def collector() -> User:
    """A service agent who works cases."""
    return _user("collector", Role.AGENT)


def supervisor() -> User:
    """Who approves what the collector may not decide."""
    return _user("supervisor", Role.SUPERVISOR)


def outsider() -> User:
    """A colleague with a log-in and no business with cases."""
    return _user("outsider", Role.FINANCE)


def _user(name: str, role: Role) -> User:
    found = User.objects.filter(username=name).first()
    return found or User.objects.create_user(username=name, password="not-a-real-one", role=role, display_name=name)


def borrower(
    customer_id: str = PAYS, *, mobile: str = "", region: str = "CN-31", timezone: str = "", language: str = "zh-hans"
) -> Person:
    """A borrower with one own mobile number; further contact points with `point`."""
    name = NAMES.get(customer_id, customer_id)
    person, _ = Person.objects.get_or_create(
        customer_id=customer_id,
        defaults={
            "region_code": region,
            "timezone": timezone,
            "language": language,
            "name_sealed": cipher.seal(name, context=f"people.person.name:{customer_id}"),
            "name_index": cipher.blind_index("name", name),
        },
    )
    point(person, mobile or MOBILES.get(customer_id) or f"+86139{zlib.crc32(customer_id.encode()) % 10**8:08d}")
    return person


def point(person: Person, value: str, *, relation: str = Relation.SELF, kind: str = PointKind.MOBILE) -> ContactPoint:
    """A contact point of a person: their own, or somebody else's they named."""
    found, _ = ContactPoint.objects.get_or_create(
        contact_point_id=(identity := point_id(person.customer_id, value)),
        defaults={
            "person": person,
            "kind": kind,
            "relation": relation,
            "value_sealed": cipher.seal(value, context=f"people.contact_point.value:{identity}"),
            "value_index": cipher.blind_index("phone", value),
        },
    )
    return found


def point_id(customer_id: str, value: str) -> str:
    return identifiers.derived_id("contact_point", customer_id, value)


def own_point(customer_id: str) -> str:
    """The id of a borrower's own mobile."""
    points = ContactPoint.objects.filter(person_id=customer_id, relation=Relation.SELF)
    return points.values_list("contact_point_id", flat=True)[0]


def open_case(customer_id: str = PAYS, *, currency: str = "CNY", dpd: int = 3, overdue_minor: int = 50_000) -> Case:
    """An open early case of a borrower."""
    case, _ = Case.objects.get_or_create(
        case_id=identifiers.derived_id("case", customer_id, currency, TODAY),
        defaults={
            "person_id": customer_id,
            "currency": currency,
            "stage": Stage.EARLY,
            "stage_rule": 1,
            "opened_on": TODAY,
            "dpd_max": dpd,
            "bucket": "M1",
            "overdue_minor": overdue_minor,
            "outstanding_minor": overdue_minor * 10,
            "account_count": 1,
            "policy_version": "test",
            "as_of": TODAY,
        },
    )
    return case
