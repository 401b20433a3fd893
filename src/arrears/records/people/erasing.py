"""Who a person is and where they are reached: what is left when it is deleted.

The customer's id stays. The ledger, the audit trail and the lake name it; once this is gone, nothing here leads from it
to a person. Region, time zone and language go too, for together with a birth year they single people out.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from arrears.records.people.models import ContactPoint, Person
from arrears.records.privacy.erasing import Eraser
from arrears.rules.compliance import retention_terms

SEALED = ("name_sealed", "id_number_sealed", "birth_on_sealed", "employer_sealed")
BLANK = ("name_index", "id_number_index", "region_code", "timezone", "language")


def _identified() -> QuerySet[Person]:
    held = Q()
    for name in SEALED:
        held |= Q(**{f"{name}__isnull": False})
    for name in BLANK:
        held |= ~Q(**{name: ""})
    return Person.objects.filter(held)


ERASERS = (
    Eraser(retention_terms.CONTACT_POINTS, ContactPoint.objects.all, "person_id"),
    Eraser(retention_terms.IDENTITY, _identified, "customer_id", {**dict.fromkeys(SEALED), **dict.fromkeys(BLANK, "")}),
)
