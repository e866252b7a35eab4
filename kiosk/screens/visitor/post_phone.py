"""The employer's phone, read back in groups: a mobile, or a landline with its area code."""

from typing import Any

from kivy.properties import StringProperty

from kiosk.domain.privacy import Phone, is_phone
from kiosk.screens.theme import theme
from kiosk.screens.visitor.phone import in_groups, wanted
from kiosk.screens.visitor.posting import PostingPage
from kiosk.text import t

MOST = 12


class PostPhoneScreen(PostingPage):
    """The contact's phone."""

    stop = "post_phone"
    written = StringProperty("")
    hint = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, head=t("post.phone"), **args)
        self.ids.both.orientation = "vertical" if theme.upright else "horizontal"
        self.ids.pad.digits = self.draft.get("contact_phone", "")
        self.take(self.ids.pad.digits)

    def take(self, digits: str) -> None:
        """Take what the pad holds; it lets one digit too many in, so that the sentence can say so."""
        if digits or "contact_phone" in self.draft:
            self.put(contact_phone=digits)
        right = is_phone(digits)
        self.written = Phone(digits).grouped() if right else in_groups(digits)
        self.main_enabled = right
        self.hint = t("phone.read_back", groups=self.written) if right else self._wanted(digits)

    @staticmethod
    def _wanted(digits: str) -> str:
        """Say what a number still lacks, or why it cannot be one."""
        if not digits.startswith("1"):
            return t("rule.contact_phone.say") if len(digits) > MOST else t("post.phone_hint")
        return wanted(digits)
