"""Whose name a turn stands under."""

from __future__ import annotations

import pytest

from arrears.rules.speech import speakers


@pytest.mark.parametrize(
    ("side", "names"),
    [
        (
            speakers.OWN,
            ["Agent", "agent 1", "AGENT-2", "坐席A", "客服 01", "debt collector", "客户经理", "催收员（女）"],
        ),
        (speakers.ANNOUNCED, ["IVR", "语音提示", "voice prompt", "系统"]),
        (
            speakers.OTHER,
            ["客户", "客户1", "客户妻子", "借款人的爱人", "Borrower’s wife", "self", "guarantor #2", "用户"],
        ),
        (speakers.NOBODY, ["", "Speaker 2", "B", "王女士", "lawyer", "caller", "律师", "x" * 10_000]),
    ],
)
def test_a_name_is_one_side_s_or_nobody_s(side: str, names: list[str]) -> None:
    assert [speakers.side(name) for name in names] == [side] * len(names)
