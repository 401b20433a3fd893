"""What the shipped policies decide is said in words on a page, never as a bare code."""

import pytest
from defusedxml import ElementTree
from django.utils import translation

from arrears import policies
from arrears.interfaces.ui import sentences
from arrears.records.cases.models import CloseReason, Stage

DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"


def shipped_reasons() -> list[str]:
    """Every reason that a rule of the shipped treatment table gives."""
    table = ElementTree.parse(policies.folder() / "strategy" / "treatments.dmn").find(f".//{DMN}decisionTable")
    place = [output.get("name") for output in table.findall(f"{DMN}output")].index("reason")
    texts = [rule.findall(f"{DMN}outputEntry")[place].find(f"{DMN}text").text for rule in table.findall(f"{DMN}rule")]
    return sorted({text.strip('"') for text in texts})


def test_the_treatment_table_has_reasons():
    assert "DUE_IN_3" in shipped_reasons()


@pytest.mark.parametrize("code", [*shipped_reasons(), *CloseReason.values, *Stage.values])
def test_a_code_of_ours_is_said_in_words(code):
    assert sentences.code(code) != code


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    "actor", ["cli", "command line", "demo", "night:2026-11-20", "setup", "stranger", "tape", "worker:host:1"]
)
def test_whatever_acts_beside_people_is_named_in_both_languages(actor, language):
    with translation.override(language):
        assert sentences.actor(actor, {}) != actor
