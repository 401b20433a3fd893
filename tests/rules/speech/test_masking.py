"""What leaves the house tells of nobody, and every place in it is a place in the original."""

from __future__ import annotations

import pytest

from arrears.rules.speech import masking


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("王建国先生，请回电13800000001", ["王建国", "13800000001"]),
        ("身份证 11010519491231002X 已登记", ["11010519491231002X"]),
        ("身份证一一零一零五一九四九", ["一一零一零五一九四九"]),
        ("您好，我是李小龙，邮箱 li.xl@example.com", ["李小龙", "li.xl@example.com"]),
        ("全角１３８００００００１１", ["１３８００００００１１"]),
        ("138-0000-0001 或 138 0000 0001", ["138-0000-0001", "138 0000 0001"]),
        ("住址：上海市浦东新区世纪大道100号2栋301室", ["100号", "301室"]),
        ("加我微信：zhang_3344", ["zhang_3344"]),
        ("看 https://pay.example/u/abc?id=7", ["pay.example/u/abc"]),
        ("Hello Mr. John Smith, call +1 (555) 123-4567", ["John Smith", "555", "4567"]),
        ("My name is Mary Jane Watson", ["Mary Jane Watson"]),
        ("You live at 12 Baker Street", ["12 Baker Street"]),
    ],
)
def test_names_numbers_and_places_are_struck_out(text: str, hidden: list[str]) -> None:
    masked = masking.masked(text)
    assert len(masked) == len(text)
    assert [part for part in hidden if part in masked] == []


def test_names_that_are_known_are_struck_wherever_they_stand() -> None:
    masked = masking.masked("阿依古丽说过，AYGUL owes it", names=["阿依古丽", "Aygul", " "])
    assert masked == "****说过，***** owes it"


@pytest.mark.parametrize(
    "text",
    [
        "您的账单已逾期45天，请尽快处理",
        "刑法第196条",
        "we will call at 9 am",
        "明天就让警察抓你",
        "再不还就上门找你家人",
    ],
)
def test_what_tells_of_nobody_stays(text: str) -> None:
    assert masking.masked(text) == text


def test_long_texts_of_what_it_looks_for_are_masked_in_time() -> None:
    parts = ("1", "a", "A", "dear ", "Dear ", "我是王", "a.b@", "路1", "王", "1 A ", "wx", " ")
    for text in (part * (60_000 // len(part)) for part in parts):
        assert len(masking.masked(text)) == len(text)
