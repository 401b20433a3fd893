"""Names of lenders that hold a word of authority or of a product, made neutral: a Federal Credit Union is no agency.

Asked by `screening` before a text is judged. Only the name is touched, character for character, so that places stay
true; what may be an office of a court, of the police or of a regulator is left as it stands.
"""

from __future__ import annotations

import re

_AUTHORITY = "police|officers?|sheriff|marshal|judge|justice|court|federal|attorney(?:'s)?|state|county|navy|government"
_BESIDE = "federal|street|title|motors?|employees|teachers|association|first|national|square|road|hill|park|way|line"
_TRADE = "credit union|bank|savings|insurance|card services|finance|lending|loans|capital"
_OFFICE = "office|officer|department|division|unit|section|bureau|court|agent"
_ENGLISH = re.compile(
    rf"\b(?P<name>(?:{_AUTHORITY}|navy federal)(?: (?:{_BESIDE}))*)(?= (?:{_TRADE})\b(?! (?:{_OFFICE})))"
)
#: A house that calls itself a group; where people are told of something together is no house.
_GROUP = re.compile(
    r"(?:(?<=^)|(?<=this is )|(?<=i'm with )|(?<=i am with ))"
    r"(?!family|class|village|work|chat|parent|neighbo|staff|owner)[a-z&]{2,14} group(?=[:.,]| here)"
)
#: Who speaks, of a house whose name says its trade and holds no word for an office of the state.
_CHINESE = re.compile(
    r"(?:我|这里|这边)(?:是|来自)(?P<name>[^,。!?:;的院局所委队办警察检公安法税监部处会政府]{2,10})的"
    r"(?=客服|专员|贷后|工作人员|员工|坐席|小)"
)
_CHINESE_TRADE = re.compile(r"银行|金融|贷|呗|金条|白条|月付|普惠|分期|信用卡|租赁|保理")
_STATE = re.compile(r"人民银行|中央|央行|人行|征信|反诈|网信|仲裁|调解|律师|国家")
_NEUTRAL, _CHINESE_NEUTRAL = "lakeside", "某某消费金融"


def neutral(text: str) -> str:
    """A folded text with such names made neutral, of the same length.

    example : neutral("this is navy federal credit union") -> "this is lakesidelake credit union"
    """
    if "是" in text or "来自" in text:
        text = _CHINESE.sub(_chinese, text)
    return _neutral(_ENGLISH, text)


def grouped(text: str) -> str:
    """A folded text with houses that call themselves a group made neutral: elsewhere a group is where shame spreads."""
    return _neutral(_GROUP, text)


def _neutral(names: re.Pattern[str], text: str) -> str:
    return names.sub(lambda found: (_NEUTRAL * 5)[: len(found[0])].ljust(len(found[0])), text)


def _chinese(found: re.Match[str]) -> str:
    name = found["name"]
    if not _CHINESE_TRADE.search(name) or _STATE.search(name):
        return found[0]
    return found[0].replace(name, _CHINESE_NEUTRAL[-len(name) :].rjust(len(name), "某"), 1)
