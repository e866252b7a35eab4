"""看一遍: everything that was entered, what the automatic check says of it, and the way to mend each. Handing in happens here, once."""

from typing import TYPE_CHECKING, Any

from kivy.properties import StringProperty

from kiosk.domain.review import Severity
from kiosk.errors import BadInput
from kiosk.screens.visitor.posting import EDITS, ORDER, PostingPage, answer, page_for
from kiosk.screens.widgets.buttons import Press
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.review import Finding
    from kiosk.services.publish import Posted

OPTIONAL = {"break_min", "meals", "lodging", "transport"}


class EntryCard(Press):
    """One page's answers; pressing it opens the page."""

    name = StringProperty("")
    value = StringProperty("")


class MendCard(Press):
    """One finding: what it is, why, how to mend it; pressing it opens the page where it can be mended."""

    title = StringProperty("")
    text = StringProperty("")
    mend = StringProperty("")


class PostCheckScreen(PostingPage):
    """The summary."""

    state = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, head=t("post.check"), **args)
        self._sent = False
        self._blocked: Finding | None = None
        self._missing = [page for page, _, names in ORDER if not self.has(*(n for n in names if n not in OPTIONAL))]
        for page, _, names in ORDER:
            card = EntryCard(name=self._name(names[0]), value=self._value(names[0]) or t("post.empty"))
            card.bind(on_release=lambda _, page=page: self.open(page))
            self.ids.entries.add_widget(card)
        if self._missing:
            self.main_text = t("post.fill", field=self._name(self._fields(self._missing[0])[0]))
        else:
            self.main_text, self.main_icon = t("post.hand_in"), ""

    def on_enter(self) -> None:
        """Let the rules look at it."""
        if not self._missing:
            from kiosk.services.publish import check_posting

            self.ask(lambda: check_posting(self.terminal.office.here, self.form()), self._take, self._refused)

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
        return answer(self.draft, field, self.terminal.today())

    def _take(self, findings: "tuple[Finding, ...]") -> None:
        from kiosk.services.rules import say

        self.ids.findings.clear_widgets()
        for finding in findings:
            mend = "" if finding.severity is Severity.WARN else say(finding.mend)
            self._add(finding.field, say(finding.title), say(finding.say), mend)
        self._blocked = next((f for f in findings if f.severity is Severity.BLOCK), None)
        if self._blocked is not None:
            self.state = t("post.blocked")
            self.main_text = t("post.mend", field=self._name(self._blocked.field))
        else:
            held = any(f.severity is Severity.HOLD for f in findings)
            self.state = t("post.held" if held else "post.fine")

    def _refused(self, error: Exception) -> None:
        if isinstance(error, BadInput):
            self.ids.findings.clear_widgets()
            self._add(error.field, self._name(error.field), t(error.key, **error.words), "")
        else:
            self.show_problem(error)

    def _add(self, field: str, title: str, text: str, mend: str) -> None:
        card = MendCard(title=title, text=text, mend=mend)
        card.bind(on_release=lambda _: self.open(page_for(field)))
        self.ids.findings.add_widget(card)

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
        if edited := self.draft.get(EDITS):
            self.ask(lambda: self._edit(edited), lambda _: self._edited(), self._failed)
        else:
            self.ask(self._post, self._posted, self._failed)

    def _post(self) -> "Posted":
        from kiosk.domain.listing import Collected
        from kiosk.services.publish import post

        if not self.visit.on_behalf:
            return post(self.terminal.office.here, self.form())
        return post(self.terminal.office.here, self.form(), Collected.STAFF, self.visit.session.staff_id)

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
