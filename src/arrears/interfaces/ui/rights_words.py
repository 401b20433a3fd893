"""The rights and ends of personal data, said aloud: kinds of data, starts of terms, why something is refused."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: Mapping[str, Promise] = {
    "WORDS": _("Words of messages, replies and notes of calls"),
    "RECORDINGS": _("Transcripts, and the vendors' references"),
    "NOTES": _("Notes of work, placements, legal steps and checks"),
    "COMPLAINTS": _("Words of complaints and requests, and our answers"),
    "CONSENTS": _("Consents"),
    "CONTACT_POINTS": _("Numbers and addresses, those of others too"),
    "IDENTITY": _("Name, ID number, date of birth, employer"),
}
STARTS: Mapping[str, Promise] = {
    "CASE_CLOSED": _("after the case closed"),
    "DEBT_SETTLED": _("after the debt was settled"),
    "LAST_ACTIVITY": _("after the last contact"),
}
WHY_NOT: Mapping[str, Promise] = {
    "DEBT_LIVE": _("Something is still owed."),
    "DEBT_UNKNOWN": _("No night has been run, so nobody knows whether anything is owed."),
    "SOMETHING_OPEN": _("A case, a complaint, another request or a contact is still open."),
    "LEGAL_HOLD": _("A legal hold stands."),
    "RETENTION_DUTY": _("The law demands that it be kept."),
    "NOT_PROVEN": _("It could not be made sure who asks."),
    "NOT_HELD": _("Nothing of the kind is held."),
    "EXCESSIVE": _("Asked again and again without reason."),
    "OTHERS_RIGHTS": _("It would harm the rights of others."),
}
REVIEWS: Mapping[str, Promise] = {
    "UPHELD": _("The decision stands"),
    "OVERTURNED": _("Overturned: nobody acts on it until a person lifts the stop"),
}
