"""What partners are told of, and what their addresses answered, in the reader's language. For the pages of webhooks."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from arrears.interfaces.ui import sentences

#: What partners are told of.
NOTICES: Mapping[str, Promise] = {
    "case.opened": _("A case opened"),
    "case.closed": _("A case closed"),
    "contact.sent": _("A contact went out"),
    "payment.taken": _("A payment came in"),
    "payment.reversed": _("A payment was reversed"),
    "write_off.posted": _("A write-off was posted"),
}

#: What a partner's address answered, where it was not a status of HTTP.
ANSWERS: Mapping[str, Promise] = {
    "refused: the address is not public": _("Not sent: the address is not public"),
    "refused: the address is not encrypted": _("Not sent: the public network is crossed over https alone"),
    "refused: the address is not valid": _("Not sent: the address is not valid"),
    "the secret or the address cannot be opened": _("Not sent: its secret or its address cannot be opened"),
    "no such host": _("Not sent: the name in the address is not known"),
    "endpoint removed": _("Not sent: the webhook was disabled"),
    "too slow": _("No whole answer in time"),
    "ConnectError": _("No connection"),
    "ConnectTimeout": _("No connection in time"),
    "ReadTimeout": _("No answer in time"),
}


def notice(kind: str) -> str:
    """What a partner is told of."""
    return sentences.said(NOTICES, kind)


def answer(said: str) -> str:
    """What a partner's address answered."""
    return sentences.said(ANSWERS, said)
