"""How is a score read aloud? On how much of our own history it rests, and what moved it up or down.

Called by the case page and the list. The stored reason is `BUCKET/HISTORY n=OBSERVATIONS code±points …`
(decisions.scoring); an unknown word of it is shown as it stands, never dropped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from arrears.interfaces.ui import sentences

#: Histories that a score tells apart.
HISTORIES: Mapping[str, Promise] = {
    "FIRST": _("late for the first time"),
    "REPEAT": _("late before"),
}
#: decisions.features.FEATURES in words.
FEATURES: Mapping[str, Promise] = {
    "dpd": _("days past due"),
    "late_share": _("how often instalments were settled late before"),
    "quiet_days": _("days since the last payment"),
    "part_paid": _("paid in the last month against what is overdue"),
    "burden": _("overdue amount against monthly income"),
    "spend_trend": _("spending of the last month against the months before"),
    "spend_share": _("spending against monthly income"),
}
REASON = re.compile(r"(?P<bucket>[^/ ]+)/(?P<history>[A-Z]+) n=(?P<count>\d+)(?P<moves>(?: [a-z_]+[+-]\d+)*)")
MOVE = re.compile(r"(?P<code>[a-z_]+)(?P<points>[+-]\d+)")


@dataclass(frozen=True)
class Score:
    """The reasons of one score.

    rests_on : in a few words, for beside the number
    base     : the cell it starts from, with the count and the weight of the prior
    moves    : what moved it, the weightiest first
    """

    rests_on: str
    base: str
    moves: list[str]


def read(reason: str, *, prior_weight: float) -> Score | None:
    """A stored reason in words; None when there is no score.

    prior_weight : how many observations the prior weighs as much as
    """
    if not reason:
        return None
    match = REASON.fullmatch(reason)
    if match is None:
        return Score("", reason, [])
    count = int(match["count"])
    base = gettext(
        "Starts from accounts in %(bucket)s, %(history)s: %(count)s of our own observations, beside public figures that"
        " weigh as much as %(weight)s."
    ) % {
        "bucket": match["bucket"],
        "history": sentences.said(HISTORIES, match["history"]),
        "count": f"{count:,}",
        "weight": f"{prior_weight:g}",
    }
    if not count:
        base += " " + gettext("A case of our own counts only once it is 30 days old.")
    moves = [_move(match["bucket"], *move) for move in MOVE.findall(match["moves"])]
    return Score(_rests_on(count, prior_weight), base, moves)


def _rests_on(count: int, prior_weight: float) -> str:
    own = ngettext("%(count)s observation of our own", "%(count)s observations of our own", count) % {
        "count": f"{count:,}"
    }
    return own if count >= prior_weight else gettext("mostly public figures; %(own)s") % {"own": own}


def _move(bucket: str, code: str, points: str) -> str:
    """What moved it is seen against the others of its bucket, who may all be as late."""
    told = {"what": sentences.said(FEATURES, code), "points": points, "bucket": bucket}
    if points.startswith("-"):
        return gettext("%(what)s, compared with others in %(bucket)s: lowers the chance (%(points)s points)") % told
    return gettext("%(what)s, compared with others in %(bucket)s: raises the chance (%(points)s points)") % told
