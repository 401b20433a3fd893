"""The shipped weights are those that the tools make of the grammar as it stands, and the data cards say of which."""

from __future__ import annotations

import importlib
import random
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.tidy import source

from arrears import policies

TOOLS = source.ROOT / "tools"


@pytest.mark.any_database
@pytest.mark.parametrize("name", ["speech", "resistance"])
def test_the_weights_are_made_from_the_grammar_as_it_stands(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(TOOLS))
    common, tool = importlib.import_module("train_speech"), importlib.import_module(f"train_{name}")
    luck = random.Random(common.SEED)
    told = [*tool.examples(common.lines(), luck), *tool.noted(luck)] if name == "speech" else list(tool.examples(luck))
    made = common.made_from(told, policies.folder() / name)
    for module in ("train_speech", f"train_{name}"):
        sys.modules.pop(module, None)

    with np.load(policies.folder() / name / "classifier.npz", allow_pickle=False) as weights:
        assert str(weights["made_from"]) == made, f"run tools/train_{name}.py"
        assert "steps" in weights, f"the tool writes another layout by now: run tools/train_{name}.py"
    card = (Path(source.ROOT) / "docs" / "algorithms" / f"{name}.md").read_text(encoding="utf-8")
    assert f"`{made}`" in card, f"the data card of {name} names another grammar"
