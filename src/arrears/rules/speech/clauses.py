"""Main clauses that stand by themselves: what is said before a comma neither quotes nor denies what is said behind it.

Asked by `layers` of texts that hold a phrase of the lexicon. A clause stands by itself where it begins anew ("…, so the
police will …", `"…" - we will …`), unless somebody's words are told on, a quotation is still open, or what follows
takes it back. What does not begin anew stays with what is before it, so that whatever might turn a phrase is read with
it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

_SENTENCE = re.compile(r"[^.!?;。\n]+[.!?;。\n]*")
_QUOTE = re.compile('["“”「」『』]')


@dataclass(frozen=True)
class _Joints:
    """How clauses of a language hang together.

    against, ours : what begins a clause that nothing before governs: a turn, and that we speak of ourselves;
    so, anew : what begins one that only somebody else's words govern, told on, and the words of whoever is spoken to
    too; theirs, yours : such words; quoting : a clause that ends so announces the next; back : what takes back what was
    said before
    """

    against: re.Pattern[str]
    ours: re.Pattern[str]
    so: re.Pattern[str]
    anew: re.Pattern[str]
    theirs: re.Pattern[str]
    yours: re.Pattern[str]
    quoting: re.Pattern[str]
    back: re.Pattern[str]

    def begun(self, text: str, start: int, end: int) -> dict[int, tuple[str, re.Match[str]]]:
        """Where in a sentence a clause may begin, and by what."""
        return {
            match.end(): (kind, match)
            for kind in ("anew", "so", "ours", "against")
            for match in getattr(self, kind).finditer(text, start, end)
            if start < match.start() and match.end() < end
        }


_SAID = (
    r"(?:sa(?:y|ys|id|ying)|t(?:ell|ells|old|elling)|claim\w*|threat\w*|demand\w*|pretend\w*|warn\w*|shout\w*|insist\w*"
    r"|wr(?:ote|ites?|itten)|promis\w*|call(?:s|ed|ing)|mention\w*|report\w*|complain\w*|hear|heard"
    r"|think\w*|thought|believ\w*|fear\w*|worr\w*|afraid|scared|feel\w*|felt|wonder\w*|ask\w* (?:if|whether|us|me))"
)
#: What stands before a clause that begins anew: a mark, or the end of brackets or of a quotation, and small words.
_LEAD = (
    r"(?:[,:)\]}>\"]|(?<=[)\]}>\"]) -+|^| -+|(?= (?:and|or) ))[ -]*"
    r"(?:(?:and|or|so|now|then|well|yes|no|,) ?)*"
)
_SUBJECT = r"(?:you|u|the|there|my|our|your|his|her|this|that)\b[^,.;!?]{0,24}?"
_VERB = r"(?:\b(?:will|is|are|was|has|have|can|gonna|going)\b|'(?:ll|s|re|ve)\b)"
_OTHERS = (
    r"\b(?:any|some)(?:one|body)|\b(?:callers?|people|they|he|she|it|scammers?|fraudsters?|impost\w+|criminals?"
    r"|who(?:ever)?|nobody|no one|collectors?|agents?|colleagues?|staff|employees?|text|letter|message|email|never)\b"
)
JOINTS: Mapping[str, _Joints] = {
    "en": _Joints(
        against=re.compile(r"(?:, ?|(?<=\") ?| )(?:but|however|(?<=, )instead)\b(?! for)"),
        ours=re.compile(_LEAD + r"(?=(?:i|we)\b(?:'| (?:will|am|are|have|can|know|shall|gonna|\w+ly)\b))"),
        so=re.compile(
            r"(?:, ?(?:so|because|yet|now|then|else)| (?:because|otherwise|or else))\b"
            r"(?! (?:that|far|much|long|as)\b)"
        ),
        anew=re.compile(f"{_LEAD}(?={_SUBJECT}{_VERB})"),
        theirs=re.compile(rf"{_OTHERS}[^.;]{{0,60}}?\b{_SAID}\b"),
        yours=re.compile(
            rf"(?<!what )(?<!as )(?<!since )\byou(?:'re|'ve| are| were| have| had| just| also)? (?:\w+ly )?{_SAID}\b"
        ),
        quoting=re.compile(rf"(?:\b(?:{_SAID}(?: (?:you|us|me|him|her|them|that))?|that|like)|:)\W*$"),
        back=re.compile(
            r"\b(?:he|she|they|you|somebody|someone|who|caller|scammer)\b.{0,20}"
            r"\b(?:sa(?:id|ys?)|claim\w*|wrote|told|threat\w*)"
            r"|\b(?:scam\w*|fake|fraud\w*|false|lies?|untrue|(?:un|il)lawful|illegal|wrong|unacceptable|nonsense"
            r"|not (?:true|allowed|something|how|possible|what|acceptable)|isn't (?:true|allowed|how|what)"
            r"|hang up|misconduct|report (?:it|that|this|them|him|her)|apolog\w*|sorry|investigat\w*)\b|\?"
        ),
    ),
    "zh": _Joints(
        against=re.compile(",? ?(?:但是?|可是|不过|然而|而是)"),
        ours=re.compile("(?!)"),  # words told on often say 我 for somebody else
        so=re.compile("[,—-]+ ?(?:所以|因此|那|结果|否则|不然|要不然?|反正|直接|就)"),
        anew=re.compile('(?:[,—-]+|(?<=["”』」]))[ —-]*(?:另外|而且|并且|同时)?(?=[你您]|警察|我)'),
        theirs=re.compile(
            "(?:有人|任何人|谁|对方|他们?|她们?|骗子|陌生|来电|短信|电话|催收员|人员|员工|同事|媒体|家人|爱人|母亲|父亲)"
            "[^。;]{0,16}?(?:说|讲|称|道|问|骂|威胁|恐吓|要求|告诉|声称|写|喊|发)"
            "|自称|冒充|听说|据说|如遇|遇到|接到|收到|凡是|谨防|警惕|当心|小心"
            "|不会|不得|不能|不许|不准|不可|禁止|严禁|绝不|从不|没有人|没人|不是"
        ),
        yours=re.compile(
            "[你您](?:刚才|刚刚|之前|上次|昨天)?"
            "(?:说|讲|提|反映|投诉|举报|问|担心|怕|害怕|以为|觉得|怀疑|听|写|威胁|骂)"
        ),
        quoting=re.compile('(?:说|讲|问|称|道|写|喊|骂|是|叫)[着过了]?[:,“"]*$'),
        back=re.compile(
            "诈骗|骗子|骗局|骗人|假的|不对|错误|违规|违法|不允许|不合适|道歉|抱歉|对不起|调查"
            "|[这那](?:样|种)?(?:话|是)|报警|投诉|[他她]说|[吗么?]"
        ),
    ),
}


def standing(text: str, lang: str) -> Iterator[tuple[int, int]]:
    """Where the clauses of a folded text that stand by themselves begin and end; none that is the whole text.

    example : "you asked us, so we will kill you" -> what stands behind the comma; 'he said "… we will …"' -> none
    """
    joints, quoted = JOINTS[lang], _quoted(text)
    sentences = [match.span() for match in _SENTENCE.finditer(text)]
    for (start, end), (_, next_end) in zip(sentences, [*sentences[1:], (0, len(text))], strict=True):
        edges = [start, *_edges(text, start, end, joints, quoted), end]
        for a, b in pairwise(edges):
            if (a, b) != (0, len(text)) and not quoted[a] and not joints.back.search(text, b - 1, next_end):
                yield a, b


def _edges(text: str, start: int, end: int, joints: _Joints, quoted: list[bool]) -> Iterator[int]:
    """Where in a sentence a clause begins that stands by itself."""
    for place, (kind, joint) in sorted(joints.begun(text, start, end).items()):
        before = text[start : joint.start()]
        is_told_on = bool(joints.theirs.search(before)) or (kind == "anew" and bool(joints.yours.search(before)))
        is_announced = not any(map(str.isalpha, joint[0])) and joints.quoting.search(before + joint[0])
        if not (is_told_on and kind in {"anew", "so"}) and not is_announced and not quoted[place]:
            yield place


def _quoted(text: str) -> list[bool]:
    """For each place and the end: does it lie in a quotation that is closed later?"""
    marks = [match.start() for match in _QUOTE.finditer(text)]
    inside = [False] * (len(text) + 1)
    for opened, shut in zip(marks[::2], marks[1::2], strict=False):
        inside[opened : shut + 1] = [True] * (shut + 1 - opened)
    return inside
