"""Whether a listing asks for somebody who has done the work before, read from what it says. Knows no index and no screen.

What is said decides, clause by clause (docs/decisions/looking-for-work.md): a licence, years or 会焊 ask for it; 不要经验 and
包教 say that none is asked for; what is only preferred (做过的优先) asks for nothing. Where nothing is said, a craft asks for it
and other work does not.
"""

import re

from kiosk.domain.codes import Trade
from kiosk.domain.listing import PublicListing

CRAFTS = frozenset(
    {
        Trade.MASON,
        Trade.CARPENTER,
        Trade.ELECTRICIAN,
        Trade.PLUMBER,
        Trade.PAINTER,
        Trade.REPAIR,
        Trade.DRIVER,
        Trade.SEWING,
        Trade.WELDER,
    }
)
"""Silence is no invitation here: one has learnt them, and 电工, 焊工 and 司机 need a licence by law."""
_CLAUSE = re.compile(r"[,，。;；!！?？、\n\s]+")
_PREFERRED = re.compile(r"优先|最好|加钱|更好|多给|另加")
_OPEN = re.compile(
    r"(?:不|无|没|免|非)[^,]{0,4}(?:经验|手艺|技术|技能|基础|做过|干过)|(?:经验|手艺|技术|基础)(?:不限|不要求|不论|都行|无要求)"
    r"|(?:没|不)(?:有)?(?:做过|干过|会)的?.{0,4}(?:行|可以|能来|都要|没关系|不要紧)"
    r"|包教|包会|可学|教会|(?:有人|老师傅?|师傅)(?:教|带)|带(?:教|薪培训)|岗前培训|现学|新手|生手|小白|学徒|零基础|一学就会|一看就会"
)
_ASKS = re.compile(
    r"经验|(?:做|干|照顾|伺候|带|当|开|盖|修|种|养)过|手艺|熟练|熟手|熟工|老手|内行|驾照|驾驶证|驾龄|工龄|上岗证|资格证|操作证|技能证|持证|(?<!健康)(?<!身份)(?<!居住)证$"
    r"|[ABC][123]本?|叉车证|电工证|焊工证|月嫂证|高空证"
    r"|[一二两三四五六七八九十\d]+年(?:以上|手艺|经验|左右|多)|会(?:开|.{0,2}焊|修|砌|贴|铺|接线|看图|看CAD|做木|电焊|缝|裁|车|装修)|懂(?:水电|技术|图纸)"
    r"|技师|技工|大工|师傅$"
)


def open_to_novices(listing: PublicListing) -> bool:
    """Say whether somebody who never did such work may come: nothing in title, requirements or description asks for more."""
    said = False
    for clause in _CLAUSE.split(f"{listing.title}\n{listing.requirements}\n{listing.description}"):
        if _OPEN.search(clause):
            said = True
        elif _ASKS.search(clause) and not _PREFERRED.search(clause):
            return False
    return said or listing.trade not in CRAFTS
