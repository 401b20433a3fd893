"""The audit trail's pages: events are found, each with its proof; whoever tampered with the database is shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from tests.interfaces.console.conftest import DAY, TEN, signed_in
from tests.unguarded import drop, unguarded

from arrears.actions import anchor_audit, explore_audit, verify_audit
from arrears.interfaces.ui import audit_words
from arrears.records.audit import anchored, operations, proofs, verifications
from arrears.records.audit.models import Anchor, Event, Lane, Verification, Words
from arrears.records.audit.written import Written

pytestmark = pytest.mark.django_db
MANY = 12
SOUND, NOT_ITSELF, NOT_AROUND = "It stands as it was written", "is not what was written", "The trail around this event"


def text_of(answer) -> str:
    return answer.content.decode()


def tell(number: int, *, subject: str = "C1", days: int = 0) -> None:
    at = TEN + timedelta(days=days, seconds=number)
    operations.record("payment.taken", subject=subject, actor="user:3", at=at, number=number, payment_id=f"P{number}")


def anchor(*, days: int = 0, hours: int = 0) -> None:
    anchor_audit.anchor(verify_audit.kept_here(), at=TEN + timedelta(days=days, hours=hours))


@pytest.fixture
def trail(late, settings, tmp_path):
    """Between the night's anchor and another one MANY events, and some after it; the one in the middle.

    The home is this test's own, so that no files of other books' anchors lie in it.
    """
    settings.HOME = tmp_path / "home"
    for number in range(MANY):
        tell(number)
    anchor(days=1)
    for number in range(MANY, MANY + 3):
        tell(number, days=1)
    return of(MANY // 2)


def of(number: int) -> Event:
    return next(event for event in Event.objects.filter(kind="payment.taken") if event.data["number"] == number)


def page_of(event: Event) -> str:
    return text_of(signed_in("COMPLIANCE").get(f"/audit/events/{event.pk}/"))


def verify_day(client, day=DAY) -> str:
    """The page of a day when all its pieces are done."""
    url = client.post("/audit/verify/", {"day": day.isoformat()}).url
    for _ in range(100):
        if "verify-progress" not in text_of(client.post(url, headers={"hx-request": "true"})):
            raise AssertionError("no progress")
        page = text_of(client.get(url))
        if "places recomputed" not in page:
            return page
    raise AssertionError("it does not end")


class TestList:
    def test_a_person_s_events_are_those_of_their_cases_too(self, trail, late):
        tell(40, subject=late.pk)
        tell(41, subject="C2")
        page = text_of(signed_in("COMPLIANCE").get("/audit/?about=C1&kind=payment.taken"))

        assert page.count("data-row-link") == MANY + 4
        assert f"/audit/events/{of(40).pk}/" in page
        assert f"/audit/events/{of(41).pk}/" not in page

    def test_looking_for_a_person_s_events_leaves_a_trace_of_them(self, trail, late):
        client = signed_in("COMPLIANCE")
        for query in ("", "?kind=payment.taken", "?about=nobody"):
            client.get(f"/audit/{query}")
        assert not Event.objects.filter(kind="person.looked_at").exists()
        client.get(f"/audit/?about={late.pk}")
        assert [event.subject_id for event in Event.objects.filter(kind="person.looked_at")] == ["C1"]

    def test_it_goes_on_page_by_page(self, trail):
        client, found = signed_in("COMPLIANCE"), []
        for number in range(100, 160):
            tell(number, subject="C9")
        page = text_of(client.get("/audit/?about=C9"))
        found += re.findall(r"/audit/events/(\d+)/", page)
        later = re.search(r'rel="next" href="([^"]*)"', page).group(1).replace("&amp;", "&")
        found += re.findall(r"/audit/events/(\d+)/", text_of(client.get(f"/audit/{later}")))
        assert len(found) == len(set(found)) == 60

    def test_what_is_no_day_is_said_and_left_out(self, trail):
        page = text_of(signed_in("COMPLIANCE").get("/audit/?from=yesterday&after=broken"))
        assert "from=yesterday" in page

    def test_a_query_does_not_reach_the_database_as_sql(self, trail):
        client = signed_in("COMPLIANCE")
        for text in ("' OR 1=1 --", "%s", "{inner}"):
            assert client.get("/audit/", {"about": text, "kind": text, "actor": text}).status_code == 200

    def test_nobody_s_name_or_number_stands_in_it(self, trail):
        page = text_of(signed_in("COMPLIANCE").get("/audit/?about=C1"))
        assert "客户C1" not in page
        assert "13800000001" not in page


class TestEvent:
    def test_it_is_told_in_words_with_its_place_and_its_proof(self, trail):
        page = page_of(trail)

        assert "Payment received" in page
        assert "P6" in page
        assert trail.digest in page
        assert Event.objects.get(lane=trail.lane, seq=trail.seq - 1).digest in page
        assert SOUND in page
        assert "Nobody altered, deleted, added or moved an event between the two anchors" in page
        assert verify_audit.public_key() in page

    def test_one_that_no_anchor_covers_yet_says_so(self, trail):
        page = page_of(of(MANY + 1))
        assert SOUND in page
        assert "No anchor covers it yet" in page

    def test_to_open_one_about_a_person_leaves_a_trace(self, trail, late):
        client = signed_in("COMPLIANCE")
        client.get(f"/audit/events/{trail.pk}/")
        client.get(f"/audit/events/{trail.pk}/")
        looked = Event.objects.get(kind="person.looked_at")
        assert (looked.subject_id, looked.data) == ("C1", {"purpose": "PAGE", "page": "audit"})

    def test_a_number_in_a_reason_is_masked(self, trail):
        reason = "call 13800000001 or wang@example.cn of 2026-11-23"
        operations.record("compliance.lifted", subject="C1", actor="api:1", at=TEN, reason=reason)
        page = page_of(Event.objects.latest("id"))
        assert "13800000001" not in page
        assert "wang@example.cn" not in page
        assert "2026-11-23" in page

    def test_a_stretch_too_long_for_a_page_is_not_said_to_be_whole(self, trail):
        proof = proofs.prove(trail.pk, secret=b"", public_key=verify_audit.public_key(), most=4)
        assert (proof.first, proof.last, proof.is_whole) == (trail.seq - 2, trail.seq + 2, False)

    def test_words_taken_away_by_hand_are_shown_and_erased_ones_are_said_to_be(self, trail):
        said = Written("C1", {"reason": "他妻子说他病了"})
        operations.record_written(said, "identity.revealed", subject="C1", actor="user:3", at=TEN + timedelta(days=2))
        event, row = Event.objects.latest("id"), Words.objects.get()
        mark = row.pk
        assert SOUND in page_of(event)
        row.delete()
        page = page_of(event)
        assert "was taken away, and no erasure on the trail says so" in page
        assert NOT_ITSELF in page

        at = TEN + timedelta(days=3)
        operations.record("person.erased", subject="C1", actor="user:3", at=at, erased_words=[mark])
        page = page_of(event)
        assert SOUND in page
        assert f'href="/audit/events/{Event.objects.get(kind="person.erased").pk}/"' in page
        assert "What was written with this event was erased on" in page

    def test_there_is_no_such_event(self, trail):
        client = signed_in("COMPLIANCE")
        assert client.get(f"/audit/events/{Event.objects.latest('id').pk + 99}/").status_code == 404
        assert client.get(f"/audit/events/{'9' * 30}/").status_code == 404


def edit(**changes: object) -> Callable[[Event], None]:
    return lambda event: Event.objects.filter(pk=event.pk).update(**changes)


def delete_before(event: Event) -> None:
    Event.objects.filter(lane=event.lane, seq=event.seq - 2).delete()


def swap_neighbours(event: Event) -> None:
    one, other = (Event.objects.get(lane=event.lane, seq=event.seq - back) for back in (2, 3))
    Event.objects.filter(pk=one.pk).update(seq=10_000)
    Event.objects.filter(pk=other.pk).update(seq=one.seq, digest=one.digest)
    Event.objects.filter(pk=one.pk).update(seq=other.seq, digest=other.digest)


def unreadable(event: Event) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_event SET data = 'none of it' WHERE id = %s", [event.pk])


def unchain(event: Event) -> None:
    Event.objects.filter(pk=event.pk).update(lane=None, seq=None)


def without_lane(_event: Event) -> None:
    Lane.objects.all().delete()


def last_anchor(**changes: object) -> Callable[[Event], None]:
    return lambda _event: Anchor.objects.filter(number=Anchor.objects.latest("number").number).update(**changes)


def anchors_gone(_event: Event) -> None:
    Anchor.objects.all().delete()


#: What somebody did → what the page of the event in the middle says, and of which kind the finding is.
TAMPERINGS: dict[str, tuple[Callable[[Event], None], str, str]] = {
    "its facts edited": (edit(data={"number": 8}), NOT_ITSELF, "ALTERED"),
    "its moment edited": (edit(at=TEN - timedelta(days=90)), NOT_ITSELF, "ALTERED"),
    "its actor edited": (edit(actor="user:4"), NOT_ITSELF, "ALTERED"),
    "its facts made no facts": (unreadable, NOT_ITSELF, "ALTERED"),
    "itself put out of the lanes": (unchain, NOT_ITSELF, "UNCHAINED"),
    "one before it deleted": (delete_before, NOT_AROUND, "MISSING"),
    "two before it in each other's place": (swap_neighbours, NOT_AROUND, "ALTERED"),
    "the anchor after it edited": (last_anchor(statement="{}"), NOT_AROUND, "ANCHOR_FORGED"),
    "the anchor after it moved in time": (last_anchor(made_at=TEN), NOT_AROUND, "ANCHOR_FORGED"),
    "all anchors deleted": (anchors_gone, NOT_AROUND, "ANCHOR_LOST"),
}


class TestTampering:
    @pytest.mark.parametrize("name", TAMPERINGS)
    def test_the_event_s_page_shows(self, trail, name):
        tamper, says, kind = TAMPERINGS[name]
        with unguarded():
            tamper(trail)
        page = page_of(trail)

        assert says in page
        assert str(audit_words.FINDINGS[kind]) in page.replace("&#x27;", "'")
        assert SOUND not in page

    @pytest.mark.parametrize("name", TAMPERINGS)
    def test_the_day_s_page_shows(self, trail, name):
        tamper, _, kind = TAMPERINGS[name]
        with unguarded():
            tamper(trail)
        page = verify_day(signed_in("COMPLIANCE"))

        assert str(audit_words.FINDINGS[kind]) in page.replace("&#x27;", "'")
        assert "stand as they were written" not in page

    def test_a_lane_that_is_gone_is_shown_for_what_no_anchor_covers(self, trail):
        with unguarded():
            without_lane(trail)
        page = page_of(of(MANY + 1))
        assert str(audit_words.FINDINGS["NO_LANE"]) in page
        assert SOUND not in page

    def test_triggers_left_off_are_shown(self, trail):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(drop("audit_event_is_not_edited"))
            assert "its triggers are gone or switched off" in page_of(trail)
            transaction.set_rollback(True)

    def test_the_list_shows_an_event_whose_facts_are_none(self, trail):
        with unguarded():
            unreadable(trail)
        assert f"/audit/events/{trail.pk}/" in text_of(signed_in("COMPLIANCE").get("/audit/?about=C1"))


class TestDay:
    def test_it_is_looked_through_from_anchor_to_anchor(self, trail):
        page = verify_day(signed_in("COMPLIANCE"))
        row = Verification.objects.get()

        assert f"{row.events:,} events stand as they were written" in page
        assert row.events == row.places == sum(last - first + 1 for _, first, last in row.spans)
        assert row.anchors == [1, 2]

    def test_a_piece_at_a_time_and_each_once_whoever_watches(self, trail, monkeypatch):
        monkeypatch.setattr(verifications, "PIECE", 5)
        clients = [signed_in("COMPLIANCE"), signed_in("COMPLIANCE")]
        url = clients[0].post("/audit/verify/", {"day": DAY.isoformat()}).url
        done = []
        for number in range(100):
            clients[number % 2].post(url)
            done.append(Verification.objects.get().done)
            if Verification.objects.get().statement:
                break
        row = Verification.objects.get()
        assert done[0] == 5
        assert done == sorted(set(done))
        assert row.events == row.places

    def test_a_piece_that_another_looked_through_meanwhile_counts_once(self, trail, monkeypatch):
        begun = explore_audit.begin_day(DAY, today=DAY, zone="Asia/Shanghai", at=TEN, actor="user:1")
        real = verifications.verifying.judge

        def slow(stretch, secret):
            """Somebody else's piece is done before ours is kept."""
            monkeypatch.setattr(verifications.verifying, "judge", real)
            explore_audit.go_on(begun, folder=verify_audit.kept_here(), at=TEN)
            return real(stretch, secret)

        monkeypatch.setattr(verifications.verifying, "judge", slow)
        row = explore_audit.go_on(begun, folder=verify_audit.kept_here(), at=TEN)
        assert (row.is_done, row.events) == (True, row.places)

    def test_what_came_of_it_cannot_be_written_by_who_has_no_key(self, trail):
        client = signed_in("COMPLIANCE")
        with unguarded():
            edit(data={"number": 8})(trail)
        verify_day(client)
        row = Verification.objects.get()
        Verification.objects.update(findings=[], statement=row.statement.replace('"findings":1', '"findings":0'))

        assert "The row says what this house never signed" in text_of(client.get(f"/audit/verify/{row.pk}/"))
        assert "Stands" not in text_of(client.get("/audit/"))

    def test_what_is_no_day_and_what_has_not_come_are_refused(self, trail):
        client = signed_in("COMPLIANCE")
        for day in ("", "yesterday", (DAY + timedelta(days=3)).isoformat()):
            page = text_of(client.post("/audit/verify/", {"day": day}, follow=True))
            assert 'class="alert alert-danger' in page
        assert not Verification.objects.exists()
        assert client.get("/audit/verify/99999/").status_code == 404


