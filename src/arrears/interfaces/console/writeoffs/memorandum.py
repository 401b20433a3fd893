"""One write-off: its amounts, who decided it, and the memorandum of its debt (账销案存) entry by entry."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from arrears.actions import settlement
from arrears.interfaces.console import actors
from arrears.interfaces.ui import moment, sentences
from arrears.records.ledger import queries as ledger
from arrears.records.ledger.queries import EntryRow
from arrears.records.writeoffs import queries
from arrears.rules.postings import Chart, Title


@require_GET
def write_off(request: HttpRequest, write_off_id: str) -> HttpResponse:
    """The memorandum of the account that a write-off is of, the newest entry first."""
    row, chart, names = queries.access(request.user, write_off_id), settlement.chart(), actors.names()
    memo, recovery = chart.codes["memo_written_off"], chart.codes["recovery"]
    entries = ledger.entries_of(row.account_id, ledger_accounts=(memo, recovery))
    claimed = list(accumulate(entry.moved(memo) for entry in entries))
    told = [
        (entry, _lines(entry, chart), sentences.actor(entry.actor, names), still)
        for entry, still in zip(entries, claimed, strict=True)
    ]
    written_off = queries.written_off_minor(row.account_id)
    context = {
        "row": row,
        "by": {name: sentences.actor(getattr(row, name), names) for name in ("proposed_by", "decided_by", "posted_by")},
        "me": moment.actor(request),
        "written_off_minor": written_off,
        "recovered_minor": written_off - claimed[-1] if claimed else 0,
        "claimed_minor": claimed[-1] if claimed else 0,
        "entries": told[::-1],
    }
    return render(request, "console/writeoffs/one.html", context)


def _lines(entry: EntryRow, chart: Chart) -> Sequence[tuple[str, Title | None, int, int]]:
    """code, title, debit, credit; no title where the chart has lost the account since"""
    return [(code, chart.titles.get(code), max(minor, 0), max(-minor, 0)) for code, minor in entry.lines]
