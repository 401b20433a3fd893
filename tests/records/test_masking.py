"""How much of an identity stands on a screen: two people can be told apart, neither can be reached."""

import pytest

from arrears.records.privacy import masking


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("上海市浦东新区演示路429号", "上海市****"),
        ("内蒙古自治区呼和浩特市演示街1号", "内蒙古自治区****"),
        ("演示路429号", "****"),
        ("北京路12号", "****"),
        ("解放路8号市场", "****"),
        ("12 Elm Street", "****"),
        ("7A", "****"),
        ("", "****"),
    ],
)
def test_of_an_address_the_province_alone_and_never_a_street(text, shown):
    assert masking.address(text) == shown
