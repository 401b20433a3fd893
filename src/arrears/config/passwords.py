"""How long a password may be: OWASP ASVS 4.0.3 asks that more than 128 characters are refused (2.1.2).

Chosen by the settings, beside Django's own validators.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

LONGEST = 128


class MaximumLength:
    """Called by Django with each password that is about to be set."""

    def validate(self, password: str, user: object = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return gettext("The password has at most %(longest)d characters.") % {"longest": LONGEST}
