"""Who may read the employer's phone: said plainly, chosen by one tap; and who keeps it, what for and how long, before he hands in: an
employer may be a household (个人信息保护法 17).
"""

from typing import Any

from kivy.properties import BooleanProperty, StringProperty

from kiosk.domain.listing import ContactScope
from kiosk.screens.visitor.posting import PostingPage
from kiosk.screens.widgets.buttons import Press
from kiosk.text import t

ICONS = {ContactScope.ALL_STATIONS: "cellphone-check", ContactScope.OWN_STATION: "home-account"}


class ScopeCard(Press):
    """One of the two, with what it means."""

    icon = StringProperty("")
    title = StringProperty("")
    text = StringProperty("")
    chosen = BooleanProperty(False)


class PostScopeScreen(PostingPage):
    """The contact's scope; one tap goes on."""

    stop = "post_scope"
    notice = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, head=t("post.scope.head"), **args)
        self.notice = t("post.notice", station=terminal.station_name or t("header.county"))
        for scope, icon in ICONS.items():
            name = f"post.scope.{scope.value}"
            card = ScopeCard(icon=icon, title=t(f"{name}.title"), text=t(f"{name}.text"), chosen=self.draft.get("contact_scope") is scope)
            card.bind(on_release=lambda _, scope=scope: self._choose(scope))
            self.ids.cards.add_widget(card)
        if not self.has("contact_scope"):
            self.main_text = ""

    def spoken(self) -> str:
        """Read both."""
        return (
            self.head
            + "".join(f"{t(f'post.scope.{scope.value}.title')}：{t(f'post.scope.{scope.value}.text')}" for scope in ICONS)
            + self.notice
        )

    def _choose(self, scope: ContactScope) -> None:
        self.put(contact_scope=scope)
        self.go_on()
