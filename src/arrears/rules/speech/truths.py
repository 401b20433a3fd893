"""What is true of a case, read leniently: `suit_filed=false`, `已立案，案号…`, {"discount_real": true}, ["no consent"].

Called by `told`. A topic that nothing speaks of stays unknown, and the rules decide what the unknown means for a claim.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from arrears.rules.speech import dates, proof

#: Topic → what speaks of it, in keys and in sentences. The first that fits a statement takes it.
TOPICS: Mapping[str, str] = {
    "collector": (
        r"^(?!.*(lawyer|attorney|police|officer|court|律师|警察|法院)).*"
        r"\b(sender|caller|sent by|called by|person calling)\b.{0,16}\b(collector|collections? (agency|agent|firm))|"
        r"(发送方|发件人|来电人|拨打人|打电话的).{0,6}(催收|collector)"
    ),
    "forged": (
        r"^(?!.*(offer|discount|deadline)).*\b(summons|document|letter|paper|court form|writ|seal|stamp)\w*.{0,24}"
        r"(made.?up|fake|forged|fabricat|mock|invented|not (genuine|real))|"
        r"(fake|forged|mock).{0,12}(summons|document|letter)|(伪造|编造|假)(的)?(传票|文书|公函|公章)|"
        r"(传票|文书|公函|通知书|律师函|公章|函件).{0,10}(自制|自行制作|自己做|伪造|编造|假)"
    ),
    "insulted": (
        r"(is|was|were|been|being|started|keeps?|had) (\w+ )?(swear|shout|abus|curs|insult|rude)\w*|"
        r"confirmed the (abuse|insult)|"
        r"(insult|abus|swear|swore|curs)\w* (at )?(the|our) (agent|caller|collector|staff)|"
        r"(辱骂|骂|侮辱).{0,2}(坐席|人|我|客服|员工)|坐席.{0,6}(辱骂|骂)|正在骂|破口大骂"
    ),
    "posted": (
        r"(posted|printed|stuck|pinned|put up|visible|shown) (\w+ )?(in|on|at|to) (a|the|an|her|his) .{0,24}"
        r"(group|envelope|wall|page|board|door|lift|window|outside|feed)|"
        r"[发贴印张].{0,6}(群|门外|墙|电梯|公告栏|楼道|朋友圈|信封|小区|网上)"
    ),
    "renounced": (
        r"(放弃|未|没有?)(了)?继承|"
        r"(renounce|disclaim|refuse)\w*.{0,16}(estate|inherit)|no estate|(inherited|estate)\W+nothing"
    ),
    "officer": (
        r"\b(is|are|as|by|genuine|real)\b.{0,24}"
        r"(bailiff|enforcement (agent|officer)|court officer|constable|sheriff|marshal)|"
        r"warrant of (control|execution)|(执行|承办)?法官|法警|法院(干警|执行人员|工作人员)"
    ),
    "represented": (
        r"^(?!.*(bank|lender|creditor).{0,15}represented)(?!.*recipient is).*represented|attorney.?(rep|on.?file)|"
        r"letter of representation|"
        r"has (an? |no )?(attorney|lawyer)|\b(his|her|their|customer's) (own )?(attorney|lawyer|solicitor)\b|"
        r"^(?!.*recipient is).*(borrower|debtor|consumer|customer)('s)?.{0,20}(attorney|lawyer|solicitor)|"
        r"(委托|聘请).{0,4}律师代理|有代理律师|由律师代理|(借款人|债务人|客户).{0,6}(委托|聘请|有|请了).{0,4}律师"
    ),
    "ceased": (
        r"cease(?!d.?borrower)|opt.?(ed)?.?out|stop.?(contact|call|request)|do.?not.?(call|contact|text)|"
        r"bankrupt|破产|"
        r"not to (be )?(call|contact|text)\w*(?!.{0,20}(night|work|weekend|after|before))|"
        r"no (more|further) (calls|contact)|no contact (request|wanted|please|order)|(request|ask|want)\w* no contact|"
        r"拒绝.{0,4}(联系|来电|短信)|停止联系|退订|(不要|别)再?(联系|来电|打)(?!.{0,6}(单位|公司|家|父母|同事))"
    ),
    "disputed": r"dispute|validation (request|pending)|异议(?!期)|争议",
    "self_harm": (
        r"self.?harm|suicid|kill (him|her|them|my)sel|end (his|her|their) life|wants? to die|"
        r"wants? to end it|overdos|(taken|took|swallow\w*) .{0,16}(tablets|pills)|on a (bridge|ledge)|轻生|自杀|自伤|"
        r"不想活|想死|寻死|跳楼|吞药|割腕|烧炭|天台|活不下去"
    ),
    "complaint": r"(?<!criminal )complain(?!.{0,25}(court|county))|投诉",
    "moratorium": r"breathing.?space|moratorium|(停催|暂停催收|延期).{0,8}(生效|批准|已批|获批|期内|期间)",
    "hardship": r"hardship|困难|重病|失业",
    "time_barred": r"time.?bar|statute.?(bar|of lim)|limitation|过.{0,3}时效|时效",
    "police": r"police|criminal|fraud report|warrant|arrest|报案|报警|公安|刑事|诈骗案",
    "judgment": (
        r"judg(e)?ment|enforce|\bwrits?\b|garnish(?!ee)|attachment of earnings|"
        r"判决|裁决|强制执行|执行(立案|裁定|案|程序|通知)|失信|限高"
    ),
    "suit": (
        r"\bclaims? (has |was |have )?(never |not )?(been )?(issued|served)|"
        r"\bsuit|lawsuit|suit_|sued|filed|filing|litigat|proceeding|court|case.?(no|number|ref)|legal.?action|"
        r"claim form|docket|起诉|撤诉|诉讼|立案|受理|案号|案件|法院|支付令|仲裁"
    ),
    "open_offer": (
        r"(offer|settlement|discount|deal|reduction|减免|优惠|方案|折扣|活动).{0,16}"
        r"(open|valid|good|stands?|runs?|available|有效|还有|持续|剩).{0,10}?([2-9]|\d{2,}) ?"
        r"(days|weeks|months|天|周|个?月)|"
        r"(offer|settlement|discount|deal|reduction|减免|优惠|方案|折扣|活动|政策).{0,12}"
        r"(all year|every (night|day|week)|until next|rolls over|全年|长期|每[晚天周]|[有效期]+至?(下|次)个?[月周])"
    ),
    "discount": (
        r"discount|offer|promo|settle|reduction|waiv|deadline|expir|end.?date|campaign|减免|优惠|折扣|"
        r"活动|截止|方案"
    ),
    "lawyer": (
        r"^(?!.*recipient is).*(lawyer|(?<!power of )attorney)|solicitor|admitted (here|to the bar|in )|"
        r"(associate|partner) (at|of|in) (our|the|a)\b|"
        r"licen[cs]e|bar (no|number|member)|law.?firm|mediat|律师|执业|"
        r"律所|调解"
    ),
    "payee": (
        r"payee|(official|corporate|company|trust|client|personal|private|own).{0,9}account|official.?channel|"
        r"account.{0,18}(personal|private|collector|agent|company|official)|"
        r"对公|官方.{0,4}(账户|渠道|通道)|个人.{0,4}(账户|微信)|私人账户|(收款)?账户.{0,6}(官方|对公|个人|催收员|员工)"
    ),
    "fee": (
        r"\bfee|(?<!in )charge|"
        r"(agreement|contract|law|statute)\b.{0,24}\b(permit|allow|authori[sz]e|provide)[sd]? (for )?(it|this)\b|"
        r"手续费|费用|服务费|违约金"
    ),
    "credit": r"credit.?(report|bureau|file|score)|bureau|furnish|征信",
    "liable": (
        r"joint|co.?(signer|debtor|borrower)|guarant|surety|spouse.{0,12}(liable|obligor)|obligor|"
        r"(接受|继承).{0,4}遗产|共同(借款|债务|还款)|(?<![和及与])担保|保证人|连带|共债"
    ),
    "authorised": (
        r"(written|signed) authority|executor|administrator of|遗嘱执行|遗产管理|authori[sz]|power of attorney|"
        r"recipient is.{0,40}(attorney|lawyer|solicitor|counsel|advis[eo]r|executor|heir)|garnishee|"
        r"third.?party.?(consent|ok)|consent(ed|s)?.{0,12}third|"
        r"\b(his|her|their|(debtor|borrower|customer|daughter|son|wife|husband)'s)( own)? "
        r"(written|signed|recorded|verbal) (consent|permission|mandate|authority)|"
        r"(书面|录音里|当面)(同意|要求|委托).{0,4}(由|让|请)|委托书|代为(沟通|办理|处理|协商)|"
        r"volunt|授权|代理人|自愿|监护人"
    ),
    "visit": r"visit|appointment|上门|外访|预约|面谈|到访",
    "hours": (
        r"(consent|agree|ask|request|prefer|(borrower|debtor)(?!'s)).{0,30}(hour|time|night|late|evening|call)|"
        r"inbound|call(ed)?.?back|同意.{0,8}(夜|晚|时间)|主动来电|要求.{0,6}(晚|夜)|约定.{0,6}(时间|晚)|"
        r"回电"
    ),
    "agency": r"agency|placed|assigned|sold|purchas|transfer|委外|委托|转让|受让",
    "amount": r"amount|balance|principal|figure|\bowe[sd]?\b|outstanding|\btotal|金额|余额|欠款|本金|本息|应还|总额",
    "recording": r"record|录音",
    "verified": r"verif|authenticat|signed.?in|logged.?in|identity|身份|核身|已核实|登录",
}
_TOPICS = {topic: re.compile(words) for topic, words in TOPICS.items()}
_SPLIT = re.compile(r"(?<=[?？])|[;；，。\n|、]|,(?!\d{3}(?!\d))|\.\s|\bbut\b|\band\b|但")
_PAIR = re.compile(r"^\s*([\w\s.\-]{2,40}?)\s*(?:=|(?<!\d)[:：]|[:：](?!\d))\s*(.*)$", re.S)
_HOUR = re.compile(
    r"(?P<part>凌晨|早上?|白天|上午|中午|下午|傍晚|晚上?|夜里|夜间|深夜|半夜)?\s*(?:"
    r"(?<!\d)(?P<h>[01]?\d|2[0-3])\s*[:：]\s*(?P<m>[0-5]\d)(?!\d)\s*(?P<half>am|pm|a\.m|p\.m)?"
    r"(?P<later>\s*(?:at |in the |this )?(?:night|evening|afternoon))?|"
    r"(?<![\d$.,-])(?P<hour>[01]?\d|2[0-4])\s*(?:(?P<noon>am|pm|a\.m|p\.m)|(?:点|时(?!效|间))(?P<past>半)?))"
)
_LATER = frozenset(("下午", "傍晚", "晚", "晚上", "夜里", "夜间", "深夜", "半夜"))
_BY_DAY = frozenset(("白天", "下午", "傍晚"))
_DEADLINE = re.compile(r"deadline|expir|laps|clos(es|ing)|valid|until|\bends?\b|\bdue\b|截[止至]|有效|到期|失效|之前")
_HOUR_KEY = re.compile(r"hour|local.?time|^time$|^at$|时间|时刻|钟点")
_LATE = re.compile(
    r"(?<!up)(?<!to)\b(midnight|late at night|at night|nighttime|2am|middle of the night)\b|深夜|凌晨|半夜|夜间"
)
_CALLS = re.compile(
    r"(?<![\d:.$-])(\d{1,3})\s*(?:calls?|attempts?|times|contacts?|次|通(?!过)|个电话|[遍回])|"
    r"\b(?:calls?|attempts?) (?:today|made|so far)\D{0,6}(\d{1,3})(?![\d:])"
)
_A_WEEK = re.compile(r"\bweek\b|\b7.?days|(一|每|本|过去)周|星期|七天|7天")
_LONGER = re.compile(r"week|days|周|星期|[七7]天|month|月")
_CALLS_KEY = re.compile(r"calls?\b|attempt|contacts?\b|dial|拨打|通话|来电|联系|致电|次数")
_WORDS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth"),
    *("seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"),
)
_NUMBER = re.compile(
    rf"\b({'|'.join(_WORDS)}|once|twice|({'|'.join(_ORDINALS)})(?= (call|attempt|contact)))\b|"
    r"[一二两三四五六七八九十]+(?=[点时次通遍回]|个电话)"
)
_MONEY = re.compile(r"([$£€¥])?\s?(\d[\d,]*(?:\.\d{1,2})?)\s?(万)?\s?([元块])?")
_DIGITS = {word: digit for digit, word in enumerate("零一二三四五六七八九")} | {"两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
#: So few English words that tell a topic, or an hour, tell nothing else.
BRIEF = 2
#: A number in Chinese words, as a sum of money is told.
IN_WORDS = r"[一二两三四五六七八九十][零一二两三四五六七八九十百千万]+"
_SUM = re.compile(rf"{IN_WORDS}(?=[元块])")
_DATE = re.compile(r"\d{4}[-/年.]\d{1,2}[-/月.]\d{1,2}")
#: Lists and objects inside one another that are read; the letters of a sentence that are read together, and again.
DEEPEST, WHOLE, SEAM = 8, 600, 80


@dataclass(frozen=True)
class Truths:
    """known : topic → is it so; hour : the debtor's, 0–24; calls, week : made already on this day, in seven days

    amounts : that the account owes; told : what is stated in free words, lower case; figures : every sum not denied, as
    often as it is told; ends : the days, as (month, day), on which an offer ends
    is_unread : is something stated in free words that no topic, hour or number of calls is read from?
    """

    known: Mapping[str, bool] = field(default_factory=dict)
    hour: float | None = None
    calls: int | None = None
    week: int | None = None
    amounts: frozenset[float] = frozenset()
    law: str = ""
    told: str = ""
    figures: tuple[float, ...] = ()
    is_unread: bool = False
    ends: frozenset[tuple[int, int]] = frozenset()

    def of(self, topic: str) -> bool | None:
        return self.known.get(topic)


def read(told: object) -> Truths:
    """Facts as a text, a list or an object, one in another; what cannot be read says nothing. See told.is_too_much."""
    known: dict[str, bool] = {}
    doubted: dict[str, bool] = {}
    said_by: dict[str, tuple[str, str]] = {}
    gone: set[str] = set()
    last = ""
    hour: float | None = None
    calls: int | None = None
    week: int | None = None
    amounts: set[float] = set()
    figures: list[float] = []
    law = ""
    free: list[str] = []
    is_unread = False
    ends: frozenset[tuple[int, int]] = frozenset()
    for key, value in _statements(told):
        stated = _stated(key, value)
        is_read = stated.topic or stated.hour is not None
        if not key and not (is_read and len(value.split()) <= BRIEF and value.isascii()):
            free.append(value.strip().lower())
            is_unread |= not stated.topic and stated.hour is None and stated.calls is None
        law = stated.law or law
        hour = stated.hour if hour is None else hour
        calls = calls if stated.calls is None else max(stated.calls, calls or 0)
        week = week if stated.week is None else stated.week
        if stated.is_doubted:
            doubted[stated.topic] = False
            by, what = said_by.get(stated.topic, ("", ""))
            if key and by == key and proof.is_bare(what):  # the rest of the same value: "yes, next month"
                known.pop(stated.topic, None)
        if stated.topic and stated.holds is not None and (stated.topic not in known or stated.takes_back):
            known[stated.topic] = stated.holds
            said_by[stated.topic] = (key, value)
        elif key and said_by.get(stated.topic, ("",))[0] == key and proof.is_false(value):
            gone |= {stated.topic} & proof.ALLOWING  # told to be so, and told not to be
        last = stated.topic or last
        if stated.is_undone or (not stated.topic and proof.undoes(key, value)):
            gone |= proof.TAKEN_BACK if key and not stated.topic else {last} & proof.ALLOWING
        gone |= proof.ACTS if proof.is_anothers(key, value) else set()
        if stated.holds:
            owed = sums(value) if stated.topic == "amount" else []
            amounts.update(owed)
            ends |= stated.ends
            figures += owed or sums(value, is_marked=stated.topic != "fee" or not key)
    known |= dict.fromkeys(gone & known.keys(), False)  # whichever was told first
    return Truths(
        *(doubted | known, hour, calls, week, frozenset(amounts), law),
        *(", ".join(free), tuple(figures), is_unread, ends),
    )


def sums(text: str, *, is_marked: bool = False) -> list[float]:
    """Every figure of a text that may be a sum of money; dates are none, 一万五千零九十元 is one.

    is_marked : only those with the sign of a currency, or in 元, 块 or 万
    """
    found = _MONEY.findall(_DATE.sub(" ", in_figures(text)))
    return [
        float(one.replace(",", "")) * (10_000 if ten_thousands else 1)
        for sign, one, ten_thousands, unit in found
        if sign or ten_thousands or unit or not is_marked
    ]


def in_figures(text: str) -> str:
    """Sums in Chinese words as figures: 三千二百元 as 3200元."""
    return _SUM.sub(lambda match: str(_number(match[0])), text)


def _number(words: str) -> int:
    whole, part, digit = 0, 0, 0
    for at, one in enumerate(words):
        if one in _DIGITS:
            digit = _DIGITS[one]
            if at == len(words) - 1 and at and words[at - 1] in _UNITS:  # 两千三 is 2,300, 一万二 is 12,000
                digit *= _UNITS[words[at - 1]] // 10
        elif one == "万":
            whole, part, digit = (whole + part + digit) * 10_000, 0, 0
        else:
            part, digit = part + (digit or 1) * _UNITS[one], 0
    return whole + part + digit


@dataclass(frozen=True)
class _Stated:
    """What one statement says; topic : blank when of none; holds, is_doubted, takes_back, is_undone : see `proof`

    ends : days on which an offer ends
    """

    topic: str
    holds: bool | None
    is_doubted: bool
    takes_back: bool
    is_undone: bool
    hour: float | None
    calls: int | None
    week: int | None
    law: str
    ends: frozenset[tuple[int, int]]


@lru_cache(maxsize=10_000)
def _stated(key: str, value: str) -> _Stated:
    """The same few statements come back with thousands of lines."""
    key = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", key)
    said = _NUMBER.sub(_figure, f"{key} {value}".strip().lower().replace("_", " "))
    topic = next((topic for topic, words in _TOPICS.items() if words.search(said)), "")
    calls = _calls(key, value, said)
    day, week = (calls, None) if not _LONGER.search(said) else (None, calls if _A_WEEK.search(said) else None)
    return _Stated(
        topic,
        proof.holds(topic, key, value),
        proof.is_doubted(topic, key, value),
        proof.takes_back(topic, said),
        proof.is_undone(topic, key, value),
        _hour(key, value),
        day,
        week,
        _law(key, value),
        frozenset(day for day, _, _ in dates.days(said) if topic == "discount" and _DEADLINE.search(said)),
    )


def _figure(word: re.Match[str]) -> str:
    """A number that is told in words, up to some tens, as figures."""
    told = word[0]
    if told in ("once", "twice"):
        return f"{1 if told == 'once' else 2} times"
    if told in _ORDINALS:  # the ninth call comes after eight
        return str(_ORDINALS.index(told))
    if told in _WORDS:
        return str(_WORDS.index(told))
    tens, ten, ones = told.partition("十")
    first = _DIGITS[tens[-1]] if tens else 1
    return str(first * 10 + _DIGITS.get(ones[-1:], 0) if ten else first)


def _calls(key: str, value: str, said: str) -> int | None:
    """How many calls were made already."""
    if _CALLS_KEY.search(key.lower().replace("_", " ")) and re.fullmatch(r"\s*\d{1,3}\s*", value):
        return int(value)
    found = _CALLS.search(said)
    return int(found[1] or found[2]) if found else None


def _statements(told: object, key: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Each statement as its key (blank for a free one) and its value."""
    if isinstance(told, str):
        for part in _SPLIT.split(told):
            pair = _PAIR.match(part) if not _HOUR.match(part.strip()) else None
            if pair and not key:
                yield pair[1], pair[2]
            elif part.strip():
                yield from ((key, part[at : at + WHOLE]) for at in range(0, len(part), WHOLE - SEAM))
    elif isinstance(told, bool | int | float):
        yield key, str(told).lower() if isinstance(told, bool) else f"{told}"
    elif isinstance(told, list) and depth < DEEPEST:
        for one in told:
            yield from _statements(one, key, depth + 1)
    elif isinstance(told, dict) and depth < DEEPEST:
        for name, value in told.items():
            yield from _statements(value, f"{key} {name}".strip()[-80:], depth + 1)


