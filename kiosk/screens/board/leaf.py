"""One of the board's two pages that take turns: what a scene says, as widgets at their places. Decides nothing about fades."""

from dataclasses import replace
from typing import Any

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk import qr
from kiosk.domain.programme import PageKind
from kiosk.screens.board import parts, sheets
from kiosk.screens.board.fitting import fit, in_few_lines
from kiosk.screens.board.scene import Fact, Scene, Sheet, State
from kiosk.screens.board.sheet_fitting import set_large, set_sheet, set_tiles
from kiosk.screens.board.sizes import Place, Sizes
from kiosk.screens.widgets.qr_code import QUIET, QrCode
from kiosk.text import t

QUIET_ICONS = {State.EMPTY: "coffee", State.WAITING: "timer-sand", State.TROUBLE: "account-voice"}
ICONS = {
    PageKind.POLICY: "file-document",
    PageKind.TRAINING: "school",
    PageKind.SERVICES: "hand-heart",
    PageKind.NOTICE: "bullhorn",
    PageKind.PICTURE: "home-heart",
}
SIGN, SIGN_SHARE = "shield-account", 0.22
"""The sign on a safety page, and its width in that of the page."""


class Leaf:
    """What stands between header and strip. `widgets` are to be seen, on the grounds named in `grounds`; `warns`: the warning on it."""

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        self.kind, self.turn, self.warns = PageKind.LIST, 0, ""
        self.grounds: frozenset[str] = frozenset()
        self.widgets: list[Widget] = []
        self._rows = [(parts.BoardRowUpright if sizes.upright else parts.BoardRowLying)(size_hint_y=None) for _ in range(sizes.rows)]
        for row in self._rows:
            row.height = sizes.beside.height / sizes.rows
        self._listings = BoxLayout(orientation="vertical")
        self._card = (parts.UprightCard if sizes.upright else parts.LyingCard)()
        self._far = QrCode(bare=True)
        self._large, self._sheet, self._picture = sheets.LargePage(), sheets.SheetPage(), sheets.PicturePage()
        for widget in (self._listings, self._card, self._far, self._large, self._sheet, self._picture):
            widget.size_hint = None, None

    @property
    def narrows_strip(self) -> bool:
        """Say whether the strip ends before the large code."""
        return "far" in self.grounds and not self._sizes.upright

    def fill(self, scene: Scene) -> None:
        """Take over a scene's words."""
        sheet = scene.sheet or Sheet(kind=scene.kind)
        self.kind, self.turn = scene.kind, scene.turn
        self.warns = sheet.title if scene.kind is PageKind.SAFETY else ""
        if scene.state is State.SHEET:
            self._fill_sheet(sheet, parts.station_names(scene)[-1])
        elif scene.state is State.LISTINGS:
            (self._fill_large if scene.kind is PageKind.LARGE else self._fill_list)(scene, sheet)
        else:
            self._fill_quiet(scene, sheet)
        if self._picture not in self.widgets:
            self.clear()

    def clear(self) -> None:
        """Let go of a picture."""
        self._picture.clear()

    def _fill_list(self, scene: Scene, _: Sheet) -> None:
        sizes = self._sizes
        columns, said = fit(scene.rows, sizes)
        self._listings.clear_widgets()
        for widget, row, words_of_row in zip(self._rows, scene.rows, said, strict=False):
            widget.columns, widget.said, widget.marked = columns, words_of_row, row == scene.highlight
            self._listings.add_widget(widget)
        self._listings.add_widget(Widget() if len(scene.rows) > sizes.rows / 2 else parts.FewPage())
        self._put(self._listings, sizes.beside, *(f"row{n}" for n in range(0, len(scene.rows), 2)))
        self._fill_card(scene, named=True)

    def _fill_large(self, scene: Scene, sheet: Sheet) -> None:
        chosen, page, sizes = scene.rows[0], self._large, self._sizes
        width, height = _inside(sizes.beside, sizes)
        page.amount, page.unit = chosen.amount, chosen.unit
        page.as_set = set_large(chosen, t("board.number", number=chosen.number), sheet.facts, width, height, sizes)
        self._put(page, sizes.beside, "beside")
        self._fill_card(scene, named=False)

    def _fill_sheet(self, sheet: Sheet, station: str) -> None:
        sizes, page = self._sizes, self._sheet
        if sheet.kind is PageKind.PICTURE and self._picture.arrange(sheet.picture, "", sheet.title, sheet.lead, sizes.whole, sizes):
            self._put(self._picture, sizes.whole)
        elif sheet.kind is PageKind.CODE:
            facts = (*sheet.facts, Fact("qrcode-scan", sheet.hint)) if sheet.hint else sheet.facts
            place = sizes.far_words
            words = Sheet(kind=sheet.kind, title=sheet.title, lead=sheet.lead, facts=facts, body=sheet.body)
            page.icon, page.amber, page.padding = "", False, 0
            page.arrange(set_sheet(words, place.width, place.height - 2 * sizes.pad, sizes, False), "", 0, sizes.upright)
            self._put(page, place)
            self._far.text = sheet.url
            self._add(self._far, sizes.far, "far")
        else:
            if sheet.kind is PageKind.PICTURE and not sheet.title:
                # its picture cannot be shown
                sheet = replace(sheet, title=station)
            place, ground = (sizes.beside, "beside") if sheet.url else (sizes.whole, "whole")
            self._arrange(sheet, place, ground)
            if sheet.url:
                self._say_card("", "", "", sheet.hint, "", sheet.url)

    def _arrange(self, sheet: Sheet, place: Place, ground: str) -> None:
        sizes, page = self._sizes, self._sheet
        page.icon, page.amber = ICONS.get(sheet.kind, ""), sheet.kind is PageKind.NOTICE
        if sheet.kind is PageKind.SERVICES:
            page.padding = 0
            page.arrange(set_tiles(sheet, place.width, place.height, sizes), "", 0, sizes.upright)
            self._put(page, place)
            return
        width, height = _inside(place, sizes)
        sign_px, disc = 0.0, bool(page.icon)
        if sheet.kind is PageKind.SAFETY:
            ground += " sign"
            sign = round(width * SIGN_SHARE)
            sign_px = sign * 1080 / min(sizes.width, sizes.height)
            width, height = (width, height - sign - 2 * sizes.pad) if sizes.upright else (width - sign - 2 * sizes.pad, height)
        page.padding = 2 * sizes.pad, 1.5 * sizes.pad
        page.arrange(set_sheet(sheet, width, height, sizes, disc), SIGN if sign_px else "", sign_px, sizes.upright)
        self._put(page, place, f"{ground} notice" if page.amber else ground)

    def _fill_quiet(self, scene: Scene, sheet: Sheet) -> None:
        sizes, words = self._sizes, (t(f"board.{scene.state}"), t(f"board.{scene.state}_more"))
        place = sizes.beside if scene.more_url else sizes.whole
        self._picture.arrange(sheet.picture, QUIET_ICONS[scene.state], *words, place, sizes)
        self._put(self._picture, place)
        self._fill_card(scene, named=True)

    def _fill_card(self, scene: Scene, named: bool) -> None:
        """Say what the code leads to: the highlight, `named` unless it stands there large already; else all listings."""
        chosen = scene.highlight
        if chosen:
            title, amount, unit = (chosen.title, chosen.amount, chosen.unit) if named else ("", "", "")
            self._say_card(title, amount, unit, t("board.scan"), t("board.key_in", number=chosen.number), chosen.url)
        elif scene.more_url:
            title, more = ("board.gone", t("board.gone_more")) if scene.rows else ("board.more", "")
            self._say_card(t(title), "", "", t("board.more_hint"), more, scene.more_url)

    def _say_card(self, title: str, amount: str, unit: str, hint: str, more: str, url: str) -> None:
        card, sizes = self._card, self._sizes
        large = (sizes.text, sizes.small) if sizes.upright else (sizes.small,)
        card.title, card.title_px = in_few_lines(title, sizes.card_words, large) if title else ("", sizes.small)
        card.amount, card.unit, card.more, card.url = amount, unit, more, url
        card.hint, card.hint_px = in_few_lines(hint, sizes.card_words, (sizes.small,) if title else (sizes.text, sizes.small))
        card.code_px = qr.scale(url, sizes.code) * (qr.side(url) + 2 * QUIET)
        self._add(card, sizes.card, "card")

    def _put(self, widget: Any, place: Place, *grounds: str) -> None:
        """Let this stand there alone."""
        self.widgets, self.grounds = [], frozenset()
        self._add(widget, place, *grounds)

    def _add(self, widget: Any, place: Place, *grounds: str) -> None:
        widget.pos, widget.size = (place.x, place.y), (place.width, place.height)
        self.widgets.append(widget)
        self.grounds |= set(grounds)


def _inside(place: Place, sizes: Sizes) -> tuple[int, int]:
    """Give the room on a ground."""
    return place.width - 4 * sizes.pad, place.height - 3 * sizes.pad
