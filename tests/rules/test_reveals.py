"""The closed list of purposes is read as it is written, or refused by name."""

import pytest

from arrears import policies
from arrears.rules import reveals

SHIPPED = policies.folder() / "reveals.toml"


def written(folder, text: str):
    path = folder / "reveals.toml"
    path.write_text(text, encoding="utf-8")
    return path


class TestRead:
    def test_the_shipped_list_speaks_both_languages_and_offers_no_clearance(self) -> None:
        policy = reveals.read(SHIPPED)
        assert {"CALL", "VISIT"} == policy.codes(reveals.CLEARED)
        assert not {one.code for one in policy.offered()} & {"CALL", "VISIT"}
        assert all(one.texts["zh-hans"] and one.texts["en"] for one in policy.purposes.values())

    def test_a_reason_is_in_words_or_it_is_none(self) -> None:
        policy = reveals.read(SHIPPED)
        for reason in ("法院要求", "asked by the court", "корреспонденция"):
            assert reveals.stated(policy, purpose="OTHER", reason=f" {reason} ") == reason
        for reason in (".", "法院要", "the court", "。。。。", "的的的的", "x" * 20, "10 20 30"):
            with pytest.raises(reveals.ReasonNotInWords):
                reveals.stated(policy, purpose="OTHER", reason=reason)
        assert reveals.stated(policy, purpose="QUALITY", reason="") == ""

    def test_few_purposes_justify_a_whole_identity_and_each_with_a_reason(self) -> None:
        policy = reveals.read(SHIPPED)
        for purpose in policy.offered():
            refusal = reveals.ReasonMissing if purpose.identity else reveals.IdentityNotJustified
            with pytest.raises(refusal):
                reveals.stated(policy, purpose=purpose.code, reason="", identity=True)
        assert {one.code for one in policy.offered() if one.identity} == {"COMPLAINT", "SUBJECT_REQUEST", "LEGAL"}

    @pytest.mark.parametrize(
        ("before", "after", "key"),
        [
            ("asked = 40", "asked = 0", "an_hour.asked"),
            ("words = 600", "", "an_hour.words"),
            ("cleared = 60", 'cleared = "many"', "an_hour.cleared"),
            ('code = "QUALITY"', 'code = "LEGAL"', "purpose[LEGAL].code"),
            ('en = "Quality check"', "", "purpose[QUALITY].en"),
            ("needs_reason = true", "need_reason = true", "purpose[OTHER].need_reason"),
            ("needs_reason = true", 'needs_reason = "yes"', "purpose[OTHER].needs_reason"),
            ('by = "CLEARANCE"', 'by = "CLEARENCE"', "purpose[CALL].by"),
            ("[an_hour]", "[an_hours]", "an_hours"),
            ("[an_hour]", "[an_hour", "-"),
        ],
    )
    def test_what_is_wrong_is_named(self, tmp_path, before, after, key) -> None:
        text = SHIPPED.read_text(encoding="utf-8")
        assert before in text
        with pytest.raises(reveals.WrongReveals) as refusal:
            reveals.read(written(tmp_path, text.replace(before, after)))
        assert refusal.value.facts["key"] == key
