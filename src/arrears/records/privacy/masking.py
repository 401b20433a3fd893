"""How much of an identity may stand on a screen: enough to tell two people apart, too little to reach either.

Called by queries that unseal a field for showing; the whole value leaves the vault only by a reveal with a purpose.
"""

from __future__ import annotations

import re

MARK = "*"
#: Stands for what does not open: a page shows the rest, and `arrears vault verify` names the field.
UNOPENED = "???"
#: Left out, so that the masked number reads as people say it.
HOME_PREFIX = "+86"
#: Inside other words: what is as long as a telephone or ID number and no day, and an e-mail address.
_NUMBER, _DAY = re.compile(r"\+?(?:\d[\s-]?){6,}\d"), re.compile(r"\d{4}-\d{2}-\d{2}")
_EMAIL = re.compile(r"[^\s@,;<>()]+@[^\s@,;<>()]+")


def name(text: str) -> str:
    """The family name, or each word's first letter: `张伟` → `张*`, `Ann Lee` → `A** L**`."""
    words = text.split()
    if not words:
        return ""
    if len(words) == 1 and not text.isascii():
        return words[0][:1] + MARK * min(3, max(1, len(words[0]) - 1))
    return " ".join(word[:1] + MARK * 2 for word in words)


def number(text: str, *, head: int = 3, tail: int = 4) -> str:
    """A phone or ID number with its middle hidden; hidden whole when too short to hide enough."""
    if text.startswith(HOME_PREFIX):
        text = text.removeprefix(HOME_PREFIX)
    if len(text) < head + tail + 3:
        return MARK * max(4, len(text))
    return text[:head] + MARK * (len(text) - head - tail) + text[-tail:]


def email(text: str) -> str:
    """`wang.lei@example.cn` → `w***@example.cn`."""
    local, _, host = text.partition("@")
    return f"{local[:1]}{MARK * 3}@{host}"


def handle(text: str) -> str:
    """What somebody is called in an app, or a QQ number: `wxid_77` → `w****`; of a short one nothing."""
    return (text[:1] if len(text) > 3 else "") + MARK * 4


def inside(text: str) -> str:
    """Words without the numbers and addresses that reach somebody: `寄 13988877766` → `寄 139****7766`."""
    return _NUMBER.sub(_but_a_day, _EMAIL.sub(lambda found: email(found.group()), text))


def _but_a_day(found: re.Match[str]) -> str:
    return found.group() if _DAY.fullmatch(found.group()) else number(found.group())


#: By their full names alone: a street that is called after a province (`北京路`) does not pass for one.
PROVINCES = (
    *(
        "北京市",
        "天津市",
        "上海市",
        "重庆市",
        "河北省",
        "山西省",
        "辽宁省",
        "吉林省",
        "黑龙江省",
        "江苏省",
        "浙江省",
        "安徽省",
    ),
    *(
        "福建省",
        "江西省",
        "山东省",
        "河南省",
        "湖北省",
        "湖南省",
        "广东省",
        "海南省",
        "四川省",
        "贵州省",
        "云南省",
        "陕西省",
    ),
    *(
        "甘肃省",
        "青海省",
        "台湾省",
        "内蒙古自治区",
        "广西壮族自治区",
        "西藏自治区",
        "宁夏回族自治区",
        "新疆维吾尔自治区",
    ),
    *("香港特别行政区", "澳门特别行政区"),
)


def address(text: str) -> str:
    """The province where it begins with one, never a street: `上海市演示路429号` → `上海市****`, else `****`."""
    plain = text.lstrip()
    return next((province for province in PROVINCES if plain.startswith(province)), "") + MARK * 4
