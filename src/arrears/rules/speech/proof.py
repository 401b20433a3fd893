"""What one statement proves: that something is so, that it is not, or that it is in doubt.

Asked by `truths`. What forbids us something is believed as soon as it is told and not denied; what allows us to say
something must be affirmed, for a plan, a draft or a question mark has never filed a suit. A value affirms in plain
words, a date or a number; a sentence by what it tells as done, and by us.
"""

from __future__ import annotations

import re

#: What we may claim, or tell a third person, only where it is so.
ALLOWING = frozenset(
    (
        *("suit", "judgment", "police", "lawyer", "officer", "discount", "payee", "fee", "credit", "authorised"),
        *("liable", "visit", "hours", "agency", "recording", "verified"),
    )
)
#: Of those, what is an act at a court or with the police: a sentence tells of it as done, or it is only meant.
ACTS = frozenset(("suit", "judgment", "police"))
#: What a state that stands beside it, `status: withdrawn`, can be of.
TAKEN_BACK = ACTS | {"authorised"}
_NO = re.compile(
    r"\b(no|not|never|neither|nor|none|without|false|fake|invented|untrue|unreal|unproven|nothing|wrong|incorrect|"
    r"isn'?t|wasn'?t|hasn'?t|haven'?t|"
    r"doesn'?t|didn'?t|can'?t|cannot|unlicen[cs]ed|un(filed|authori[sz]ed|approved|verified|"
    r"confirmed)|non|personal|private|refus(ed|es)|"
    r"withdrawn|dismissed|lapsed|denied|declined|turned down|"
    r"pretend(s|ed|ing)?|posing|bluff|made.up|fictitious|bogus|sham|"
    r"standing offer|any ?time|all (month|year)"
    r"|ongoing|permanent|open-ended|always available|"
    r"renew(ed|s|able)|every month|n)\b"
    r"|未|没|无|不|非(?!诉)|假|虚|否|错|个人(微信|账户)|私人|长期有效|随时|每月都|撤诉|驳回|被拒|尚|编造|编的|捏造|谎|拒绝|冒充|自称"
)
_YES = re.compile(
    r"\b(not (only|just|false|fake)|no (later|doubt|fee)|without (doubt|prejudice)|"
    r"(case|claim|docket|cause|index|reference|licen[cs]e|bar) no(?! longer))\b"
    r"|不日|不低于|不少于|无误|不变|无疑|未来|无条件|案号|无争议|是否"
)
#: Topic → what makes a statement of it false though nothing in it denies, and what denies nothing in it.
_NO_OF = {
    "discount": r"(same|repeat|again|renew|extend).{0,40}next (week|month)|next (week|month) too|"
    r"天天|每天都|每周都|一直(都?有|在|开)|照样有|"
    r"(下个?月|下周|之后|到期后)(仍|还|再|也|继续|会延长)|循环",
    "payee": r"\bown\b(?!.{0,12}(trust|client|business|company|corporate|collection))|"
    r"collector|agent|staff|employee|催收员|员工|个人|经理",
    "moratorium": r"\b(ended|finished|expired|over)\b|(已|期)(结束|届满|到期)",
    "disputed": r"resolved|closed|rejected|answered|investigated|已(解决|答复|撤回|处理完)",
    "judgment": r"for the (defendant|borrower|debtor|consumer|customer)|败诉",
    "lawyer": r"withdrew|stepped down|released|dropped|解除|终止",
    "represented": r"withdrew|stepped down|released|dropped|解除|终止",
}
_YES_OF = {
    "renounced": r"(放弃|未|没有?)(了)?继承|refuse\w*|no estate|nothing",
    "open_offer": r"all year|every (night|day|week|month)|ongoing|permanent|长期有效|每(晚|天|周|月都)|随时",
    "discount": (
        r"(not|won't|never) (be )?(renewed|extended|repeated|available (after|again))|"
        r"(不再?|未)(续期|延长|延期|续|重复)"
    ),
    "forged": r"made.?up|fake|forged|invented|not (genuine|real)|伪造|编造|自制|假",
    "ceased": r"do.?not|not to|no (more|further|contact)|refus(ed|es)|不要|别|拒绝|拒收",
    "disputed": r"(not|never)( yet)?( been)? (resolved|answered|verified|closed)|unresolved|"
    r"(尚未|未|没有|没|还没)(处理|答复|解决|核实|回复|核查)",
    "self_harm": r"不想活",
}
#: What was done and is no more; a fee that was taken back was one.
_UNDONE = re.compile(
    r"\b(revoked|rescinded|cancell?ed|vacated|set aside|discontinued|struck out|annulled|overturned|quashed|reversed|"
    r"rejected|invalid|void|forged|in error|by mistake|mistakenly)\b|"
    r"撤销|撤回|吊销|作废|退回|伪造|误(报|立|诉)|已(经)?(取消|终止|失效|过期|到期|结束)"
)
#: That an act, or a leave, of before was taken back.
_TAKEN = (
    r"(?:\b(?:revoked|rescinded|cancell?ed|vacated|set aside|discontinued|struck out|annulled|overturned|quashed|"
    r"lapsed|withdrawn|"
    r"dismissed(?! (?:the |his |her |their )?(?:objection|defen[cs]e|appeal|motion|counter|application)))\b|"
    r"撤诉|撤销|撤回|吊销|作废|被拒|驳回(?!.{0,8}(?:异议|上诉|申请|抗辩|反诉)))"
)
_TAKEN_BACK = re.compile(_TAKEN)
#: The same, where it stands by itself, at most with its day, and speaks of what was told before it.
_SINCE = re.compile(
    rf"[\W\d]*+(?:(?:and|then|later|since|but|was|were|now|has|have|been|后|又|再|已|现|并|于|日|月|年)[\W\d]*+)*+"
    rf"{_TAKEN}[\W\d]*+(?:(?:on|in|at|as of|by us|again|of|st|nd|rd|th|了|日|月|年|january|february|march|april|june|"
    r"july|august|september|october|november|december|jan|feb|mar|apr|may|jun|jul|aug|sept|sep|oct|nov|dec)[\W\d]*+)*+"
)
#: That nothing of the kind happened.
_STANDS = re.compile(r"\b(not|never|hasn'?t|wasn'?t)( yet)?( been)? \w+|(未|没有?|尚未|并未).{0,4}")
_STATE = re.compile(r"^(status|state|outcome|result|since|now|状态|结果|现况|备注|note)$")
#: What is not known, not decided, or over.
_DOUBT = re.compile(
    r"\b(unknown|unclear|uncertain|unsure|tb[acd]|to be (confirmed|decided|determined|checked|agreed|announced)|"
    r"plan(ned|ning)|plans? to|drafts?|drafted|propos(ed?|al|ing)|maybe|perhaps|possibl[ey]|probably|"
    r"consider(s|ed|ing)?|(under|in) (consideration|review|discussion|assessment|preparation)|"
    r"await(s|ing)?|waiting|expired|pending(?! (in|before|at|since|for)\b))\b|"
    r"待(?!遇|开庭|判|审(?![批核]))|计划(?!已|获|经)|考虑|评估|研究|商议|草[稿拟案]|可能|或许|也许|大概|存疑|未知|不详|不明|不确定|[批核申起]中|办理中"
)
#: What is asked is not told.
_ASKED = re.compile(r"[?？]|是否|有没有|有无")
#: What is meant, or made ready, and therefore not done.
_MEANT = re.compile(
    r"(?<!hearing )(?<!trial )(?<!heard )\bnext (week|month|quarter|year)\b(?!.{0,24}(hear|trial))|"
    r"\b(after|by) (\d{4}-|\d{1,2}[/.]|\d{1,2}(st|nd|rd|th)? (jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))|"
    r"下(周|个?月|季度)(?!.{0,8}(开庭|审理))|"
    r"\b(intend(s|ed|ing)?|intention|expect(s|ed|ing)?|prepar(es?|ed|ing)|going to|about to|ready to|to be \w+|"
    r"might|could|would|(will|shall|(?<!\d )(?<!since )(?<!in )may(?! \d))"
    r"(?!.{0,30}\b(hear|heard|hearing|held|trial|take place)\b))\b|"
    r"拟|打算|准备|筹备|起草|写好|预计|即将|将(?!.{0,12}(开庭|审理|宣判))"
)
#: A suit or a report of somebody else, or about somebody else.
_OTHERS = re.compile(
    r"\b(borrower|debtor|customer|consumer|she|he|they) (has |have |had )?(already |also )?"
    r"(filed|sued|suing|lodged|brought|reported|made|started|commenced|called)\b"
    r"(?!.{0,20}(defen[cs]e|answer|appeal|respon|counter|motion|objection|acknowledg))|"
    r"\b(guarantor|co.?(borrower|debtor|signer)|surety|spouse|brother|sister|namesake)s? (was|were|is|has been) sued\b|"
    r"against (the |their |his |her )?(guarantor|co.?(borrower|debtor|signer)|surety|spouse|brother|namesake)|"
    r"(保证人|担保人|共同借款人|配偶|同名|重名).{0,6}(起诉|被诉|立案|诉讼|他人)|同名|重名|"
    r"against (us|our|the (bank|lender|creditor|company|agency))\b|"
    r"\b(another|other|different|unrelated) (\w+ )?(borrower|creditor|lender|bank|debtor|customer|person|company|loan)|"
    r"(借款人|债务人|客户|对方|他|她)(已经?|曾|要|将)?(向.{0,8})?(起诉|控告|告|投诉|报案|报警)|"
    r"(起诉|状告|控告)了?(我|本行|银行|公司|平台)|(其他|其它|别的|另一|另外|他人|朋友|同事|家人).{0,8}(案|起诉|立案|诉讼|债权人)"
)
#: That a court or the police was not gone to, said of the act itself.
_NOT_DONE = re.compile(
    r"(未|没有?|尚无)(提起|申请)?(起诉|诉讼|立案|受理|判决|报案|报警)|"
    r"\b(no|not|never) (a |any |been |yet |yet been )?(sued|filed|suit|lawsuit|judgment|police)\b"
)
#: What a value affirms with.
_PLAIN = re.compile(
    r"\d|\b(true|yes|y|t|on|ok|okay|correct|right|confirmed|verified|approved|agreed|accepted|granted|given|signed|filed|"
    r"issued|served|entered|obtained|registered|lodged|commenced|made|done|completed?|active|valid|real|genuine|lawful|"
    r"official|corporate|company|permit(s|ted)?|allow(s|ed)|authori[sz]e[sd]?|consent(s|ed)?|licen[cs]ed|admitted|"
    r"instructed|retained|in force|in place|on file|exists?|joint|recorded|received|volunt\w+|contract|statute|law|"
    r"agreement)\b|"
    r"是|有|对|真|已|实|生效|同意|约定|允许|授权|确认|批准|签|官方|合法|正确|准确|受理|立案|在案|在册|存在|自愿|持证|合同"
)
#: Of an act these tell that it may be done, and not that it was.
_LEFT_TO_DO = re.compile(
    r"\b(approved|agreed|accepted|authori[sz]ed?|permits?|permitted|allow(s|ed)|instructed|retained)\b|"
    r"已?[获经]?(批准|同意|授权|允许)"
)
#: Who acts, and against whom, told beside an act: under a key, and who it is not to be.
_ACTOR = re.compile(
    r"^by$|\b(filed|sued|brought|suit|issued|lodged|started|claimed|judgment)( \w+)? by$|plaintiff|claimant|原告|起诉方"
)
_AGAINST = re.compile(r"\b(defendant|against|respondent)$|被告|被起诉人")
_ELSE = re.compile(
    r"\b(guarantor|co.?(borrower|debtor|signer)|surety|spouse|another|other|different|unrelated|namesake)\b|"
    r"保证人|担保人|共同借款人|配偶|他人|别人|其他|另一|同名"
)
_THEM = re.compile(r"\b(borrower|debtor|customer|consumer)\b|(?<!共同)(借款人|债务人)|客户")
#: A suit that is before a court was filed, and is not judged yet.
_IN_COURT = re.compile(
    r"\b(in|under) (court|litigation|suit)\b(?! (team|unit|department|queue|review|fees?|costs?))|"
    r"\bbefore (the|a) (\w+ )?court\b|\b(on|at) trial\b|\bbeing (heard|litigated)\b|\bsub judice\b|"
    r"诉讼中(?!心)|(?<!内部)(?<!法务)审理中(?!心)|正在审理|进入审理|[一二再]审(?![批核])|开庭"
)
_IN_TIME = re.compile(r"\b(within|inside|still|runs? until|years? left)\b|期内|以内|尚在|仍在|届满前")
_FALSE = frozenset(("false", "no", "0", "n", "none", "null", "nil", "f", "off", "否", "无", "假", "没有", "未", "不是"))


