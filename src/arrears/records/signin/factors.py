"""Second factors: the six digits of an authenticator app (RFC 6238), and recovery codes for when it is lost.

The digits are made by the `cryptography` library. A code is taken once: its time step must lie after the newest one
taken, and of two who bring it at once a conditional update lets one in.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.db import transaction

from arrears.kernel.errors import Refusal
from arrears.records.privacy import words
from arrears.records.signin.models import Factor, RecoveryCode

STEP_SECONDS, DIGITS = 30, 6
#: A clock may be this many steps off, RFC 6238 section 5.2.
DRIFT_STEPS = 1
SECRET_BYTES = 20
CODE_COUNT, CODE_BYTES, CODE_GROUP = 10, 10, 4
ISSUER = "Arrears"


class WrongCode(Refusal):
    code = "wrong_code"
    message = "This code is not right, or was used before."


def begin(*, user_id: int, at: datetime) -> None:
    """Make a secret for a colleague who has no confirmed factor; the one shown before is thrown away."""
    secret = base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()
    fresh = {"secret_sealed": words.seal(Factor, "secret_sealed", user_id, secret), "last_step": 0, "made_at": at}
    if not Factor.objects.filter(user_id=user_id, confirmed_at=None).update(**fresh):
        Factor.objects.get_or_create(user_id=user_id, defaults=fresh)


def unconfirmed(user_id: int, *, username: str) -> tuple[str, str] | None:
    """(address for the QR code, secret to type in) of a factor that is being set up."""
    factor = Factor.objects.filter(user_id=user_id, confirmed_at=None).first()
    if factor is None:
        return None
    secret = words.opened(factor, "secret_sealed")
    return _totp(secret).get_provisioning_uri(username, ISSUER), secret


@transaction.atomic
def confirm(*, user_id: int, code: str, at: datetime) -> list[str]:
    """The app works: its first code proves it; returns recovery codes, shown this once. Raises WrongCode."""
    _take(Factor.objects.filter(user_id=user_id, confirmed_at=None).first(), code, at=at)
    Factor.objects.filter(user_id=user_id).update(confirmed_at=at)
    return new_codes(user_id=user_id)


@transaction.atomic
def new_codes(*, user_id: int) -> list[str]:
    """Ten recovery codes instead of all before."""
    RecoveryCode.objects.filter(user_id=user_id).delete()
    made = [base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode().lower() for _ in range(CODE_COUNT)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user_id=user_id, code_hash=_hash(user_id, code)) for code in made)
    return ["-".join(code[at : at + CODE_GROUP] for at in range(0, len(code), CODE_GROUP)) for code in made]


@transaction.atomic
def take(*, user_id: int, code: str, at: datetime) -> str:
    """Take a code of the app or a recovery code; returns TOTP or RECOVERY; raises WrongCode."""
    given = "".join(code.split()).replace("-", "").lower()
    if len(given) == DIGITS and given.isascii() and given.isdigit():
        _take(Factor.objects.filter(user_id=user_id).exclude(confirmed_at=None).first(), given, at=at)
        return "TOTP"
    unused = RecoveryCode.objects.filter(user_id=user_id, code_hash=_hash(user_id, given), used_at=None)
    if unused.update(used_at=at) != 1:
        raise WrongCode
    return "RECOVERY"


def remove(*, user_id: int) -> bool:
    """Forget a colleague's factor and recovery codes; says whether there was a factor."""
    RecoveryCode.objects.filter(user_id=user_id).delete()
    return bool(Factor.objects.filter(user_id=user_id).delete()[0])


def codes_left(user_id: int) -> int:
    """How many recovery codes still open."""
    return RecoveryCode.objects.filter(user_id=user_id, used_at=None).count()


def _take(factor: Factor | None, code: str, *, at: datetime) -> None:
    given = "".join(code.split())
    if factor is None or not given.isascii():
        raise WrongCode
    totp = _totp(words.opened(factor, "secret_sealed"))
    now = int(at.timestamp()) // STEP_SECONDS
    steps = range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1)
    # All are compared, so that the time taken does not tell which.
    right = [step for step in steps if hmac.compare_digest(totp.generate(step * STEP_SECONDS), given.encode())]
    unused = Factor.objects.filter(user_id=factor.user_id, last_step__lt=max(right, default=0))
    if not right or unused.update(last_step=max(right)) != 1:
        raise WrongCode


def _totp(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303  what every authenticator app speaks


def _hash(user_id: int, code: str) -> str:
    return hashlib.sha256(f"{user_id}:{code}".encode()).hexdigest()
