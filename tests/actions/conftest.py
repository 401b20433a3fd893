"""What tests of the gate share: the shipped law and words, and a sandbox whose far end counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import gatehouse

from arrears.actions import seal_replies
from arrears.actions.contact_gate import Gate
from arrears.channels.sandbox import adapter


@pytest.fixture(scope="session")
def gate() -> Gate:
    return gatehouse.shipped_gate()


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[adapter.Sandbox]:
    """A far end that trusts nobody: what is sent twice arrives twice, and is counted twice."""
    channel = adapter.open_channel(folder=tmp_path / "sandbox", trusting=True, seal=seal_replies.SEAL)
    yield channel
    channel.close()
