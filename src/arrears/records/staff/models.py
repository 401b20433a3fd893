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


class Language(models.TextChoices):
    ZH = "zh-hans", "简体中文"
    EN = "en", "English"


class User(AbstractUser):
    """A member of staff. `display_name` is what colleagues see; `role` decides every permission."""

    display_name = models.CharField(max_length=80)
    role = models.CharField(max_length=16, choices=Role.choices)
    language = models.CharField(max_length=8, choices=Language.choices, default=Language.ZH)
    #: Somebody else knows it: it opens nothing but the page on which a new one is chosen.
    password_is_temporary = models.BooleanField(default=False)
    second_factor_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="staff_user_role_is_known")
        ]

    def __str__(self) -> str:
        return self.username
