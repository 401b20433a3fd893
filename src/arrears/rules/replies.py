"""Does a message from a person ask us to stop? Decided on the whole message: a sentence about stopping is a reply.

Called when replies are heard. A missed request is a legal harm and a needless stop is not, so spellings, scripts and
politeness are forgiven; but a person who writes to us about their debt must not be cut off by a word in a sentence.

Sources: 通信短信息服务管理规定 (2015) 第二十条, and the carriers' own practice of TD, T, N, R; 47 CFR 64.1200(a)(10),
which names stop, quit, end, revoke, opt out, cancel, unsubscribe.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 40
#: Said alone, each is a request; letters because carriers print "回T退订", "回复TD退订" under messages.
LETTERS = ("T", "TD", "N", "R", "QX", "0000", "00000")
ENGLISH = (
    *("STOP", "STOPALL", "STOPTEXTING", "STOPMESSAGES", "STOPCONTACTINGME", "UNSUBSCRIBE", "UNSUBSCRIBEME", "CANCEL"),
    *("END", "QUIT", "REVOKE", "OPTOUT", "REMOVE", "REMOVEME"),
)
CHINESE = (
    *("退订", "退定", "拒收", "拒绝接收", "停止", "停止发送", "停止联系", "停发", "取消", "取消订阅", "取消短信"),
    *("不要再发", "不要发", "别再发", "别发", "不要再联系", "不要联系", "别再联系", "别联系", "不要再打扰", "不要打扰"),
    *("别再打扰", "别打扰", "勿扰", "请勿打扰", "请勿联系", "勿发", "请勿再发", "勿再发"),
)
#: Traditional characters of the words above, and the simplified ones they are read as.
SCRIPTS = str.maketrans("訂絕發聯係繫擾別請復麻煩謝", "订绝发联系系扰别请复麻烦谢")
BEFORE = r"(?:请|麻烦|我要|我想|要求|回复|回|发送|PLEASE|PLS)*"
AFTER = r"(?:短信|信息|消息|我|给我|了|吧|啊|谢谢|多谢|PLEASE|PLS|THANKS|THANKYOU)*"
WORDS = "|".join(sorted((*ENGLISH, *CHINESE), key=len, reverse=True))
LETTER = "|".join(sorted(LETTERS, key=len, reverse=True))
REQUEST = re.compile(rf"{BEFORE}(?:(?:{LETTER})|(?:{LETTER})?(?:{WORDS})+(?:{LETTER})?){AFTER}")


def is_stop(text: str) -> bool:
    """Is the whole message a request to stop, width, script, case, politeness and punctuation apart?

    example : is_stop(" ｔ。"), is_stop("Stop!") and is_stop("请不要再发短信了") are true;
              is_stop("don't stop, I will pay") and is_stop("怎么取消分期") are not
    """
    plain = unicodedata.normalize("NFKC", text).upper().translate(SCRIPTS)
    said = "".join(char for char in plain if char.isalnum())
    return len(said) <= LONGEST and REQUEST.fullmatch(said) is not None
