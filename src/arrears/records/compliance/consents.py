"""To what has a person consented, how is it shown, and is it withdrawn? Read by the gate at each judgement.

A consent lifts the rules that name it (`override` in the packs) from the moment it was given until it is withdrawn.
Whoever withdraws it holds the person's row, as every sender does: what is sent after that is judged without it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from arrears.kernel.errors import InvalidInput, NotFound, Refusal
from arrears.records import bulk
from arrears.records.audit import operations as audit
from arrears.records.audit.written import Written
from arrears.records.compliance.models import Consent, ConsentProof
from arrears.records.people import queries as people
from arrears.records.people.operations import lock
from arrears.records.privacy import words
from arrears.rules.compliance import facts

HOLDING = """
SELECT person_id, purpose FROM compliance_consent
WHERE person_id {ids} AND given_at <= %s AND (withdrawn_at IS NULL OR withdrawn_at > %s)
"""
#: A row's place in the register.
Place = tuple[datetime, str]


class NobodyConsents(NotFound):
    code = "nobody_consents"
    message = "There is no person {customer_id}."


class NoSuchConsent(NotFound):
    code = "no_such_consent"
    message = "There is no consent {consent_id}."


class UnknownConsent(InvalidInput):
    code = "unknown_consent"
    message = "{value!r} is no {field} of a consent."


class ProofMissing(InvalidInput):
    code = "proof_missing"
    message = "Say where the proof of the consent is found, and which notice the person was shown."


class ConsentHolds(Refusal):
    """One consent to a purpose holds at a time."""

    code = "consent_holds"
    message = "{customer_id} has consented to {purpose} already."


class UnableToWithdraw(Refusal):
    code = "unable_to_withdraw"
    message = "The consent {consent_id} was withdrawn already."


@dataclass(frozen=True)
class Given:
    """A consent as it is put on record. consent_id : made by whoever does, so that a second click is one consent."""

    consent_id: str
    customer_id: str
    purpose: str
    proof: str
    proof_ref: str
    policy: str


@dataclass(frozen=True)
class ConsentRow:
    """One consent, frozen for a page."""

    consent_id: str
    customer_id: str
    name_masked: str
    purpose: str
    given_at: datetime
    proof_label: str
    proof_ref: str
    policy: str
    recorded_by: str
    withdrawn_at: datetime | None
    withdrawn_by: str
    withdrawn_note: str

    @property
    def holds(self) -> bool:
        return self.withdrawn_at is None


def active(customer_ids: Collection[str], *, at: datetime) -> dict[str, frozenset[str]]:
    """Person → the purposes to which their consent holds at a moment; who has none is not there."""
    found: dict[str, frozenset[str]] = {}
    for person, purpose in bulk.select(HOLDING, customer_ids, at, at):
        found[person] = found.get(person, frozenset()) | {purpose}
    return found


@transaction.atomic
def give(given: Given, *, at: datetime, actor: str) -> bool:
    """Put a consent on record; False when this very one is already.

    raises : UnknownConsent, ProofMissing, NobodyConsents, ConsentHolds
    """
    for name, known in (("purpose", facts.CONSENTS), ("proof", frozenset(ConsentProof.values))):
        if getattr(given, name) not in known:
            raise UnknownConsent(field=name, value=getattr(given, name)[:20])
    reference, policy = given.proof_ref.strip()[:64], given.policy.strip()[:40]
    if not reference or not policy:
        raise ProofMissing
    said = {"proof_ref": reference, "policy": policy}
    _lock(given.customer_id)
    if Consent.objects.filter(consent_id=given.consent_id, person_id=given.customer_id, purpose=given.purpose).exists():
        return False
    try:
        with transaction.atomic():
            Consent.objects.create(
                consent_id=given.consent_id,
                person_id=given.customer_id,
                purpose=given.purpose,
                given_at=at,
                proof=given.proof,
                recorded_by=actor,
                **{
                    f"{name}_sealed": words.seal(Consent, f"{name}_sealed", given.consent_id, text)
                    for name, text in said.items()
                },
            )
    except IntegrityError:
        raise ConsentHolds(customer_id=given.customer_id, purpose=given.purpose) from None
    told = {"subject": given.customer_id, "consent_id": given.consent_id, "proof": given.proof}
    about = Written(given.customer_id, said)
    audit.record_written(about, "consent.given", actor=actor, at=at, after=given.purpose, **told)
    return True


@transaction.atomic
def withdraw(*, consent_id: str, note: str, at: datetime, actor: str) -> str:
    """Take a consent back: from this moment no rule is lifted by it. Raises NoSuchConsent, UnableToWithdraw.

    note    : how the person said so, without identity
    returns : whose it was
    """
    consent = Consent.objects.filter(consent_id=consent_id).first()
    if consent is None:
        raise NoSuchConsent(consent_id=consent_id[:32])
    _lock(consent.person_id)
    mine = Consent.objects.filter(consent_id=consent_id, withdrawn_at=None)
    kept = words.seal(Consent, "withdrawn_note_sealed", consent_id, note)
    if mine.update(withdrawn_at=at, withdrawn_by=actor, withdrawn_note_sealed=kept) != 1:
        raise UnableToWithdraw(consent_id=consent_id)
    audit.record_written(
        Written(consent.person_id, {"note": note}),
        "consent.withdrawn",
        subject=consent.person_id,
        actor=actor,
        at=at,
        before=consent.purpose,
        consent_id=consent_id,
    )
    return consent.person_id


def page(
    *, purpose: str, which: str, customer_ids: Collection[str] | None, after: Place | None, size: int
) -> list[ConsentRow]:
    """Consents, the newest first; one row past `size` tells that there is more.

    which : HOLDING, WITHDRAWN, blank = both; customer_ids : of these people alone, None = of everybody
    """
    found = Consent.objects.all()
    if purpose:
        found = found.filter(purpose=purpose)
    if which:
        found = found.filter(withdrawn_at__isnull=which == "HOLDING")
    if customer_ids is not None:
        found = found.filter(person_id__in=list(customer_ids))
    if after is not None:
        at, consent_id = after
        found = found.filter(Q(given_at__lt=at) | Q(given_at=at, consent_id__gt=consent_id))
    return _rows(found.order_by("-given_at", "consent_id")[: size + 1])


def of_person(customer_id: str) -> list[ConsentRow]:
    """All consents of a person, the newest first."""
    return _rows(Consent.objects.filter(person_id=customer_id).order_by("-given_at", "consent_id"))


def counts() -> tuple[int, int]:
    """How many hold, and how many were withdrawn."""
    holding = Consent.objects.filter(withdrawn_at=None).count()
    return holding, Consent.objects.count() - holding


def proofs() -> list[tuple[str, str]]:
    """How a consent may be shown."""
    return [(str(code), str(label)) for code, label in ConsentProof.choices]


def _lock(customer_id: str) -> None:
    if not lock(customer_id):
        raise NobodyConsents(customer_id=customer_id[:64])


def _rows(found: QuerySet[Consent]) -> list[ConsentRow]:
    return [
        ConsentRow(
            consent_id=one.consent_id,
            customer_id=one.person_id,
            name_masked=people.name_masked(one.person),
            purpose=one.purpose,
            given_at=one.given_at,
            proof_label=one.get_proof_display(),
            proof_ref=words.shown(one, "proof_ref_sealed"),
            policy=words.shown(one, "policy_sealed"),
            recorded_by=one.recorded_by,
            withdrawn_at=one.withdrawn_at,
            withdrawn_by=one.withdrawn_by,
            withdrawn_note=words.shown(one, "withdrawn_note_sealed"),
        )
        for one in found.select_related("person")
    ]
