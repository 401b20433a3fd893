"""A text without the person: what names, reaches or places somebody is struck out before it leaves the house.

Asked before a judge outside is (`second`). Every character that is struck is one `*`, so that places in the masked text
are places in the original. It strikes too much rather than too little, and still it is no promise: a name that stands
in none of these ways stays, so a judge that is not one's own is to be chosen as carefully as anybody who reads along.
"""

from __future__ import annotations

import re
from collections.abc import Collection

STRUCK = "*"
_HAN = "\u3400-\u9fff"
#: Figures of any script, and the Chinese ones that numbers are spelt in.
_FIGURE = "0-9\uff10-\uff19〇零一二三四五六七八九幺"
_PARTING = r"[\s\-－—–._·,，()（）/]"
_SURNAMES = (
    "欧阳|司马|上官|诸葛|皇甫|尉迟|公孙|慕容|令狐|东方|"
    "[赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗"
    "凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵汪祁毛"
    "禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡"
    "凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊甄曲封芮储靳汲"
    "邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印"
    "宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀郏浦尚"
    "农温别庄晏柴瞿阎充慕连茹习艾鱼容向古易慎戈廖庾终居衡步都耿满弘匡国文寇广禄阙东殴沃利蔚越夔隆师巩聂晁勾敖融"
    "冷辛阚那简饶空曾毋沙养鞠须丰巢关蒯相查后荆红游竺权盖益桓公闫覃区肖]"
)
_TITLES = "先生|女士|小姐|太太|夫人|老师|老板|经理|同学|师傅|阿姨|大哥|大姐|哥|姐|总"
_NAMED = r"我是|我叫|名叫|叫做|您是|你是|请问是|尊敬的|转告|(?:姓名|户名|收款人|借款人|担保人|联系人)[:：]?"
_GREETED = (
    r"(?:mr|mrs|ms|miss|dr|dear|hi|hello|sir|madam|my name is|this is|i am|i'm|speak(?:ing)? (?:to|with)|"
    r"contact|tell|account (?:holder|name))[.,:]?"
)
_STREET = r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|court|way|close|terrace)"
#: What is struck: the whole match, or its group where it has one.
_PATTERNS = (
    re.compile(rf"[{_FIGURE}](?:{_PARTING}{{0,2}}[{_FIGURE}]){{4,}}[xX]?"),
    re.compile(r"(?<![\w.+\-])[\w.+\-]++\s?[@＠]\s?[\w.\-]+"),
    re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE),
    re.compile(
        r"(?:微信|企鹅|\bqq|\bwx|\bvx|wechat|whatsapp|telegram|\bline)[^\w]{0,3}(?:号|id)?[^\w]{0,3}([\w\-]{4,})",
        re.IGNORECASE,
    ),
    re.compile(rf"((?:{_SURNAMES})[{_HAN}]{{0,2}}?)\s?(?:{_TITLES})"),
    re.compile(rf"(?:{_NAMED})\s?((?:{_SURNAMES})[{_HAN}]{{1,2}})"),
    re.compile(rf"(?i:\b(?:{_GREETED}\s+){{1,3}})([A-Z][\w'’\-]*+(?:\s[A-Z][\w'’\-]*+){{0,2}})"),
    re.compile(
        rf"[{_HAN}]{{1,12}}(?:路|街|大道|巷|弄|村|里|小区|花园|公寓|大厦)\s?[{_FIGURE}十百]{{1,5}}[号弄栋幢]?"
        rf"(?:[{_FIGURE}十百{_HAN}]{{1,6}}[室单元楼层])*"
    ),
    re.compile(rf"\b[0-9]{{1,5}}\s+(?:[A-Z][\w'’]+\s){{1,3}}{_STREET}\b", re.IGNORECASE),
)


def masked(text: str, *, names: Collection[str] = ()) -> str:
    """The text with what identifies somebody struck out, of the same length.

    names   : known to stand in it; struck wherever they do, in whatever case
    example : masked("王先生，请回电13800000001") -> "*先生，请回电***********"
    """
    places = [match.span(match.lastindex or 0) for pattern in _PATTERNS for match in pattern.finditer(text)]
    for name in names:
        if len(name.strip()) > 1:
            places += [match.span() for match in re.finditer(re.escape(name.strip()), text, re.IGNORECASE)]
    characters = list(text)
    for start, end in places:
        characters[start:end] = STRUCK * (end - start)
    return "".join(characters)