class TestTheWholeTrail:
    def keep(self) -> None:
        found = verify_audit.verify(verify_audit.kept_here())
        verify_audit.keep(found, begun_at=TEN, at=TEN, actor="cli")

    def test_its_last_verification_is_shown_with_its_key(self, trail):
        client = signed_in("COMPLIANCE")
        assert "Nobody has verified the whole trail here yet" in text_of(client.get("/audit/"))
        self.keep()
        page = text_of(client.get("/audit/"))

        assert f"{Event.objects.count()} events stand as they were written" in page
        assert verify_audit.public_key() in page

    def test_what_does_not_fit_is_shown(self, trail):
        with unguarded():
            edit(data={"number": 8})(trail)
        self.keep()
        page = text_of(signed_in("COMPLIANCE").get("/audit/"))
        assert "1 thing does not fit" in page
        assert f"/audit/events/{trail.pk}/" in page

    @pytest.mark.parametrize("column", ["events", "begun_at", "statement"])
    def test_a_row_that_was_altered_is_shown_as_such(self, trail, column):
        self.keep()
        changed = {"events": 1, "begun_at": TEN + timedelta(days=9), "statement": Anchor.objects.first().statement}
        Verification.objects.update(**{column: changed[column]})
        assert "What came of the last verification was altered" in text_of(signed_in("COMPLIANCE").get("/audit/"))


def test_no_anchor_s_statement_is_taken_for_another_kind_of_statement(trail):
    """A signed word of the house that is no anchor, put in an anchor's place."""
    verify_audit.keep(verify_audit.Verified(1, ()), begun_at=TEN, at=TEN, actor="cli")
    row = Verification.objects.get()
    with unguarded():
        last_anchor(statement=row.statement, signature=row.signature)(trail)
    assert [one.is_sound for one in anchored.numbered(1, 2, key=verify_audit.public_key())] == [True, False]
    assert "the anchor is not signed with this key, or was altered" in page_of(trail)
