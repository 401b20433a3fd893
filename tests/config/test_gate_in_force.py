"""A rule pack edited under the lender's policies holds at once; one that cannot be used changes nothing, loudly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from tests import cast
from tests.gatehouse import draft

from arrears import policies
from arrears.actions import contact_plan, wired
from arrears.actions.contact_gate import GateIsClosed
from arrears.config import gate_in_force
from arrears.policies import last_good
from arrears.records.compliance.models import Verdict
from arrears.records.contacts.models import Contact

SHIPPED = (policies.folder() / "packs" / "cn.toml").read_text(encoding="utf-8")


@pytest.fixture
def own(settings: Any, tmp_path: Path) -> Path:
    """The lender's own pack, as shipped for now."""
    settings.HOME = tmp_path
    pack = tmp_path / "policies" / "packs" / "cn.toml"
    pack.parent.mkdir(parents=True)
    pack.write_text(SHIPPED, encoding="utf-8")
    return pack


def edit(pack: Path, old: str, new: str) -> None:
    assert old in pack.read_text(encoding="utf-8")
    pack.write_text(pack.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")


def told() -> list[str]:
    return [check.id for check in run_checks() if str(check.id).startswith("arrears.")]


class TestAnEdit:
    def test_holds_at_once_and_verdicts_name_it(self, own: Path) -> None:
        before = wired.here().gate
        edit(own, 'version = "2026.1"', 'version = "2026.2"')
        after = wired.here().gate
        assert (before.pack.version, after.pack.version) == ("2026.1", "2026.2")
        assert after.pack.name.startswith("cn+house@2026.2+")
        assert told() == []

    def test_without_a_new_version_is_still_told_apart(self, own: Path) -> None:
        before = wired.here().gate.pack
        edit(own, "08:00:00", "09:00:00")
        after = wired.here().gate.pack
        assert after.version == before.version
        assert after.name != before.name

    def test_of_the_words_holds_at_once_too(self, own: Path) -> None:
        text = (policies.folder() / "institution.toml").read_text(encoding="utf-8")
        before = wired.here().gate.library.institution.hotline
        (own.parent.parent / "institution.toml").write_text(text.replace(before, "95000"), encoding="utf-8")
        assert wired.here().gate.library.institution.hotline == "95000"

    def test_nothing_is_read_again_while_nothing_changes(self, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        gate = wired.here().gate
        monkeypatch.setattr(gate_in_force, "read", None)
        assert wired.here().gate is gate


class TestABadEdit:
    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ('nature = "hard"', 'nature = "firm"', "unknown nature 'firm'"),
            ("[pack]", "[pack", "Expected"),
            ("max = 3", 'max = "three"', "whole number"),
        ],
    )
    def test_leaves_the_last_good_pack_in_force_and_says_so(self, own: Path, old: str, new: str, said: str) -> None:
        good = wired.here().gate
        edit(own, old, new)
        gate = wired.here().gate
        assert gate.pack == good.pack
        assert said in gate.fault
        assert gate.fault.startswith("cn.toml")
        assert told() == ["arrears.W001"]

        edit(own, new, old)
        assert wired.here().gate.fault == ""

    def test_names_the_line(self, own: Path) -> None:
        wired.here()
        edit(own, "max = 3", "max = -3")
        line = own.read_text(encoding="utf-8").split("max = -3")[0].count("\n") + 1
        assert wired.here().gate.fault.startswith(f"cn.toml:{line}: rules[CN-GBT45251-VOICE-3].max: ")

    def test_is_survived_by_the_last_good_pack_after_a_restart_too(self, own: Path) -> None:
        edit(own, 'version = "2026.1"', 'version = "2026.7"')
        assert wired.here().gate.fault == ""
        edit(own, "[pack]", "[pack")
        last_good.forget()
        gate = wired.here().gate
        assert (gate.pack.version, bool(gate.fault)) == ("2026.7", True)


@pytest.mark.any_database
@pytest.mark.django_db
class TestWithoutAnyGoodPack:
    def test_nobody_is_contacted_and_the_house_stays_open(self, own: Path) -> None:
        edit(own, "[pack]", "[pack")
        here = wired.here()
        assert here.now()
        assert told() == ["arrears.E001"]
        cast.borrower()
        with pytest.raises(GateIsClosed, match=r"cn\.toml"):
            contact_plan.plan([draft()], at=cast.NOW, actor="test", gate=here.gate)
        assert not Contact.objects.exists()
        assert not Verdict.objects.exists()
