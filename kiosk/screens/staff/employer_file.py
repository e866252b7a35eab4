"""One employer's file: who he is, what was seen of him and by whom, his listings and cases; verifying, holding, releasing."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kivy.factory import Factory
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.employer import EmployerKind, Seen
from kiosk.domain.station import COUNTY
from kiosk.domain.uscc import CHARACTERS, LENGTH
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import BigButton
from kiosk.services.employer_words import judged, row_words, state_words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.employers import EmployerFile

LISTED = 12


class EmployerBody(BoxLayout):
    """The file as it is read."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class CodeKeys(BoxLayout):
    """The keys of a code."""

    page = ObjectProperty(None, allownone=True, rebind=True)


class EmployerFileScreen(StaffPage):
    """`employer_id`; `coding`: the code is being entered, `code` is how far; `said` what was done just now."""

    employer_id = StringProperty("")
    said = StringProperty("")
    coding = BooleanProperty(False)
    code = StringProperty("")
    name = StringProperty("")
    about = StringProperty("")
    papers = StringProperty("")
    stopped = StringProperty("")
    judged = StringProperty("")
    amiss = BooleanProperty(False)
    code_hint = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("section.employers"), **args)
        self._file: EmployerFile | None = None

    def begin(self) -> None:
        """Ask for the file."""
        self._ask()

    def _ask(self) -> None:
        from kiosk.services.employers import employer_file

        self.ask(lambda: employer_file(self.here, self.employer_id), self._take)

    def _take(self, file: "EmployerFile") -> None:
        self._file = file
        if self.coding:
            self.enter_code(self.code)
        else:
            self._draw()

    def _draw(self) -> None:
        file = self._file
        if file is None:
            return
        self.coding, self.main_text = False, ""
        employer = file.row.employer
        self.name = employer.name
        code = t("employers.code", code=employer.uscc) if employer.uscc else t("employers.no_code")
        self.about = " ・ ".join((employer.phone.grouped(), *([code] if employer.kind is EmployerKind.UNIT else [])))
        self.papers, self.amiss = row_words(file.row)
        self.stopped = ""
        if file.hold is not None:
            day = self._day(file.hold.decided_at)
            self.stopped = t("employers.why_stopped", day=day, who=file.hold.by_name, reason=file.hold.reason)
            self.stopped += f"。{t('employers.countys')}" if file.hold.station_id == COUNTY else ""
        self.judged = judged(file.history)
        body = EmployerBody(page=self)
        for sight in file.sights:
            line = t("employers.sight", day=self._day(sight.seen_at), who=sight.by_name, what=t(f"seen.{sight.what.value}"))
            body.ids.sights.add_widget(Factory.Body(text="：".join(part for part in (line, sight.note) if part)))
        if not file.sights and employer.verified_on is not None:
            # looked at before sights were kept
            seen = t("day.date", month=employer.verified_on.month, day=employer.verified_on.day)
            line = t("employers.sight", day=seen, who=employer.verified_by, what=employer.verified_what)
            body.ids.sights.add_widget(Factory.Body(text=line))
        elif not file.sights:
            body.ids.sights.add_widget(Factory.Quiet(text=t("employers.file_none")))
        for case, step in file.cases:
            line = t("employers.case", day=self._day(case.opened_at), kind=t(f"case_kind.{case.kind}"), state=t(f"case_state.{step}"))
            body.ids.cases.add_widget(Factory.Body(text=line))
        if not file.cases:
            body.ids.cases.add_widget(Factory.Quiet(text=t("employers.file_no_cases")))
        for one, state in file.listings[:LISTED]:
            said = state_words(state, held=file.row.held)
            line = t("employers.listing", title=one.title, count=one.headcount, day=self._day(one.collected_at), state=said)
            body.ids.listings.add_widget(Factory.Body(text=line))
        for text, icon, kind_of, act in self._acts(file):
            button = BigButton(text=text, icon=icon, kind=kind_of, size_px=32)
            button.height = max(theme.px(96), theme.fs(80))
            button.bind(on_release=lambda _, act=act: act())
            body.ids.acts.add_widget(button)
        self._put(body)

    def _acts(self, file: "EmployerFile") -> list[tuple[str, str, str, Callable[[], None]]]:
        """Give what can be done: words, icon, kind of button, act."""
        unit = file.row.employer.kind is EmployerKind.UNIT
        paper = Seen.LICENCE if unit else Seen.ID_CARD
        acts: list[tuple[str, str, str, Callable[[], None]]] = [
            (t(f"employers.see_{paper.value}"), "file-check", "station", lambda: self._see(paper)),
            (t("employers.see_place"), "map-marker-check", "second", lambda: self._see(Seen.PLACE)),
        ]
        if unit:
            key = "employers.change_code" if file.row.employer.uscc else "employers.enter_code"
            acts.append((t(key), "form-textbox", "second", lambda: self.enter_code("")))
        if not unit or not file.row.employer.uscc:
            other = EmployerKind.PERSON if unit else EmployerKind.UNIT
            acts.append((t(f"employers.make_{other.value}"), "swap-horizontal", "second", lambda: self._set_kind(other)))
        if file.hold is not None and file.hold.station_id == COUNTY:
            return acts
        act, icon = ("release", "lock-open-variant") if file.row.held else ("stop", "cancel")
        acts.append((t(f"employers.{act}"), icon, "second" if file.row.held else "danger", lambda: self._give_reason(act)))
        return acts

    def _see(self, what: Seen) -> None:
        from kiosk.services.employers import see

        said = t("employers.said_seen", what=t(f"seen.{what.value}"))
        self.ask(lambda: see(self.here, self.session, self.employer_id, what), lambda _: self._done(said))

    def _set_kind(self, kind: EmployerKind) -> None:
        from kiosk.services.employers import set_kind

        self.ask(lambda: set_kind(self.here, self.session, self.employer_id, kind), lambda _: self._done(t("employers.said_kind")))

    def _give_reason(self, act: str) -> None:
        self.visit.go("reason", act=act, employer_id=self.employer_id, name=self.name)

    def _done(self, said: str) -> None:
        self.said, self.coding = said, False
        self._ask()

    def enter_code(self, code: str) -> None:
        """Open the keys of a 统一社会信用代码: its own thirty-one characters and no other."""
        self.said, self.coding, self.code = "", True, code
        body = CodeKeys(page=self)
        for character in (*CHARACTERS, ""):
            key = BigButton(text=character or t("pad.delete"), kind="plain", size_px=44 if character else 28, size_hint_y=1, padding=0)
            key.bind(on_release=lambda _, character=character: self._press(character))
            body.ids.letters.add_widget(key)
        self._put(body)
        self._follow_code()

    def _press(self, character: str) -> None:
        self.code = (self.code + character)[:LENGTH] if character else self.code[:-1]
        self._follow_code()

    def _follow_code(self) -> None:
        left = LENGTH - len(self.code)
        self.code_hint = t("employers.code_left", count=left) if left else t("employers.code_full")
        self.main_text, self.main_icon, self.main_enabled = t("employers.code_save"), "check", not left

    def on_main(self) -> None:
        """Check the code and keep it; a wrong one stays to be mended."""
        from kiosk.services.employers import name_code

        code = self.code
        self.ask(lambda: name_code(self.here, self.session, self.employer_id, code), lambda _: self._done(t("employers.said_code")))

    def on_back(self) -> bool:
        """Leave the keys."""
        if self.coding:
            self._draw()
            return True
        return False

    def _put(self, body: Any) -> None:
        self.ids.body.clear_widgets()
        self.ids.body.add_widget(body)

    def _day(self, instant: Any) -> str:
        day = self.terminal.local(instant)
        return t("day.date", month=day.month, day=day.day)

    def remember(self) -> dict[str, Any]:
        """Keep which file it is, and how far the code is."""
        return {"employer_id": self.employer_id, "coding": self.coding, "code": self.code, "said": ""}

    def spoken(self) -> str:
        """Say what was done, and what is amiss; never a name or number."""
        return self.said or self.papers
