"""A far end that is no part of ours, a law with caps worth reaching, and a crew of senders."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests import cast
from tests.fire.crew import Crew
from tests.fire.house import House
from tests.fire.town import FarEnd
from tests.peers import smsc as peers

from arrears import policies
from arrears.actions.contact_gate import Gate
from arrears.config import gate_in_force

#: One more rule of the house: all media together.
ANY_3 = """
[[rules]]
id = "LENDER-ANY-3"
kind = "limit"
unit = "any"
scope = "person"
window = "calendar_day"
max = 3
media = ["SMS", "CALL"]
nature = "hard"
author = "lender"
citation = "本机构规则：每日联系次数 (own rule: contacts a day)"
effective = 2000-01-01
confidence = "own_choice"
text_zh = "本机构对同一借款人每日最多联系3次。"
text_en = "This lender contacts one borrower at most 3 times a day."
"""
SMS_1 = 'unit = "message"\nscope = "person"\nwindow = "calendar_day"\nmax = 1\n'


@pytest.fixture(scope="session")
def law(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped policies, where the house allows three contacts a day instead of one text message."""
    folder = tmp_path_factory.mktemp("law") / "policies"
    shutil.copytree(policies.folder(), folder)
    house = folder / "packs" / "house.toml"
    text = house.read_text(encoding="utf-8")
    assert text.count(SMS_1) == 1
    house.write_text(text.replace(SMS_1, SMS_1.replace("max = 1", "max = 3")) + ANY_3, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def gate(law: Path) -> Gate:
    return gate_in_force.read(law, "cn+house")


@pytest.fixture
def far_end() -> FarEnd:
    try:
        return FarEnd(peers.fresh())
    except peers.NoSmsc as absent:
        pytest.skip(f"not under fire here: {absent}")


@pytest.fixture
def house(far_end: FarEnd, law: Path, tmp_path: Path) -> Callable[..., House]:
    """The house of the test's senders, at the cast's moment unless told otherwise."""

    def choose(**changes: object) -> House:
        plain = {"port": far_end.port, "journal": str(tmp_path / "bind.sqlite3"), "policies": str(law)}
        return House(**(plain | {"now": cast.NOW.isoformat()} | changes))  # type: ignore[arg-type]

    return choose


_crews: dict[str, Crew] = {}


@pytest.fixture(scope="session", autouse=True)
def _crews_go_home() -> Iterator[None]:
    yield
    for crew in _crews.values():
        crew.close()
    _crews.clear()


@pytest.fixture
def crew(books_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    """Senders over the test's books; whoever of them is left when it ends is killed."""
    url = books_environment["DATABASE_URL"]
    if url not in _crews:
        _crews[url] = Crew(books_environment, tmp_path_factory.mktemp("crew"))
    yield _crews[url]
    _crews[url].let_go()
