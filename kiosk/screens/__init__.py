"""The visitor's terminal, the staff mode on it and the board: everything that is drawn with Kivy, and nothing else.

A screen only draws and returns what the person chose. What is seen stands in `.kv`, what it does in Python; kivy is imported nowhere else.

How to write a page
===================
One pair of files: `visitor/job_list.py` + `visitor/job_list.kv` with `class JobListScreen(Page)`, and its line in `pages.PAGES`
("jobs": "visitor.job_list"). Class name = file name in CamelCase + Screen.
The .kv is read when the page is first opened; do not load it yourself.

    class JobDetailScreen(Page):
        listing_id = StringProperty()              # visit.go("detail", listing_id="…") sets it

        def on_enter(self) -> None:                # the page is on the screen
            self.title = t("detail.title")         # stands in the header after the station's name
            self.ask(lambda: browse.job(self.terminal.office.here, self.listing_id), self._take)

        def _take(self, facts: JobFacts) -> None:  # on the UI thread; dropped when the page has gone
            self.ids.name.text = facts.published.listing.title

        def on_main(self) -> None:                 # the orange action: set self.main_text (and main_icon, main_enabled)
            self.visit.registration.listing_id = self.listing_id
            self.visit.go("consent")

Page gives
    title, main_text, main_icon, main_enabled, can_go_back   properties; header and dock follow them
    staff = True             class attribute: ink header, 退出工作人员; only for pages that need `visit.session`
    ask(function, then, failed=None, lane="office")   slow work. Errors without `failed` become a calm sentence. 请稍等 after 300 ms
    show_problem(error)      the same sentence as a dialog; `problems.sentence(error)` gives the words alone
    on_enter / on_leave / on_main / on_back (True = handled within the page) / spoken() -> sentences for 读给我听
    on_scan(text)            what the scanner read while the page is in front
    entered, ended           something stands here that is kept nowhere else (首页 asks first); what one came for is done (it does not)
    remember() -> dict       arguments to open the page again as it stands: used by 返回 and when 大字 builds the page anew
    visit                    go(page, **args) · replace(page, **args) · back() · back_to(page) · go_on(page) · home() · next_person()
                             registration (RegistrationDraft) · posting (dict) · session (staff) · touched · large · place
                             set `visit.touched = True` when something personal is shown or entered that is not in the drafts
    terminal                 office (home, call_staff, here: run use cases on office.here inside ask, and import services there)
                             now() · today() · local(instant) · call() · home_facts · open_dialog(Dialog(...)) · say(text) · station_name
                             handwriting() · pinyin(): both inside ask(..., lane="hand")
                             refresh_dock(): after putting something into a draft, so that 换人 appears

A staff page that nobody touches for `idle_s` is covered by the lock (guard.py) and comes back as it stood; timers go on beneath.

A page is built anew for 大字 and for a new window size: so keep what was entered in `visit` (or in `remember()`), never only in widgets.

In .kv (no #:import needed): theme (colours theme.green, theme.orange, theme.quiet…; theme.upright, theme.large), px(48) design pixels,
fs(32) the same ×1.5 in 大字, t("key"), MARGIN 48, GAP 28, HEADER 104. theme does not notify: pages are built anew instead, for 大字 as for
黑底黄字 (theme.contrast), in which every colour is another one: theme.white is what is written on green, orange and ink (black there),
theme.paper and theme.print never change. A property whose default is a colour: `ink = tint("green")` (widgets/tint.py), never
ColorProperty(theme.green), which is read once. With 按钮放低 (theme.low, upright only) the frame slides the page; pages need do nothing.
`root.width` etc. do. Arrange lying and upright with two rules or `cols: 1 if theme.upright else 2`.

Widgets (in widgets/, importable from kiosk.screens.widgets.kit; .kv knows them by name). size_px: design pixels, 大字 is applied inside
    Words    text that fills its width, breaks as Chinese does, as high as its lines (halign, bold, color, max_lines 0 = all)
             Body 32 · Quiet 32 · Small 28 quiet · Head 36 bold · Title 56 bold are Words
    Word     one line as wide as it is (max_width: ends in …); Money 56 orange is a Word
    Icon     icon: 'hand-heart' (any Material Design name), size_px, color; theme.trade_icon(trade) names a trade's
    IconLine icon + words · Badge text, icon, tone green|peach · Notice text (peach card) · Rule line · QrCode text
    Column / Row   BoxLayouts as high as their children · Box (rounded ground: fill, line, radius, shadow) · Card (white, shadow)
    Press    Box that is pressed (on_release, fill, down) · BigButton kind main|station|second|danger|plain, text, icon, icon_after
    Tile icon over word, chosen (orange, tick) · FilterTile chosen (green) · Chip chosen · CandidateButton chosen
    Dialog(title=, text=, icon=, choices=[(words, kind, function), …])
    WritingBox hint, on_written(strokes), clear(), show(strokes) · TextPanel the whole text field, by hand and by pinyin
    NumberPad digits, limit · StepBar steps, current · PayWords amount, unit, size_px, unit_px, most
    PayBar share, mark, mark_text, end_text
    PagedScroll a column that may be too long (add widgets to it) · RowList show, add, row_class, row_height: up to 10,000 rows
    ListingRow listing_id, title, badges, where, when, amount, unit, terms, choose
    (listing_row.with_height adds the height that a long title needs)
    SlipView slip · MarkedWords text with marked spans · QrCode text, or source: a picture's file

Wrap a text in `Words` unless it must be one line: nothing may be cut. Heights: `size_hint_y: None; height: self.minimum_height`.

Traps that we fell into
    A property that only a .kv names (`<Fact@Row>: label: ''`) cannot be given to the constructor: make a class of it in Python.
    Inside another rule a widget's own `ids` are not there yet in `__init__`: use `on_kv_post(self, _)`.
    `root.row.amount` in a rule follows a `row` that is set later only when `row = ObjectProperty(None, rebind=True)`.
    While `pos` is being told, `center_x` and `right` may still be old: count from x and width.
    Kivy's own style.kv is not read (style.kv here takes its place): Button, TextInput and the like would be invisible.

To look at a page by hand: DISPLAY=:N python -m tests.screens.play 1920 1080 0 [PAGE [key=value…]]; PLAY_STATE=DIR works on a real station.
Every state of a page is a line in tests/gallery/states.py: that it looks right is tested there, in all looks; touch tests are for what
touches do. `python -m tests.gallery DIR --only jobs` leaves pictures.
Tests: tests/screens/xtest.py (Screen, Kiosk: tap, write, wait_text, picture), conftest `start`, looks.problems(view, width, height);
on a real store with the samples: tests/screens/real.py (`station`, `start_real`, whole_in_both_sizes).
"""
