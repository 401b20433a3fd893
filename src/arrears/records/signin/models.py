"""What stands between a password and a page: tries, second factors, recovery codes, sessions.

A subject of tries is a keyed hash, for people type passwords into the field of the user name. The secret of a factor is
sealed by the vault; a recovery code stands as a hash of 80 random bits, a session by a hash of its key, so that whoever
reads the books or a backup has the cookie of nobody.
"""

from importlib import import_module

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from arrears.records.privacy.fields import SealedField


class Tries(models.Model):
    """Failures of an account, of the codes of an account, or from an address; refused until `open_at`.

    Up to `forgotten_at` what time forgets of them is forgotten.
    """

    kind = models.CharField(max_length=8)
    subject = models.CharField(max_length=64)
    failures = models.PositiveIntegerField(default=0)
    forgotten_at = models.DateTimeField()
    open_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject"], name="signin_one_count_of_a_subject")]

    def __str__(self) -> str:
        return f"{self.kind} {self.failures}"


class Factor(models.Model):
    """An authenticator app of a colleague. `last_step` is the newest time step whose code was taken: none is twice."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE)
    secret_sealed = SealedField("signin.factor.secret")
    last_step = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"factor of {self.user_id}"


class RecoveryCode(models.Model):
    """One of the codes for a lost authenticator; each opens once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "code_hash"], name="signin_recovery_code_once")]

    def __str__(self) -> str:
        return f"recovery code of {self.user_id}"


class Session(AbstractBaseSession):
    """An open session, and whose it is; what its columns say stands in its data too, which Django reads."""

    #: Not the key of the cookie but its hash, see `sessions.hashed`.
    session_key = models.CharField(max_length=64, primary_key=True)
    user_id = models.BigIntegerField(null=True, db_index=True)
    opened_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    address = models.CharField(max_length=45, blank=True)
    browser = models.CharField(max_length=200, blank=True)

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """The engine of the settings."""
        store: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore
        return store

    def __str__(self) -> str:
        return f"session of {self.user_id}"
