"""Is a sure phrase said as it stands, or does something in its sentence deny, quote, ask or warn?

Asked by `screening`, before lawful wording may answer a phrase: a sentence without any of these words does none,
however friendly it reads.
"""

from __future__ import annotations

import re

from arrears.rules.speech import lexicon
from arrears.rules.speech.labels import ARREST, PRESSURE, SHAME, VIOLENCE
from arrears.rules.speech.lexicon import Hit

#: Of these labels no fact of a case makes a phrase lawful; of the gravest, nothing but such a word turns it.
GRAVEST = frozenset({VIOLENCE, ARREST, "ABUSE_INSULT"})
NEVER_LAWFUL = GRAVEST | {SHAME, PRESSURE}
#: Nor of any other label, where so few letters or figures stand around it.
BARE = {"zh": 2, "en": 8}
_TURNS = {
    "zh": re.compile(
        "[不没别无勿未非谁说听讲问怕骗假吗么呢?如若他她防劝替\"'“”「『]"
        "|担心|有人|投诉|举报|威胁|恐吓|抱歉|对不起|道歉|警惕|违规|录音|同事|以为|觉得"
    ),
    "en": re.compile(
        r"\b(?:no|not|never|nobody|none|neither|nor|without|cannot|if|whether|may|might|can|could|would"
        r"|any(?:one|body)|some(?:one|body)|who|whoever|what|how|he|she|they|them|colleague"
        r"|sa(?:id|ys?|ying)|t(?:old|ells?)|ask\w*|hear|heard|mean\w*|think|thought|believ\w*|claim\w*|jok\w*|rumou?r\w*"
        r"|threat\w*|scam\w*|fake|fraud\w*|report\w*|complain\w*|policy|(?:un|il)l?awful|illegal|wrong|against"
        r"|sorry|apolog\w*|worr\w*|afraid|scared|fear\w*|stop\w*|instead)\b|n't\b|[?\"“”]"
    ),
}


def is_plain(text: str, hit: Hit, lang: str) -> bool:
    """text : folded, of a language that holds the phrase

    example : is_plain("i'll kill you, mate", the hit "kill you", "en") -> True; "nobody will kill you" -> False
    """
    start, end = lexicon.sentence(text, hit.start)
    around = f"{text[start : hit.start]} {text[hit.end : end]}"
    is_bare = sum(one.isalnum() for one in around) <= BARE[lang]
    return (is_bare or hit.label in GRAVEST) and not _TURNS[lang].search(around)
