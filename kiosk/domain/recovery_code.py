"""The store's key as a person writes it down for the safe: fourteen groups of four, the last three letters catch what was misread.

Whoever has it and a backup reads everything: it belongs where the station's seal lies, not beside the disk.
"""

import hashlib

from kiosk.domain.enrol_text import ALPHABET, grouped
from kiosk.errors import BadInput

BITS, LETTERS, CHECKS = 256, 53, 3


def write(key: str) -> str:
    """Give the code of a key (64 hex digits)."""
    return grouped(_letters(int(key, 16), LETTERS) + _check(key))


def read(text: str) -> str:
    """Give the key of a code, cut up anyhow, any case; raise BadInput('code') where it is not whole or a letter is wrong."""
    letters = grouped(text).replace("-", "")
    if len(letters) != LETTERS + CHECKS or not set(letters) <= set(ALPHABET):
        raise BadInput("code", "backup.bad_code")
    number = 0
    for letter in reversed(letters[:LETTERS]):
        number = number * len(ALPHABET) + ALPHABET.index(letter)
    key = f"{number:064x}"
    if number >> BITS or _check(key) != letters[LETTERS:]:
        raise BadInput("code", "backup.bad_code")
    return key


def _check(key: str) -> str:
    return _letters(int.from_bytes(hashlib.sha256(key.encode()).digest()), CHECKS)


def _letters(number: int, count: int) -> str:
    letters = ""
    for _ in range(count):
        number, rest = divmod(number, len(ALPHABET))
        letters += ALPHABET[rest]
    return letters
