"""看一遍: everything that was entered, what the automatic check says of it, and the way to mend each. Handing in happens here, once."""

from typing import TYPE_CHECKING, Any

from kivy.properties import OptionProperty, StringProperty

from kiosk.domain.review import Severity
from kiosk.errors import BadInput
from kiosk.screens.theme import theme
from kiosk.screens.visitor.posting import BEFORE, CHECK, EDITS, MINE, ORDER, PostingPage, answer, page_for
from kiosk.screens.widgets.buttons import Chip, Press
from kiosk.screens.widgets.panel import Box
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.mending import Mend
    from kiosk.domain.review import Finding
    from kiosk.services.publish import Posted

OPTIONAL = {"break_min", "meals", "lodging", "transport"}
STRUCK = 9
"""So many of the words that go are quoted on the button."""
HEADS = {"": "post.check", "again": "my_posting.again_head", "change": "my_posting.change_head", "returned": "my_posting.returned_head"}


class EntryCard(Press):
    """One page's answers; pressing it opens the page."""

    name = StringProperty("")
    value = StringProperty("")


class MendCard(Box):
    """One finding: what it is, how heavy, why, and how to mend it; its buttons do so, or lead to the page where it can be done."""

    title = StringProperty("")
    text = StringProperty("")
    mend = StringProperty("")


