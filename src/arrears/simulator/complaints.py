"""What the people of the market complain of, in their words, and what the lender finds: always the same of the same.

Called by `actions.live_complaints`. Nothing here is drawn: a complaint follows from what was done to whom, and its
wording and its end from its identifier.
"""

from __future__ import annotations

from collections.abc import Mapping

from arrears.kernel import identifiers

#: kind of complaint → how it may be put
WORDS: Mapping[str, tuple[str, ...]] = {
    "CONDUCT": ("你们的催收员说话太难听了，我要投诉他的态度。", "打电话的人一上来就训我，这样对客户合适吗？"),
    "FREQUENCY": ("一天到晚发短信，我知道要还，能不能别催得这么紧？", "上班时间一直打进来，影响我工作了。"),
    "THIRD_PARTY": ("你们为什么联系我的家人？欠款是我一个人的事。", "我不是借款人，别再给我打电话了。"),
    "PRIVACY": ("上门的时候邻居都听见了，我的个人信息怎么保护的？", "你们从哪里得到我的新地址的？"),
    "AMOUNT": ("账单上的罚息算得不对，请给我一份明细。", "我上个月还过一笔，为什么还显示逾期？"),
    "SERVICE": ("我按短信里的方式还款一直失败，客服也打不通。", "还款以后三天了记录还没有更新。"),
}
#: channel of the contact that was one too many → what is complained of
KINDS: Mapping[str, tuple[str, ...]] = {
    "CALL": ("CONDUCT", "FREQUENCY", "AMOUNT"),
    "VISIT": ("PRIVACY", "CONDUCT"),
    "SMS": ("FREQUENCY", "SERVICE", "AMOUNT"),
}
#: (outcome, root cause, remedy, answer) by kind where it was found right, and everywhere else
RIGHT: Mapping[str, tuple[str, str, str]] = {
    "CONDUCT": ("OWN_STAFF", "APOLOGY", "经核查录音，我们的同事用语确有不当，向您致歉，并已对其培训。"),
    "FREQUENCY": ("RULES", "CONTACT_LIMITED", "经核查，联系次数确实偏多，我们已减少对您的联系，给您添麻烦了。"),
    "THIRD_PARTY": ("DATA", "DATA_CORRECTED", "经核查，该联系方式登记有误，已更正并停止使用，向您致歉。"),
    "PRIVACY": ("OWN_STAFF", "STAFF_TRAINED", "经核查，上门时未注意避开他人，我们已纠正，并加强了培训。"),
    "AMOUNT": ("DATA", "AMOUNT_CORRECTED", "经核对，入账有延迟，账单已更正，明细另行提供。"),
    "SERVICE": ("SYSTEM", "EXPLAINED", "经核查为系统故障，现已恢复，您的还款已按实际日期入账。"),
}
WRONG = ("NO_FAULT", "EXPLAINED", "我们核查了联系记录和账目，未发现不符合规定之处，明细另行提供，如有疑问可随时来电。")
#: Of ten complaints so many are found right, and so many right in part.
UPHELD_OF_TEN, PARTLY_OF_TEN = 3, 2


def kind_of(complaint_id: str, *, channel: str, is_third_party: bool) -> str:
    """What somebody complains of after a contact."""
    if is_third_party:
        return "THIRD_PARTY"
    return _one(KINDS.get(channel, KINDS["SMS"]), "kind", complaint_id)


def words_of(complaint_id: str, kind: str) -> str:
    """How they put it."""
    return _one(WORDS[kind], "words", complaint_id)


def found(complaint_id: str, kind: str, *, is_of_agency: bool) -> tuple[str, str, str, str]:
    """What the lender finds: outcome, root cause, remedy, and the answer in its words."""
    luck = identifiers.partition_of(identifiers.derived_id("found", complaint_id), 10)
    if luck >= UPHELD_OF_TEN + PARTLY_OF_TEN or kind not in RIGHT:
        return "NOT_UPHELD", *WRONG
    cause, remedy, answer = RIGHT[kind]
    if is_of_agency and cause == "OWN_STAFF":
        cause, remedy = "AGENCY_STAFF", "AGENCY_SANCTIONED"
    return ("UPHELD" if luck < UPHELD_OF_TEN else "PARTLY"), cause, remedy, answer


def _one(choices: tuple[str, ...], what: str, complaint_id: str) -> str:
    return choices[identifiers.partition_of(identifiers.derived_id(what, complaint_id), len(choices))]