def holds(topic: str, key: str, value: str) -> bool | None:
    """Does a statement of a topic (blank: of none) affirm it or deny it? None where it does neither.

    key : blank for a sentence
    """
    if is_false(value):
        return False
    said = _said(key, value)
    if is_doubted(topic, key, value):
        return None
    denied = _YES.sub(" ", said)
    if topic in _YES_OF:
        denied = re.sub(_YES_OF[topic], " ", denied)
    if _NO.search(denied) or (topic in _NO_OF and re.search(_NO_OF[topic], denied)):
        return False
    if topic == "time_barred":
        return not _IN_TIME.search(said)
    if topic not in ALLOWING:
        return True
    if topic != "fee" and _UNDONE.search(said):
        return False
    plain = value.lower().replace("_", " ")
    if topic in ACTS:
        plain = _LEFT_TO_DO.sub(" ", plain)
    return None if key and not (_PLAIN.search(plain) or (topic == "suit" and _IN_COURT.search(plain))) else True


def is_doubted(topic: str, key: str, value: str) -> bool:
    """Does a statement leave open what may be claimed only where it is so: unknown, planned, or somebody else's?

    Of a sentence only acts are doubted: what else is noted as meant is mostly meant for later.
    """
    said = _said(key, value)
    if topic in ALLOWING and _ASKED.search(value if key else said):
        return True
    if topic in ACTS:
        return any(words.search(said) for words in (_DOUBT, _MEANT, _OTHERS)) or not re.search(r"\w", value)
    return bool(key and topic in ALLOWING and (_DOUBT.search(value.lower()) or not re.search(r"\w", value)))


