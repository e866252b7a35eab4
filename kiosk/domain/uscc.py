"""统一社会信用代码 (GB 32100): eighteen characters, of which two check the others. Knows no employer."""

from kiosk.errors import BadInput

CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Without I, O, S, V and Z, which are taken for digits."""
LENGTH = 18
ORGANISATION = slice(8, 16)
WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def check_code(text: str) -> str:
    """Accept a code and give it in capitals without blanks; raise BadInput('uscc') that says what is wrong with it.

    Both check characters must fit: the organisation's within (GB 11714) and the last one (GB 32100).
    """
    written = "".join(text.split())
    if len(written) != LENGTH:
        raise BadInput("uscc", "bad.uscc.length", count=len(written), wanted=LENGTH)
    code = written.upper()
    wrong = next((c for c in code if c not in CHARACTERS), None)
    if wrong is not None:
        raise BadInput("uscc", "bad.uscc.character", character=wrong)
    if organisation_check(code[ORGANISATION]) != code[16] or whole_check(code[:17]) != code[17]:
        raise BadInput("uscc", "bad.uscc.check")
    return code


def organisation_check(body: str) -> str:
    """Give the check character of an organisation's eight characters (GB 11714)."""
    rest = sum(int(c, 36) * weight for c, weight in zip(body, WEIGHTS, strict=True)) % 11
    return "0X987654321"[rest]


def whole_check(body: str) -> str:
    """Give the last character for the seventeen before it (GB 32100)."""
    return CHARACTERS[-sum(CHARACTERS.index(c) * pow(3, place, 31) for place, c in enumerate(body)) % 31]
