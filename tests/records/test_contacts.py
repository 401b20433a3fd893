"""What left the house is counted once, and what people wrote to us is not among it."""

import pytest
from tests import cast

from arrears.records.contacts import operations, queries
from arrears.records.contacts.models import Contact

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
    assert queries.gone_out_on(cast.TODAY) == 0
