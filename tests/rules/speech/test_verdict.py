"""How the layers are weighed together: rows of evidence, likelihoods of labels, and weights that are refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from arrears import policies
from arrears.rules.speech import layers, screening, told, verdict
from arrears.rules.speech.classifier import WrongClassifier
from arrears.rules.speech.labels import OK

SCREEN = screening.read(policies.folder())


def evidence(*lines: tuple[str, str, str]) -> verdict.Evidence:
    rows = [{"text": text, "recipient": who, "facts": facts} for text, who, facts in lines]
    batch = [one for row in rows if (one := told.read(json.dumps(row).encode()).utterance)]
    read = SCREEN.layers.read(batch, SCREEN.layers.fold(batch))
    return SCREEN.layers.evidence(read, batch)


def test_a_row_holds_what_each_layer_says() -> None:
    found = evidence(
        ("We will break your legs.", "DEBTOR", ""),
        ("Her loan is overdue.", "KIN", ""),
        ("The debt is due.", "GUARANTOR", "we made the deadline up"),
    )
    labels = SCREEN.layers.classifier.labels
    told_by = {name: found.flags[:, at] for at, name in enumerate(verdict.FLAGS)}

    assert found.who.tolist() == [[1, 0, 0], [0, 0, 1], [0, 1, 0]]
    assert found.notes.any(axis=1).tolist() == [False, False, True]
    assert told_by["sure"][0, labels.index("THREAT_VIOLENCE")] == 1
    assert told_by["wrong"][1, labels.index("THIRD_PARTY_DISCLOSURE")] == 1
    assert np.allclose(found.whole.sum(axis=1), 1)
    assert found.rows().shape == (3, len(SCREEN.verdict.weights))


def test_likelihoods_of_all_labels_make_one_whatever_is_said() -> None:
    chances = SCREEN.verdict.chances(evidence(("", "DEBTOR", ""), ("!!!", "KIN", "x"), ("你好" * 900, "DEBTOR", "")))

    assert np.allclose(chances.sum(axis=1), 1, atol=1e-5)
    assert (chances >= 0).all()
    assert chances[0, SCREEN.layers.classifier.labels.index(OK)] > 0.5


def test_what_is_noted_moves_a_likelihood_but_not_without_end() -> None:
    words = "The offer ends tonight."
    plain, good, bad = SCREEN.verdict.chances(
        evidence(
            (words, "DEBTOR", ""),
            (words, "DEBTOR", "the board signed it off and it really does stop tonight"),
            (words, "DEBTOR", "there is no end date, we say so every week to hurry people"),
        )
    )[:, SCREEN.layers.classifier.labels.index(OK)]

    assert bad < plain
    assert bad < good


def test_weights_of_the_wording_alone_are_refused(tmp_path: Path) -> None:
    shutil.copytree(policies.folder() / "speech", tmp_path / "speech")
    path = tmp_path / "speech" / "classifier.npz"
    with np.load(path) as held:
        words = {key: held[key] for key in held if not key.startswith(verdict.PREFIX)}
    np.savez_compressed(path, **words)

    assert layers.read(tmp_path / "speech").classifier.labels
    with pytest.raises(WrongClassifier, match=r"classifier\.npz"):
        screening.read(tmp_path)
