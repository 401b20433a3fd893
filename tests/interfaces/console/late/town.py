"""Who is who in the late town, and what is asked of it."""

from __future__ import annotations

from datetime import date, timedelta

from django.test import Client
from tests import nights
from tests.interfaces.console.conftest import DAY

from arrears.records.cases.models import Case, WorkItem
from arrears.records.contacts.models import Contact
from arrears.records.people.models import ContactPoint
from arrears.records.staff.models import User

HOME = "上海市浦东新区某路1号"
HTMX = {"hx-request": "true"}
ID = "a" * 32


def work(case: Case, kind: str) -> WorkItem:
    return WorkItem.objects.get(case=case, kind=kind, due_on=DAY)


def user(role: str) -> User:
    return User.objects.get(role=role)


def point(case: Case, kind: str = "ADDRESS") -> ContactPoint:
    return ContactPoint.objects.get(person=case.person, kind=kind)


def ask(client: Client, case: Case, companion: str | None = None, **headers: str):
    going = str(user("SUPERVISOR").pk) if companion is None else companion
    form = {"contact_point_id": point(case).pk, "companion": going, "agreed": "BY_PHONE"}
    return client.post(f"/cases/{case.pk}/visits/", form, headers=headers)


def the_visit() -> Contact:
    return Contact.objects.get(channel="VISIT", status="SENDING")


def page_of(client: Client, case: Case) -> str:
    return client.get(f"/cases/{case.pk}/").content.decode()


def night(on: date) -> None:
    for day in range((on - DAY).days):
        nights.run(DAY + timedelta(days=day + 1))


def open_kinds(case: Case) -> set[str]:
    return set(WorkItem.objects.filter(case=case, status="OPEN").values_list("kind", flat=True))
