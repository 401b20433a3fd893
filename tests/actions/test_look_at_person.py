"""A look at a person leaves one trace a quarter of an hour, whoever looks how often; and costs next to nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connections
from tests import cast

from arrears.actions import look_at_person
from arrears.records.audit.models import Event


def look(customer_id: str = "C1", *, at: datetime = cast.NOW, actor: str = "user:1") -> None:
    look_at_person.look(customer_id=customer_id, page="case", at=at, actor=actor)


def count() -> int:
    return Event.objects.filter(kind=look_at_person.KIND).count()


@pytest.mark.django_db
def test_after_a_quarter_of_an_hour_it_is_another_look():
    for minutes in (0, 14, 15, 16, 29, 31):
        look(at=cast.NOW + timedelta(minutes=minutes))
    assert count() == 3


@pytest.mark.django_db
def test_each_colleague_and_each_person_has_their_own():
    for actor in ("user:1", "user:2"):
        for customer_id in ("C1", "C2"):
            look(customer_id, actor=actor)
    assert count() == 4


@pytest.mark.django_db
def test_it_asks_the_books_little_and_the_second_time_once(django_assert_max_num_queries):
    look("C0")
    with django_assert_max_num_queries(9):
        look()
    with django_assert_max_num_queries(1):
        look()


@pytest.mark.django_db(transaction=True)
def test_pages_opened_at_once_leave_one():
    actor = f"user:{cast.collector().pk}"

    def one(_: int) -> None:
        look(actor=actor)
        connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(one, range(12)))
    assert count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("address", [{}, {"case_id": "none"}, {"as_of": cast.TODAY}, {"verdict_id": 10**6}], ids=str)
def test_an_address_that_names_nobody_s_is_nobody_s(address):
    assert look_at_person.named(address) == ""


@pytest.mark.django_db
def test_an_address_names_the_person_of_a_case():
    cast.borrower()
    case = cast.open_case()
    assert look_at_person.named({"case_id": case.pk}) == cast.PAYS
    assert look_at_person.named({"customer_id": cast.PAYS, "hold_id": "x"}) == cast.PAYS
