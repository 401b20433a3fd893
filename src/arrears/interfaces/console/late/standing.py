"""Where does a case stand in depth: with which agency, at which legal step? Named in the reader's language.

Read by the page of a case, its story and the late forms. A code that the policies no longer name is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from arrears.actions import late_lists
from arrears.interfaces.ui import sentences
from arrears.records.matters import queries as matters
from arrears.records.matters.queries import StepRow
from arrears.records.placements import queries as placements
from arrears.records.placements.queries import PlacementRow
from arrears.rules.late_steps import Agency, LegalStep


@dataclass(frozen=True)
class NamedPlacement:
    """A placement with the agency's name."""

    row: PlacementRow
    agency: str


@dataclass(frozen=True)
class NamedStep:
    """A legal step with its name and the law it stands on."""

    row: StepRow
    name: str
    source: str


@dataclass(frozen=True)
class Standing:
    """A case's placements and legal steps, each the newest first; fault : why the lists that name them are not new."""

    placements: list[NamedPlacement]
    steps: list[NamedStep]
    fault: str

    @property
    def live(self) -> NamedPlacement | None:
        """The agency that has the case now."""
        return next((one for one in self.placements if one.row.is_live), None)

    @property
    def newest_step_id(self) -> str:
        """The step that holds: the newest that was not taken back."""
        return next((one.row.step_id for one in self.steps if one.row.back_at is None), "")


def of_case(case_id: str) -> Standing:
    """Where a case already accessed stands."""
    lists = late_lists.lists()
    return Standing(_placements(case_id, lists.agencies), _steps(case_id, lists.steps), lists.fault)


def agencies(*, on: date) -> list[tuple[str, str]]:
    """The agencies that there is a contract with on a day: code and name."""
    return [(one.code, sentences.of_texts(one.texts)) for one in late_lists.lists().agencies.values() if one.works(on)]


def _placements(case_id: str, known: Mapping[str, Agency]) -> list[NamedPlacement]:
    return [
        NamedPlacement(row, sentences.of_texts(known[row.agency].texts) if row.agency in known else row.agency)
        for row in placements.of_case(case_id)
    ]


def _steps(case_id: str, known: Mapping[str, LegalStep]) -> list[NamedStep]:
    found = [(row, known.get(row.kind)) for row in matters.of_case(case_id)]
    return [
        NamedStep(row, sentences.of_texts(step.texts) if step else row.kind, step.source if step else "")
        for row, step in found
    ]
