"""What somebody writes with an event stands sealed beside it: covered by the chain, opened when read, deleted alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import cast

from arrears.records.audit import operations as audit
from arrears.records.audit import queries
from arrears.records.audit.models import Event, Words
from arrears.records.audit.verifying import judge, stretches
from arrears.records.audit.written import Written
from arrears.records.privacy import keys, masking, words

pytestmark = pytest.mark.django_db
WHY = "欧阳槿楠的妻子说他病了"


def write(text: str = WHY, *, subject: str = "C1", hours: int = 0) -> None:
    said = Written("C1", {"reason": text})
    at = cast.NOW + timedelta(hours=hours)
    audit.record_written(said, "identity.revealed", subject=subject, actor="user:1", at=at, purpose="OTHER")


def read() -> list[dict[str, object]]:
    return [row.data for row in queries.events_of(["C1"], limit=10)]


def test_it_is_read_with_its_event_and_stands_in_neither_table_in_plain_words():
    write()
    event, kept = Event.objects.get(), Words.objects.get()

    assert read() == [{"purpose": "OTHER", "reason": WHY}]
    assert event.data == {"purpose": "OTHER", "words": {"reason": kept.pk}}
    assert kept.customer_id == "C1"
    assert WHY.encode() not in bytes(kept.text_sealed)
    assert WHY not in repr(Written("C1", {"reason": WHY}))


def test_blank_words_keep_nothing_and_read_blank():
    write("")
    assert read() == [{"purpose": "OTHER", "reason": ""}]
    assert not Words.objects.exists()


def test_the_same_words_twice_show_nothing_of_it():
    write()
    write(hours=1)
    write(subject="C2")
    assert Words.objects.count() == 3


def test_deleted_they_are_blank_and_the_chain_stands():
    write()
    Words.objects.all().delete()

    assert read() == [{"purpose": "OTHER", "reason": ""}]
    assert [finding for stretch in stretches(100) for finding in judge(stretch, keys.get(audit.KEY)).findings] == []


def test_words_put_in_their_place_by_somebody_with_the_vault_key_are_not_shown():
    write()
    mark = Words.objects.get().pk
    Words.objects.update(text_sealed=words.seal(Words, "text_sealed", mark, "别的理由"))

    assert read() == [{"purpose": "OTHER", "reason": masking.UNOPENED}]


def test_words_of_another_event_are_not_shown():
    write()
    write("a quite different one", hours=1)
    first, second = Words.objects.order_by("pk")
    Words.objects.filter(pk=first.pk).update(text_sealed=second.text_sealed)

    assert masking.UNOPENED in [facts["reason"] for facts in read()]


def test_an_event_of_before_reads_as_it_was_written():
    audit.record("identity.revealed", subject="C1", actor="user:1", at=cast.NOW, reason="as it was")
    assert read() == [{"reason": "as it was"}]
