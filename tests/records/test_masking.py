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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("寄 13988877766", "寄 139****7766"),
        ("ID 110101199003071234", "ID 110***********1234"),
        ("wang.lei@example.cn 2026-11-20", "w***@example.cn 2026-11-20"),
        ("（2026）沪0115民初12345号", "（2026）沪0115民初12345号"),
    ],
)
def test_inside_other_words_numbers_and_addresses_are_hidden_and_days_are_not(text, shown):
    assert masking.inside(text) == shown
