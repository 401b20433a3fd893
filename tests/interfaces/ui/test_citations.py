"""A citation is read in one language: its remark by Chinese readers, its gloss by English ones."""

from __future__ import annotations

import pytest
from django.utils import translation

from arrears.interfaces.ui.templatetags import ui


@pytest.mark.parametrize(
    ("stored", "chinese", "english"),
    [
        ("《指引》 5.3（条号待核） (number inferred)", "《指引》 5.3（条号待核）", "《指引》 5.3 (number inferred)"),
        ("本机构规则：外访时段 (own rule: visiting hours)", "本机构规则：外访时段", "own rule: visiting hours"),
        (
            "惯例：M1 / M2 (buckets)；65 FR 36903 (a)",
            "惯例：M1 / M2；65 FR 36903 (a)",
            "惯例：M1 / M2 (buckets)；65 FR 36903 (a)",
        ),
        (
            "本机构规则：停催；参见《民法典》 (own rule; see Civil Code)",
            "本机构规则：停催；参见《民法典》",
            "own rule; see Civil Code",
        ),
        (
            "调解法第33条（待核） (confirmed; from memory)",
            "调解法第33条（待核）",
            "调解法第33条 (confirmed; from memory)",
        ),
        ("15 U.S.C. 1692c (a)(1)", "15 U.S.C. 1692c (a)(1)", "15 U.S.C. 1692c (a)(1)"),
    ],
)
def test_each_reader_reads_their_own(stored, chinese, english):
    with translation.override("zh-hans"):
        assert ui.cited(stored) == chinese
    with translation.override("en"):
        assert ui.cited(stored) == english
