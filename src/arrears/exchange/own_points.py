"""By which of their own contact points is a person reached? The night's choice, made of what the books hold by day.

Called by the foresight of a case and by the desks of the demo. It reads and writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from arrears.decisions import strategy
from arrears.decisions.schemas import facts, tape
from arrears.records.people.models import ContactPoint

_COLUMNS = ("contact_point_id", "customer_id", "kind", "relation", "verified_on")


def of(customer_ids: Sequence[str]) -> pl.DataFrame:
    """The result of strategy.own_points for these people; what is known not to reach them is never chosen."""
    rows = ContactPoint.objects.filter(person_id__in=customer_ids, invalid_since=None)
    named = ["person_id" if name == "customer_id" else name for name in _COLUMNS]
    schema = {name: tape.CONTACT_POINTS[name] for name in _COLUMNS}
    points = pl.DataFrame(list(rows.values_list(*named)), schema=schema, orient="row")
    return strategy.own_points(points, invalid=pl.DataFrame(schema=facts.INVALID_POINTS))