def takes_back(topic: str, said: str) -> bool:
    """Is an act itself denied, whatever stands beside it: arbitration applied for, not sued?"""
    return topic in ACTS and bool(_NOT_DONE.search(said))


def is_false(value: str) -> bool:
    """Is a value a plain no?"""
    return value.strip().lower() in _FALSE


def is_bare(value: str) -> bool:
    """Does a value affirm without a word or a day of what was done?"""
    return not re.search(r"\d|filed|issued|served|entered|lodged|commenced|立案|受理|起诉|判决|报案", value.lower())


def is_undone(topic: str, key: str, value: str) -> bool:
    """Does a statement of a topic tell that what was is no more, whatever was told before it?"""
    if topic not in ALLOWING or topic == "fee" or is_false(value):
        return False
    said = _STANDS.sub(" ", _YES.sub(" ", _said(key, value)))
    return topic not in ("discount", "hours") and bool(_TAKEN_BACK.search(said))


def undoes(key: str, value: str) -> bool:
    """Does a statement of no topic take back what stands beside it: `withdrawn on 9 Oct`, `status: revoked`?"""
    said = value.lower().replace("_", " ")
    return (not key or bool(_STATE.match(key.strip().lower()))) and bool(_SINCE.fullmatch(said))


def is_anothers(key: str, value: str) -> bool:
    """Does a statement name somebody else as who acts, or against whom, beside an act?"""
    name, said = key.lower().replace("_", " ").strip(), value.lower()
    if _ACTOR.search(name):
        return bool(_ELSE.search(said) or _THEM.search(said))
    return bool(_AGAINST.search(name) and _ELSE.search(said) and not _THEM.search(_ELSE.sub(" ", said)))


def _said(key: str, value: str) -> str:
    return f"{key} {value}".strip().lower().replace("_", " ")
