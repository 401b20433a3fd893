"""Where does a case stand in depth: with which agency, at which legal step? Named in the reader's language.

Read by the page of a case, its story and the late forms. A code that the policies no longer name is shown as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from arrears.actions import late_lists
from arrears.interfaces.ui import sentences
from arrears.records.cases import queries as cases
from arrears.records.cases.queries import CaseCard, Viewer
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
    """The placements and legal steps of a case and of earlier ones of its person, each the newest first.

    case_ids : of which cases they are told, the case itself first
    fault    : why the lists that name them are not new
    """

    case_ids: list[str]
    placements: list[NamedPlacement]
    steps: list[NamedStep]
    fault: str

    @property
    def own(self) -> Standing:
        """What was done in the case itself."""
        case_id = self.case_ids[0]
        placed = [one for one in self.placements if one.row.case_id == case_id]
        taken = [one for one in self.steps if one.row.case_id == case_id]
        return replace(self, placements=placed, steps=taken)

    @property
    def taken(self) -> list[NamedStep]:
        """The steps that were not taken back."""
        return [one for one in self.steps if one.row.back_at is None]

    @property
    def live(self) -> NamedPlacement | None:
        """The agency that has the case now."""
        return next((one for one in self.placements if one.row.is_live), None)

    @property
    def newest_step_id(self) -> str:
        """The step that holds: the newest of the case itself that was not taken back."""
        return next((one.row.step_id for one in self.own.taken), "")


def of_case(viewer: Viewer, card: CaseCard) -> Standing:
    """Where a case stands, with what was done in the earlier ones that the viewer may see."""
    lists, case_ids = late_lists.lists(), [card.case_id, *cases.earlier_of(viewer, card)]
    return Standing(case_ids, _placements(case_ids, lists.agencies), _steps(case_ids, lists.steps), lists.fault)


def agencies(*, on: date) -> list[tuple[str, str]]:
    """The agencies that there is a contract with on a day: code and name."""
    return [(one.code, sentences.of_texts(one.texts)) for one in late_lists.lists().agencies.values() if one.works(on)]


def _placements(case_ids: Collection[str], known: Mapping[str, Agency]) -> list[NamedPlacement]:
    return [
        NamedPlacement(row, sentences.of_texts(known[row.agency].texts) if row.agency in known else row.agency)
        for row in placements.of_cases(case_ids)
    ]


def _steps(case_ids: Collection[str], known: Mapping[str, LegalStep]) -> list[NamedStep]:
    found = [(row, known.get(row.kind)) for row in matters.of_cases(case_ids)]
    return [
        NamedStep(row, sentences.of_texts(step.texts) if step else row.kind, step.source if step else "")
        for row, step in found
    ]
