"""What nobody sees says nothing, whatever its category is."""

from __future__ import annotations

import pytest

from arrears.kernel.unseen import is_blank


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "\u200b\u2060",
        "\u3164",
        "\u115f\u1160",
        "\uffa0 ",
        "\u2800\u2800",
        "\u034f",
        "\ufe0f",
        "\U000e0101",
    ],
)
def test_what_is_drawn_as_nothing_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", "好", "1", "?", "한", "⠃", "\u3164!", "👍"])
def test_what_is_seen_is_not(text: str) -> None:
    assert not is_blank(text)
