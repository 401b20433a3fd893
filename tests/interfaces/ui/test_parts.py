"""An address is read part by part; what is misspelt, wrong or not followed is left over, and told."""

from __future__ import annotations

from datetime import date

import pytest
from django.http import QueryDict

from arrears.interfaces.ui import keyset
from arrears.interfaces.ui.parts import SHOWN, SHOWN_MOST, Parts

CURSOR = keyset.pack(["2026-11-23", "C1"])


def of(query: str) -> Parts:
    return Parts(QueryDict(query))


@pytest.mark.parametrize(
    ("query", "read", "value"),
    [
        ("stage=EARLY", lambda asked: asked.one_of("stage", {"EARLY"}), "EARLY"),
        ("on=2026-11-23", lambda asked: asked.day("on"), date(2026, 11, 23)),
        ("after=0", lambda asked: asked.number("after"), 0),
        ("text=%20Lin+Yue%20", lambda asked: asked.text("text"), "Lin Yue"),
        ("mine=yes", lambda asked: asked.flag("mine", "yes"), True),
        ("p=a&p=b&p=a", lambda asked: asked.some_of("p", ["b", "a"]), ["a", "b"]),
        (f"after={CURSOR}", lambda asked: asked.place([date, str]), (date(2026, 11, 23), "C1")),
        (f"until={CURSOR}", lambda asked: asked.place([date, str], "until"), (date(2026, 11, 23), "C1")),
    ],
)
def test_what_is_of_its_kind_is_followed_and_nothing_is_told(query, read, value):
    asked = of(query)

    assert read(asked) == value
    assert asked.not_understood() == []


@pytest.mark.parametrize(
    ("query", "read", "value"),
    [
        ("stage=early", lambda asked: asked.one_of("stage", {"EARLY"}, otherwise="LATE"), "LATE"),
        ("on=31-12", lambda asked: asked.day("on"), None),
        ("after=-1", lambda asked: asked.number("after"), None),
        ("text=abcd", lambda asked: asked.text("text", longest=3), ""),
        ("mine=no", lambda asked: asked.flag("mine", "yes"), False),
        ("after=!!", lambda asked: asked.place([date, str]), None),
        (f"after={CURSOR}", lambda asked: asked.place([int, str]), None),
    ],
)
def test_what_is_none_of_its_kind_is_left_out_and_told(query, read, value):
    asked = of(query)

    assert read(asked) == value
    assert asked.not_understood() == [query]


def test_what_nobody_asked_for_is_told():
    asked = of("stge=EARLY&stage=EARLY")
    asked.one_of("stage", {"EARLY"})

    assert asked.wrong() == [("stge", "EARLY")]


def test_of_several_the_last_is_followed_and_the_others_are_told():
    asked = of("stage=LATE&stage=EARLY")

    assert asked.one_of("stage", {"EARLY", "LATE"}) == "EARLY"
    assert asked.not_understood() == ["stage=LATE"]


def test_of_those_that_are_ticked_the_wrong_ones_are_told():
    asked = of("p=a&p=x")

    assert asked.some_of("p", ["a"]) == ["a"]
    assert asked.not_understood() == ["p=x"]


def test_an_empty_part_asks_for_nothing():
    asked = of("status=&kind=%20&nobody=")

    assert (asked.one_of("status", {"OPEN"}, otherwise="OPEN"), asked.text("kind")) == ("OPEN", "")
    assert asked.not_understood() == []


def test_what_is_shown_again_is_short_and_cannot_turn_the_text_around():
    told = of("x=" + "y" * 500).not_understood()

    assert told == ["x=" + "y" * (SHOWN - 2) + "…"]
    assert of("x=a%E2%80%AEb").not_understood() == ["x=a·b"]
    assert of("&".join(f"p{n}=1" for n in range(500))).not_understood()[SHOWN_MOST:] == ["…"]
