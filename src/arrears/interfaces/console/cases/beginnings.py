"""When was each piece of work made, each write-off proposed? Told from their own rows: a night writes no such event.

Called by `timeline`. The night of a business date did both: they stand on that date, whenever the night was run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.conf import settings
from django.utils.translation import gettext

from arrears.interfaces.ui import sentences
from arrears.kernel import clock
from arrears.records.cases import work
from arrears.records.runs import queries as runs
from arrears.records.writeoffs.queries import WriteOffRow
from arrears.rules import case_events


@dataclass(frozen=True)
class Begun:
    """at : where it stands in the story; done_at : when its night was run; kind : as its event would be called"""

    at: datetime
    done_at: datetime
    kind: str
    title: str
    by: str
    lines: list[str]


def of_case(
    tasks: Iterable[work.WorkRow], write_offs: Iterable[WriteOffRow], story: Mapping[str, work.Told]
) -> Iterator[Begun]:
    """Everything that a night began; what a person began has an event.

    story : piece of work → what its events tell
    """
    made = [row for row in tasks if not (row.work_id in story and story[row.work_id].is_opened)]
    proposed = [row for row in write_offs if not row.is_supplement]
    nights = runs.began([*(row.due_on for row in made), *(row.proposed_on for row in proposed)])
    for row in made:
        told = story.get(row.work_id)
        yield Begun(
            *_moments(nights, row.due_on),
            "work_opened",
            gettext("Task “%(kind)s”: made") % {"kind": row.kind_label},
            "night",
            [sentences.code((told and told.reason_first) or row.reason)],
        )
    for one in proposed:
        account = gettext("Account %(account)s") % {"account": one.account_id}
        yield Begun(
            *_moments(nights, one.proposed_on),
            "write_off.proposed",
            gettext("Write-off proposed"),
            one.proposed_by,
            [account, sentences.code(one.reason)],
        )


def _moments(nights: Mapping[date, datetime], on: date) -> tuple[datetime, datetime]:
    """Where what a night did stands, and when it did it; the beginning of its day where the books do not know it."""
    at = nights.get(on) or clock.at_local(on, time(0), settings.LENDER_ZONE)
    return case_events.stands_at(at, on, zone=settings.LENDER_ZONE), at