def _hour(key: str, value: str) -> float | None:
    """The hour that is told; a bare figure counts only under a key that asks for it."""
    if _HOUR_KEY.search(key.lower()) and re.fullmatch(r"\s*\d{1,2}\s*", value):
        return float(value) if float(value) <= 24 else None
    told = _NUMBER.sub(_figure, value.lower())
    if (match := _HOUR.search(told)) and not _DEADLINE.search(told):
        hour = float(match["h"] or match["hour"]) + (0.5 if match["past"] else float(match["m"] or 0) / 60)
        half = (match["half"] or match["noon"] or "")[:1]
        is_later = match["part"] in _LATER or (match["later"] and not half)
        if (is_later and 6 <= hour < 12) or (hour < 6 and match["part"] in _BY_DAY):
            return hour + 12
        return hour % 12 + (12 if half == "p" else 0) if half else hour
    if re.search(r"\bat noon\b|正午", told):
        return 12.0
    return 23.0 if _LATE.search(told) and not re.search(r"同意|consent|agreed", told) else None


def _law(key: str, value: str) -> str:
    if re.search(r"law|country|jurisdiction|pack|地区|法域", key.lower()):
        return {"cn": "cn", "us": "us", "uk": "uk", "gb": "uk"}.get(value.strip().lower()[:2], "")
    return ""
