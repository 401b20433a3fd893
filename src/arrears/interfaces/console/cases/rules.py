"""What does the rule say that put a case in its stage, or planned a contact? The line of the decision table, in words.

Called by `file`. A number means a line of the table as it was then: when the policy has changed since, no text is
shown, for it might be another rule's.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from arrears.actions import house
from arrears.decisions import night_policy
from arrears.decisions.tables import strategy
from arrears.exchange import foresight
from arrears.interfaces.ui import scores, sentences
from arrears.records.cases import queries as cases
from arrears.records.cases.queries import CaseCard


@dataclass(frozen=True)
class Said:
    """A rule's explanation in the reader's language, and its source."""

    text: str
    source: str


def stage(card: CaseCard, *, is_resting: bool) -> Said | None:
    """The rule of the stage table that holds for a case, or held when it closed; why it rests, when none holds now."""
    policy = night_policy.load(house.here().policies)
    if is_resting:
        text = gettext(
            "No day past due counts today: what is unpaid is within its days of grace, or its days are not counted for "
            "now. The case stays open until that is paid. Meanwhile nobody is called or visited for it."
        )
        return Said(text, "")
    return _said(policy.stages, card.stage_rule, card.policy_version == policy.version)


def treatment(number: int, card: CaseCard) -> Said | None:
    """The rule of the treatment table that asked for a contact or a piece of work."""
    policy = night_policy.load(house.here().policies)
    return _said(policy.treatments, number, card.policy_version == policy.version)


def foreseen(card: CaseCard) -> tuple[foresight.Foreseen, str, Said | None] | None:
    """What the strategy next asks for if nothing is paid: it, its name, and the rule."""
    policy = night_policy.load(house.here().policies)
    found = foresight.of_case(card.case_id, policy=policy, zone=house.here().zone)
    if found is None:
        return None
    kinds = dict(cases.choices()["work_kinds"]) | {"WRITE_OFF_PROPOSAL": gettext("Write-off proposal")}
    kind = found.action.removesuffix("_TASK")
    return found, kinds.get(kind) or sentences.channel(kind), _said(policy.treatments, found.rule_number, True)


def score(card: CaseCard) -> scores.Score | None:
    """On what the chance of cure rests."""
    policy = night_policy.load(house.here().policies)
    return scores.read(card.score_reason, prior_weight=policy.prior.weight)


def _said(table: strategy.Table, number: int, is_same_policy: bool) -> Said | None:
    if not is_same_policy or not 1 <= number <= len(table.logic.rules):
        return None
    notes = [note.strip() for note in table.rule(number).annotations] + [""] * 3
    chinese, english, source = notes[:3]
    text = sentences.in_language(chinese, english or chinese)
    return Said(text, source) if text else None
