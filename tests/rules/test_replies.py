"""Which replies ask us to stop, and which are for a person to read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.rules.replies import is_stop


@pytest.mark.parametrize(
    "text",
    [
        *(
            "T",
            " ｔ。",
            "TD",
            "td",
            "ＴＤ",
            "N",
            "R",
            "QX",
            "0000",
            "回T",
            "回复TD",
            "T退订",
            "TD退订",
            "回TD退订",
            "退订T",
        ),
        *(
            "退订",
            "退訂",
            "退订！",
            "【退订】",
            "退 订",
            "退定",
            "我要退订",
            "请退订",
            "退订，谢谢",
            "退订退订",
            "拒收",
            "停止",
        ),
        *(
            "不要再发了",
            "别发了",
            "别再发短信了",
            "请不要再发短信给我了",
            "不要再聯繫我",
            "請勿打擾",
            "取消订阅",
            "勿扰",
        ),
        *("STOP", "Stop!", "stop please", "Please stop.", "STOP ALL", "stopall", "Unsubscribe", "opt out", "opt-out"),
        *("QUIT", "END", "Cancel", "revoke", "REMOVE ME", "STOP\n", "stop 退订"),
    ],
)
def test_a_request_to_stop_is_one_in_whatever_dress(text: str) -> None:
    assert is_stop(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "…",
            "好的",
            "不",
            "NO",
            "not yet",
            "TT&T",
            "我下周还",
            "怎么取消分期？",
            "别急，明天还",
            "我没有收到退订的通知",
        ),
        *("don't stop, I will pay", "when does it end", "the end of the month", "I can't stop working", "R U there"),
        *("取消了扣款吗", "停止计息吗", "已还", "1", "000", "T" + " " * 60 + "I will pay tomorrow", "退订" * 30),
    ],
)
def test_anything_else_is_for_a_person_to_read(text: str) -> None:
    assert not is_stop(text)


@given(st.text(max_size=200))
def test_any_text_is_one_or_the_other(text: str) -> None:
    assert is_stop(text) in {True, False}