class PostCheckScreen(PostingPage):
    """The summary. `why` it is seen: '' at the end of the steps, or it is entered once more, changed, mended after `reason` sent it back.

    `mended` was put right just now.
    """

    why = OptionProperty("", options=tuple(HEADS))
    reason = StringProperty("")
    mended = StringProperty("")
    state = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, **args)
        self._sent = False
        self._blocked: Finding | None = None
        self._missing = [page for page, _, names in ORDER if not self.has(*(n for n in names if n not in OPTIONAL))]
        if self.why == "again" and self.has("starts_on"):
            self.head = t("my_posting.again_head", day=words.day(self.draft["starts_on"], terminal.day_to_say()))
        else:
            self.head = t(HEADS["" if self.why == "again" else self.why])
        for page, _, names in ORDER:
            card = EntryCard(name=self._name(names[0]), value=self._value(names[0]) or t("post.empty"))
            card.bind(on_release=lambda _, page=page: self.open(page))
            self.ids.entries.add_widget(card)
        self._say_main()

    @property
    def _unchanged(self) -> bool:
        """What came back, or stands there already, is no better for being handed in once more."""
        return self.draft.get(BEFORE) == self.form()

    def _say_main(self) -> None:
        self.main_icon, self.main_enabled = "arrow-right", True
        if self._missing:
            self.main_text = t("post.fill", field=self._name(self._fields(self._missing[0])[0]))
        elif self._blocked is not None:
            self.main_text = t("post.mend", field=self._name(self._blocked.field))
        elif self._unchanged:
            self.main_text, self.main_icon, self.main_enabled = t("post.change_first"), "", False
        else:
            self.main_text, self.main_icon = t("my_posting.change_in" if EDITS in self.draft and MINE in self.draft else "post.hand_in"), ""

    def on_enter(self) -> None:
        """Let the rules look at it."""
        if self.reason:
            self.ids.findings.add_widget(MendCard(title=t("post.staff_said"), text=self.reason))
        if not self._missing:
            from kiosk.services.publish import look_through

            self.ask(lambda: look_through(self.terminal.office.here, self.form()), self._take, self._refused)

    @staticmethod
    def _fields(page: str) -> tuple[str, ...]:
        return next(names for name, _, names in ORDER if name == page)

    @staticmethod
    def _name(field: str) -> str:
        own = {"contact_scope": "post.scope.name", "day_start_min": "post.hours_name"}
        return t(own.get(field, f"rule.field.{field}"))

    def _value(self, field: str) -> str:
        """Say a page's answers, by its first field."""
        if not self.has(*(n for n in self._fields(page_for(field)) if n not in OPTIONAL)):
            return ""
        return answer(self.draft, field, self.terminal.day_to_say())

    def _take(self, findings: "tuple[tuple[Finding, Mend | None], ...]") -> None:
        from kiosk.services.rules import say

        for finding, mend in findings:
            card = MendCard(
                title=t("post.finding", title=say(finding.title), weight=t(f"post.weight.{finding.severity.value}")),
                text=say(finding.say),
                mend=say(finding.mend),
                fill=theme.card if finding.severity is Severity.WARN else theme.peach,
            )
            if mend is not None:
                self._add_button(card, self._offer(mend), "check", lambda mend=mend: self._put_right(mend), chosen=True)
            page = page_for(finding.field)
            if page != CHECK:
                self._add_button(card, t("post.myself"), "pencil", lambda page=page: self.open(page))
            self.ids.findings.add_widget(card)
        self._blocked = next((f for f, _ in findings if f.severity is Severity.BLOCK), None)
        held = any(f.severity is Severity.HOLD for f, _ in findings)
        state = t("post.blocked" if self._blocked is not None else "post.held" if held else "post.fine")
        if self._blocked is None and self._unchanged:
            state = t("my_posting.change_state")
        self.state = f"{t('post.mended', what=self.mended)}。{state}" if self.mended else state
        self._say_main()

    @staticmethod
    def _add_button(card: MendCard, text: str, icon: str, act: Any, chosen: bool = False) -> None:
        button = Chip(text=text, icon=icon, chosen=chosen)
        button.bind(on_release=lambda _: act())
        card.ids.acts.add_widget(button)

    def _offer(self, mend: "Mend") -> str:
        """Say what the button will do."""
        if mend.struck:
            return t("post.strike", words=mend.struck if len(mend.struck) <= STRUCK else f"{mend.struck[:STRUCK]}…")
        return t("post.make", value=self._changed(mend))

    def _changed(self, mend: "Mend") -> str:
        field = self._fields(page_for(next(iter(mend.changes))))[0]
        return answer(self.draft | dict(mend.changes), field, self.terminal.day_to_say()).replace("\n", "，")

    def _put_right(self, mend: "Mend") -> None:
        what = self._offer(mend) if mend.struck else self._changed(mend)
        self.put(**mend.changes)
        self.visit.replace(CHECK, why=self.why, reason=self.reason, mended=what)

    def _refused(self, error: Exception) -> None:
        if isinstance(error, BadInput):
            card = MendCard(title=self._name(error.field), text=t(error.key, **error.words), fill=theme.peach)
            self._add_button(card, t("post.myself"), "pencil", lambda: self.open(page_for(error.field)))
            self.ids.findings.add_widget(card)
        else:
            self.show_problem(error)

    def spoken(self) -> str:
        """Read what the rules say; what was entered has a person's name and number in it."""
        cards = [card for card in reversed(self.ids.findings.children) if isinstance(card, MendCard)]
        return "。".join((self.head, self.state, *(f"{card.title}。{card.text}{card.mend}" for card in cards)))

    def on_main(self) -> None:
        """Go to what is missing or forbidden, or hand in: once, however often it is pressed."""
        if self._missing:
            self.open(self._missing[0])
            return
        if self._blocked is not None:
            self.open(page_for(self._blocked.field))
            self.explain(self._blocked)
            return
        if self._sent:
            return
        self._sent, self.main_enabled = True, False
        edited = self.draft.get(EDITS)
        if edited and MINE not in self.draft:
            self.ask(lambda: self._edit(edited), lambda _: self._edited(), self._failed)
        else:
            self.ask(self._post, self._posted, self._failed)

    def _post(self) -> "Posted":
        from kiosk.domain.listing import Collected
        from kiosk.services.my_postings import change
        from kiosk.services.publish import post

        here, mine, edited = self.terminal.office.here, self.draft.get(MINE), self.draft.get(EDITS)
        if mine is not None and edited:
            return change(here, mine, edited, self.form())
        number = mine.number if mine is not None else ""
        if not self.visit.on_behalf:
            return post(here, self.form(), number=number)
        return post(here, self.form(), Collected.STAFF, self.visit.session.staff_id, number)

    def _edit(self, listing_id: str) -> None:
        from kiosk.services.publish import edit

        edit(self.terminal.office.here, self.visit.session, listing_id, self.form())

    def _edited(self) -> None:
        """Go back to the page of staff from which the listing was opened."""
        self.visit.stack[-2].args |= {"said": t("post.edited"), "listing_id": "", "reading": False}
        self.visit.back()

    def _posted(self, posted: "Posted") -> None:
        self.visit.finish_posting(posted)

    def _failed(self, error: Exception) -> None:
        self._sent, self.main_enabled = False, True
        if isinstance(error, BadInput):
            self.open(page_for(error.field))
        self.terminal.show_problem(error)
