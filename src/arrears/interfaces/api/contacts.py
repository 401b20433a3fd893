"""GET contacts: what was said or is planned, and what came of it; never the words or the number."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Router, Schema

from arrears.interfaces.api.keys import Scope
from arrears.interfaces.api.words import Identifier, Limit
from arrears.kernel.errors import InvalidInput
from arrears.records.contacts import exports
from arrears.records.people import shown

router = Router(tags=["contacts"], auth=Scope("contacts:read"))


class Contact(Schema):
    """`reason`: why it was planned. `cancel_reason`: why it was let go before it went out, blank when it was not.

    A payment cancels all that is planned for the person, since a text would state an amount no longer owed; the next
    night plans anew.
    """

    contact_id: str
    customer_id: str
    case_id: str | None
    channel: str
    purpose: str
    status: str
    outcome: str
    template: str
    template_version: str
    reason: str
    cancel_reason: str
    as_of: date
    planned_for: datetime
    not_before: datetime
    sent_at: datetime | None
    closed_at: datetime | None

    @classmethod
    def of(cls, told: exports.Told) -> Contact:
        """As the books have it; whose it is, is on record beside the key."""
        shown.note(told.contact.person_id)
        named = set(cls.model_fields) - {"customer_id", "cancel_reason"}
        facts = {name: getattr(told.contact, name) for name in named}
        return cls(customer_id=told.contact.person_id, cancel_reason=told.cancel_reason, **facts)


@router.get(
    "",
    response=list[Contact],
    operation_id="list_contacts",
    url_name="api-contacts",
    summary="List the contacts of a case or a person",
)
def index(
    request: HttpRequest, case_id: Identifier | None = None, customer_id: Identifier | None = None, limit: Limit = 100
) -> list[Contact]:
    """The latest contacts of a case or a person, newest first; one of the two must be named."""
    if case_id is None and customer_id is None:
        raise InvalidInput("Name a case_id or a customer_id.")
    teams = request.auth.teams  # type: ignore[attr-defined]
    told = exports.contacts(teams=teams, case_id=case_id, customer_id=customer_id, limit=limit)
    return [Contact.of(one) for one in told]
