"""The SMPP bench says why it cannot measure, and refuses to report a void measurement."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.peers import smsc

from arrears.interfaces.cli.benches import smpp


def test_without_a_peer_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smpp, "PEER", tmp_path / "nowhere.py")
    with pytest.raises(smpp.NoPeer, match="run from a checkout"):
        smpp.measure("smpp", tmp_path, 1)


def test_without_node_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(smpp.NoPeer, match="`node` is not installed"):
        smpp.measure("smpp", tmp_path, 1)


@pytest.mark.smsc
def test_it_measures_messages_that_arrived_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        smsc.installed()
    except smsc.NoSmsc as absent:
        pytest.skip(f"SMPP not tested here: {absent}")
    monkeypatch.setattr(smpp, "MESSAGES", 200)
    (row,) = smpp.measure("smpp", tmp_path, 1)
    assert (row.name, row.unit) == ("smpp", "messages/s")
    assert row.value > 0
