"""What somebody writes with an event stands sealed beside it: covered by the chain, opened when read, deleted alone."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests import cast

from arrears.records.audit import lost_words, queries
from arrears.records.audit import operations as audit
from arrears.records.audit.lost_words import Lost
from arrears.records.audit.models import Event, Words
from arrears.records.audit.verifying import Judged, judge, stretches, tally
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


def found() -> list[tuple[str, int | None]]:
    """What a verification finds, and of which event."""
    events, findings = tally(judge(stretch, keys.get(audit.KEY)) for stretch in stretches(100))
    assert events == Event.objects.count()
    assert all(finding.kind.startswith("WORDS") for finding in findings), "the chain stands"
    return [(finding.kind, finding.event_id) for finding in findings]


def erase(**facts: object) -> None:
    audit.record("person.erased", subject="C1", actor="user:2", at=cast.NOW + timedelta(days=1), **facts)


def test_deleted_by_hand_they_are_blank_the_chain_stands_and_they_are_missed():
    write()
    write(hours=1)
    gone = Event.objects.latest("id")
    Words.objects.filter(pk=gone.data["words"]["reason"]).delete()

    assert read()[0] == {"purpose": "OTHER", "reason": ""}
    assert found() == [("WORDS_GONE", gone.pk)]


def test_deleted_by_an_erasure_that_names_them_they_are_not_missed():
    write()
    write(hours=1)
    first, second = Event.objects.order_by("id")
    assert found() == []
    assert lost_words.erasures_of(first.data) == []
    erase(erased_words=[first.data["words"]["reason"]])
    Words.objects.all().delete()

    assert found() == [("WORDS_GONE", second.pk)]
    assert [one.actor for one in lost_words.erasures_of(first.data)] == ["user:2"]
    assert lost_words.erasures_of(second.data) == []


@pytest.mark.parametrize("facts", [{}, {"erased_words": 7}, {"erased_words": [7, None]}, {"kinds": {"NOTES": 1}}])
def test_an_erasure_that_does_not_name_them_explains_nothing(facts):
    write()
    erase(**facts)
    Words.objects.all().delete()
    assert [kind for kind, _ in found()] == ["WORDS_GONE"]


def test_words_that_do_not_open_any_more_or_are_others_are_told_of():
    write()
    write(hours=1)
    first, second = Words.objects.order_by("pk")
    Words.objects.filter(pk=first.pk).update(text_sealed=b"nothing")
    Words.objects.filter(pk=second.pk).update(text_sealed=words.seal(Words, "text_sealed", second.pk, "别的理由"))
    assert [kind for kind, _ in found()] == ["WORDS_ALTERED", "WORDS_ALTERED"]


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


def test_a_trail_of_many_erased_words_is_verified_in_little_memory():
    stretches, each = 50, 2_000
    marks = [[f"{stretch:04x}{number:028x}" for number in range(each)] for stretch in range(stretches)]
    for some in marks:
        erase(erased_words=some)

    def judged() -> Iterator[Judged]:
        for lane, some in enumerate(marks):
            lost = tuple(Lost(1, lane, place, mark, is_gone=True) for place, mark in enumerate(some))
            yield Judged(each, (), lost)
        yield Judged(1, (), (Lost(7, 0, 1, "f" * 32, is_gone=True),))

    tracemalloc.start()
    events, findings = tally(judged())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert events == stretches * each + 1
    assert [(one.kind, one.event_id) for one in findings] == [("WORDS_GONE", 7)]
    assert most < 5_000_000, f"{most:,} bytes for {events:,} words"
