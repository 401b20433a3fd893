"""A lender's own policy files win over the shipped ones, file by file, and a change of them is another folder."""

import shutil

from arrears import policies
from arrears.decisions import night_policy

STAGES = "strategy/stages.dmn"


def own(folder, text: str):
    (folder / "strategy").mkdir(parents=True, exist_ok=True)
    (folder / STAGES).write_text(text, encoding="utf-8")
    return folder


class TestInForce:
    def test_without_files_of_its_own_the_shipped_ones_hold(self, tmp_path):
        assert policies.in_force(tmp_path / "none", kept_in=tmp_path / "kept") == policies.folder()

    def test_an_own_file_wins_and_the_others_stay(self, tmp_path):
        shipped = (policies.folder() / STAGES).read_text(encoding="utf-8")
        mine = own(tmp_path / "own", shipped.replace("60", "45"))
        laid = policies.in_force(mine, kept_in=tmp_path / "kept")
        assert (laid / STAGES).read_text(encoding="utf-8") == shipped.replace("60", "45") != shipped
        assert (laid / "packs" / "cn.toml").read_bytes() == (policies.folder() / "packs" / "cn.toml").read_bytes()
        assert night_policy.load(laid).version != night_policy.load(policies.folder()).version

    def test_the_same_content_is_laid_once_and_a_change_is_another(self, tmp_path):
        shipped = (policies.folder() / STAGES).read_text(encoding="utf-8")
        first = policies.in_force(own(tmp_path / "own", shipped), kept_in=tmp_path / "kept")
        assert policies.in_force(tmp_path / "own", kept_in=tmp_path / "kept") == first
        assert policies.in_force(own(tmp_path / "own", shipped + "\n"), kept_in=tmp_path / "kept") != first
        assert first.is_dir()


def test_an_edit_while_they_are_laid_is_not_kept_under_the_name_of_what_was_before(monkeypatch, tmp_path):
    own, kept_in = tmp_path / "own", tmp_path / "kept"
    own.mkdir()
    file = own / "promises.toml"
    file.write_text("grace_days = 3\n", encoding="utf-8")
    copy = shutil.copytree

    def edited_meanwhile(source, *given, **named):
        if source == own and file.read_text(encoding="utf-8") == "grace_days = 3\n":
            file.write_text("grace_days = 30\n", encoding="utf-8")
        return copy(source, *given, **named)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(shutil, "copytree", edited_meanwhile)
        assert "30" in (policies.in_force(own, kept_in=kept_in) / "promises.toml").read_text(encoding="utf-8")
    file.write_text("grace_days = 3\n", encoding="utf-8")
    laid = policies.in_force(own, kept_in=kept_in) / "promises.toml"
    assert laid.read_text(encoding="utf-8") == "grace_days = 3\n"
