"""Staff accounts: a log-in, one role, one language. What a role may do is decided in `interfaces/ui/permissions.py`."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    AGENT = "AGENT", _("Service agent")
    SUPERVISOR = "SUPERVISOR", _("Supervisor")
    ANALYST = "ANALYST", _("Data analyst")
    COMPLIANCE = "COMPLIANCE", _("Compliance")
    FINANCE = "FINANCE", _("Finance")
    LEGAL = "LEGAL", _("Legal adviser")
    FIELD = "FIELD", _("Field agent")
    ADMIN = "ADMIN", _("Administrator")
    AGENCY = "AGENCY", _("Outside agency")


class Language(models.TextChoices):
    ZH = "zh-hans", "简体中文"
    EN = "en", "English"


class Team(models.Model):
    """Colleagues who share cases. `regions` are codes of where the people live whose new cases come to it."""

    code = models.CharField(max_length=16, primary_key=True)
    name = models.CharField(max_length=80)
    regions = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A member of staff. `display_name` is what colleagues see; `role` decides every permission."""

    display_name = models.CharField(max_length=80)
    role = models.CharField(max_length=16, choices=Role.choices)
    language = models.CharField(max_length=8, choices=Language.choices, default=Language.ZH)
    #: Somebody else knows it: it opens nothing but the page on which a new one is chosen.
    password_is_temporary = models.BooleanField(default=False)
    #: When it opens nothing any more; by the books' clock.
    password_ends_at = models.DateTimeField(null=True)
    second_factor_since = models.DateTimeField(null=True)
    teams = models.ManyToManyField(Team, related_name="members")
    #: Code of policies/agencies.toml: whose people an outside log-in is one of; blank for our own.
    agency = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="staff_user_role_is_known"),
            models.CheckConstraint(
                condition=models.Q(models.Q(role="AGENCY") & ~models.Q(agency=""))
                | models.Q(~models.Q(role="AGENCY") & models.Q(agency="")),
                name="staff_user_of_an_agency_has_one",
            ),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def shown_name(self) -> str:
        """What colleagues see: the user name where no other was given."""
        return self.display_name or self.username


class AgencyDoor(models.Model):
    """From where the people of an agency may come in. Without a row, or without a network, from nowhere."""

    agency = models.CharField(max_length=40, primary_key=True)
    networks = models.JSONField(default=list)
    is_open = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.agency


class GrantStatus(models.TextChoices):
    ASKED = "ASKED", _("Waits for a second administrator")
    GRANTED = "GRANTED", _("Granted")
    REFUSED = "REFUSED", _("Refused")


class GrantKind(models.TextChoices):
    ROLE = "ROLE", _("Role")
    PASSWORD = "PASSWORD", _("New password")
    FACTOR = "FACTOR", _("Second factor taken away")


class Grant(models.Model):
    """What one administrator asks for and another grants; at most one of each kind waits for each person.

    A role, or for whoever holds a powerful one another password or the end of their second factor. `role` is the one
    asked for, or the one that they held then.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    kind = models.CharField(max_length=8, choices=GrantKind.choices, default=GrantKind.ROLE)
    role = models.CharField(max_length=16, choices=Role.choices)
    status = models.CharField(max_length=8, choices=GrantStatus.choices, default=GrantStatus.ASKED)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=64)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"], condition=models.Q(status="ASKED"), name="staff_one_grant_waits_of_a_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(status="ASKED") | ~models.Q(decided_by=models.F("asked_by")),
                name="staff_grant_is_of_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.role} for {self.user_id}"
