"""Whose name is it that a turn stands under: our own, an announcement's, the other side's, or nobody's who is known?

Asked by `turns` and `transcripts`, so that both know the same names.
"""

from __future__ import annotations

import re

from arrears.rules.speech import told

OWN, ANNOUNCED, OTHER, NOBODY = "OWN", "ANNOUNCED", "OTHER", ""
#: Who can be nobody but ours: a caller, a lawyer or an officer may be either side's, and is on no list.
_OURS = """
agent collector debt_collector operator staff bot robot voicebot chatbot assistant ai system csr rep representative
adviser advisor we us call_center call_centre callcenter
坐席 座席 客服 客服人员 智能客服 催收员 催收人员 催收专员 催收 外访员 外访人员 外勤 员工 机器人 专员 工作人员 经办人
客户经理 我方
"""
_SAID_BY_NOBODY = (
    "ivr announcement announcer prompt voice_prompt recording 系统 系统语音 语音提示 语音播报 提示音 录音提示 自动语音"
)
_THEIRS = "user 用户 对方 机主 被叫 接听人 第三人 第三方 家属 third_party third_person"
#: Who may answer for the other side, by themselves or as somebody's of theirs: `妻子`, `客户妻子`, `borrower's wife`.
_KIN = """
妻子 丈夫 老婆 老公 爱人 配偶 父亲 母亲 爸爸 妈妈 父母 儿子 女儿 哥哥 弟弟 姐姐 妹妹 亲属 家人 家属 联系人 紧急联系人
wife husband spouse mother father mum mom dad parent son daughter brother sister relative family
"""
_WHO = {
    **dict.fromkeys(_OURS.split(), OWN),
    **dict.fromkeys(_SAID_BY_NOBODY.split(), ANNOUNCED),
    **dict.fromkeys((*_THEIRS.split(), *_KIN.split()), OTHER),
}
_KIN_OF = re.compile(rf"(?P<owner>.+?)(?:'s_|s_|的|_)?(?P<kin>{'|'.join(_KIN.split())})")
#: What follows a name and is none of it: a remark in brackets, a number, a letter by itself or behind Chinese.
_REMARK = re.compile(r"[(\[（【].*")
_NUMBER = re.compile(r"(?:[\W_]*\d+|[\W_]+[a-z]|(?<=[\u3400-\u9fff])[a-z])+$")
#: No name is longer.
LONGEST = 60


def side(name: str) -> str:
    """OWN, ANNOUNCED, OTHER, or NOBODY for a name that is on no list.

    example : side("Agent 1"), side("坐席A") -> OWN; side("客户妻子"), side("客户(哭)") -> OTHER
    """
    word = _REMARK.sub("", name[:LONGEST].strip().lower())
    word = re.sub(r"[\s_-]+", "_", word.replace("’", "'")).strip("_.#:")
    return _listed(word) or _listed(_NUMBER.sub("", word))


def _listed(word: str) -> str:
    if told.who(word) != told.THIRD:
        return OTHER
    kin = _KIN_OF.fullmatch(word)
    if kin and _WHO.get(kin["owner"], OTHER if told.who(kin["owner"]) != told.THIRD else NOBODY) == OTHER:
        return OTHER
    return _WHO.get(word, NOBODY)
