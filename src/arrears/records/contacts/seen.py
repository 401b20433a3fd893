"""Which contacts may a viewer see? Those of the cases that they may see; outside a case, those of the people.

The conditions themselves are of `records.cases.scope`.
"""

from __future__ import annotations

from django.db.models import Q

from arrears.records.cases import scope
from arrears.rules import reach


def by(viewer: scope.Viewer) -> Q:
    """The condition on contacts."""
    if reach.of(viewer.role) == reach.ALL:
        return Q()
    of_case = Q(case__isnull=False) & scope.of_cases(viewer, "case")
    return of_case | (Q(case=None) & scope.of_people(viewer, "person_id"))
