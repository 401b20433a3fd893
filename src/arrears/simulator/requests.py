"""What the people of the market ask about their own data, and to what they consent: always the same of the same.

Called by `actions.live_privacy`. Nothing here is drawn: who asks what follows from an identifier.
"""

from __future__ import annotations

from collections.abc import Mapping

from arrears.kernel import identifiers

#: What is asked → how it may be put; what is asked more often stands there more often.
WORDS: Mapping[str, str] = {
    "ACCESS": "请把你们保存的我的全部信息发给我一份。",
    "EXPLANATION": "为什么系统把我转到后期催收？我想知道依据是什么。",
    "DELETION": "请删除我的个人信息。",
    "OBJECTION": "不要再给我发短信了，有事打电话。",
    "CORRECTION": "我换工作了，登记的单位不对。",
    "RESTRICTION": "账目有争议，核实清楚之前不要再使用我的信息。",
}
ASKED = ("ACCESS", "EXPLANATION", "DELETION", "OBJECTION", "ACCESS", "CORRECTION", "EXPLANATION", "RESTRICTION")
#: Purposes to which people consent on the phone; none of them changes when the house contacts anybody.
CONSENTS = ("SMS", "EMAIL", "WORKPLACE")


def asks(contact_id: str, one_in: int) -> str:
    """What whoever was contacted asks about their data; blank when they ask nothing."""
    luck = identifiers.partition_of(identifiers.derived_id("asks", contact_id), one_in * len(ASKED))
    return ASKED[luck // one_in] if luck % one_in == 0 else ""


def consents(contact_id: str, one_in: int) -> str:
    """To what whoever was spoken with consents; blank when to nothing."""
    luck = identifiers.partition_of(identifiers.derived_id("consents", contact_id), one_in * len(CONSENTS))
    return CONSENTS[luck // one_in] if luck % one_in == 0 else ""


def happens(what: str, identifier: str, one_in: int) -> bool:
    """One in so many, by its identifier."""
    return identifiers.partition_of(identifiers.derived_id(what, identifier), one_in) == 0
