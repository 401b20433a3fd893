"""What left the house is counted once, and what people wrote to us is not among it."""

import pytest
from tests import cast

from arrears.records.cases import operations as cases
from arrears.records.cases.models import CaseEvent
from arrears.records.contacts import operations, queries
from arrears.records.contacts.models import Contact, ContactEvent
from arrears.rules.cases import CONTACT

pytestmark = pytest.mark.django_db


def test_a_reply_is_kept_but_has_not_gone_out():
    cast.borrower()
    operations.hear(
        contact_id="reply",
        customer_id=cast.PAYS,
        contact_point_id=cast.own_point(cast.PAYS),
        relation="SELF",
        channel="SMS",
        text_sealed=b"",
        at=cast.NOW,
        local_on=cast.TODAY,
        language="zh-hans",
        timezone="Asia/Shanghai",
        vendor="sandbox",
    )

    assert Contact.objects.filter(as_of=cast.TODAY).count() == 1
    assert queries.tried_on(cast.TODAY) == 0


def test_what_was_tried_stays_tried_whatever_comes_of_it():
    """A receipt that tells of a failure took it out of the number that somebody watches grow. A recall was no try."""
    told = {after for (before, event), after in CONTACT.items() if before in queries.TRIED and event != "recall"}
    assert told <= {*queries.TRIED}
    assert "FAILED" in queries.TRIED


class TestMovingMany:
    """Two are to expire; one of them was cancelled meanwhile."""

    MOVE = {"event": "expire", "before": "PLANNED", "at": cast.NOW, "actor": "worker", "columns": ("closed_at",)}

    @pytest.fixture
    def moves(self):
        cast.borrower()
        planned = [
            Contact.objects.create(
                contact_id=f"expires-{n}",
                person_id=cast.PAYS,
                contact_point_id=cast.own_point(cast.PAYS),
                relation="SELF",
                channel="SMS",
                purpose="COLLECT",
                status="PLANNED",
                as_of=cast.TODAY,
                planned_for=cast.NOW,
                not_before=cast.NOW,
                expires_at=cast.NOW,
                language="zh-hans",
                timezone="Asia/Shanghai",
                actor="night",
            )
            for n in range(2)
        ]
        Contact.objects.filter(pk=planned[0].pk).update(status="CANCELLED")
        return [(each.pk, "too late", cast.NOW) for each in planned]

    def test_all_or_none_where_somebody_asked_for_them(self, moves):
        with pytest.raises(operations.UnableToMoveContacts):
            operations.move_many(moves, **self.MOVE)

        assert list(Contact.objects.order_by("pk").values_list("status", flat=True)) == ["CANCELLED", "PLANNED"]
        assert not ContactEvent.objects.exists()

    def test_a_batch_leaves_out_the_one_that_raced(self, moves):
        assert operations.move_many(moves, skip_raced=True, **self.MOVE) == 1

        assert list(Contact.objects.order_by("pk").values_list("status", flat=True)) == ["CANCELLED", "EXPIRED"]
        assert list(ContactEvent.objects.values_list("contact_id", "after")) == [(moves[1][0], "EXPIRED")]


def test_two_pieces_of_work_finished_at_one_moment_leave_two_events():
    cast.borrower()
    case = cast.open_case()
    for work_id in ("W1", "W2"):
        cases.record_event(
            case_id=case.pk, kind="work_done", at=cast.NOW, actor="a", after="VISIT", data={"work_id": work_id}
        )

    assert CaseEvent.objects.filter(kind="work_done").count() == 2
