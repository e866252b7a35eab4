"""Personal values: types whose `repr` shows nothing, and the masks that paper and staff lists use."""

import re

MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"0\d{2,3}\d{7,8}")
NAME_MAX = 25


class Personal(str):
    """A string about a person: prints itself only when asked to by name, never through `repr`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.masked()!r})"

    def masked(self) -> str:
        """Show that there is something, and nothing of it."""
        return "＊" * min(len(self), 3)


class Phone(Personal):
    """A phone number, digits only."""

    __slots__ = ()

    def masked(self) -> str:
        """Keep the first three and the last four digits: 138****5678."""
        return f"{self[:3]}****{self[-4:]}" if len(self) >= 7 else "****"

    def grouped(self) -> str:
        """Write it as it is read out: 138 1234 5678, 0712-4000001."""
        if is_mobile(self):
            return f"{self[:3]} {self[3:7]} {self[7:]}"
        area = 3 if self.startswith(("01", "02")) else 4
        return f"{self[:area]}-{self[area:]}" if LANDLINE.fullmatch(self) else str(self)

    def last_four(self) -> str:
        """The digits a person proves himself with."""
        return str(self[-4:])


class PersonName(Personal):
    """A person's name, 1 to 25 characters."""

    __slots__ = ()

    def masked(self) -> str:
        """Hide the middle, and how long it is from four characters on; of two the end: 王＊兰, 李＊."""
        if len(self) <= 1:
            return str(self) and "＊"
        return f"{self[0]}＊" if len(self) == 2 else f"{self[0]}{'＊' * min(len(self) - 2, 2)}{self[-1]}"


def is_mobile(text: str) -> bool:
    """Say whether `text` is a mainland mobile number of eleven digits."""
    return MOBILE.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    """Say whether `text` is a mobile number or a landline with its area code."""
    return is_mobile(text) or LANDLINE.fullmatch(text) is not None
