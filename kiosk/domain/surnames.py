"""Common surnames, so that what is spelled for a name offers names first. Knows no engine."""

from collections.abc import Sequence

COMMON = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭肖萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏"
    "邱方侯邹熊孟秦白江阎闫薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严赖覃洪武莫孔"
)
"""The hundred most common (公安部户政管理研究中心, 全国姓名报告; seen second-hand), 肖 and 闫 also in their other form."""


def surnames_first(words: Sequence[str]) -> list[str]:
    """Put readings that begin with a common surname first; the order stays else.

    The best reading is offered with these surnames too: for wangxiulan the engine knows 网修蓝 and 王, and the person means 王修蓝.
    """
    best = words[0] if words else ""
    made = [word + best[1:] for word in words if word in COMMON and len(best) > 1 and best[0] not in COMMON]
    return sorted(dict.fromkeys([*made, *words]), key=lambda word: word[:1] not in COMMON)
