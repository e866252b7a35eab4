"""导入 on the desk page: ads pasted from a chat, and tables of listings or workers. Shows what is missing, hands in what is ticked.

Nothing waits on the server between two pages: what is not complete stands in the page's own fields. Sending a page twice does no harm,
because the services count what is there already.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from kiosk.desk.counter import Counter, Desk, Form, Seated, Sent
from kiosk.desk.draft_forms import FIELDS, Card, card_of, draft_of, typed_card
from kiosk.desk.seats import Seat
from kiosk.errors import BadInput
from kiosk.services.drafts import CHAT_MAX, Draft, Trouble, drafts_from_chat
from kiosk.services.importing import Imported, import_listings, import_workers
from kiosk.services.listing_rows import ListingTable, read_listings
from kiosk.services.table_read import read_table
from kiosk.services.worker_rows import WorkerTable, read_workers
from kiosk.text import t
from kiosk.web.forms import FILE_MAX
from kiosk.web.pages import go

router = APIRouter()
CARDS_MAX = 40
"""So many incomplete rows of a table can be completed on the page; with more, the table itself is the better place."""
LISTED_MAX = 300


@router.get("/import")
def doors(desk: Desk, seat: Seated, what: str = "", added: int = 0, known: int = 0) -> HTMLResponse:
    """Show both ways in, and what the last import did."""
    return _page(desk, seat, said=_counted(what, added, known) if added > 0 or known > 0 else "", what=what)


@router.post("/import/chat")
def chat(desk: Desk, form: Form) -> Response:
    """Read pasted ads into forms; nothing is kept yet."""
    text = form.text("text", CHAT_MAX + 1)
    try:
        drafts = drafts_from_chat(text, desk.here.today())
    except BadInput as error:
        return _page(desk, form.seat, troubles={"text": t(error.key, **error.words)}, text=text)
    return _page(desk, form.seat, cards=[card_of(draft, str(draft.row), draft.complete) for draft in drafts])


@router.post("/import/drafts")
def drafts(desk: Desk, form: Form) -> Response:
    """Hand in the ticked ones; whatever did not go in stays as it was typed."""
    typed = _by_card(form)
    ticked = set(form.texts("take"))
    read = {key: draft_of(values) for key, values in typed.items()}
    if not ticked & read.keys():
        cards = [typed_card(read[key], values, key, False) for key, values in typed.items()]
        return _page(desk, form.seat, cards=cards, troubles={"take": t("desk.import_none_ticked")})
    added, known, left, wrong = 0, 0, [], False
    for key, values in typed.items():
        done = import_listings(desk.here, form.seat.session, [read[key]]) if key in ticked else None
        if done is None or done.troubles:
            refused = done.troubles if done is not None and read[key].complete else ()
            left.append(typed_card(read[key], values, key, key in ticked, refused))
            wrong = wrong or done is not None
        else:
            added, known = added + len(done.added), known + done.known
    if not left:
        return go(f"/import?what=listing&added={added}&known={known}")
    said = _counted("listing", added, known) if added or known else ""
    return _page(desk, form.seat, cards=left, said=said, troubles={"take": t("desk.import_left")} if wrong else {})


@router.post("/import/file")
def file(desk: Desk, form: Form) -> Response:
    """Take a table: good rows go in, every other is named with its column and reason; listings that lack something become forms."""
    what = "worker" if form.text("what") == "worker" else "listing"
    sent = form.file("file")
    try:
        if sent is None:
            raise BadInput("file", "desk.import_no_file")
        if len(sent[1]) > FILE_MAX:
            raise BadInput("file", "bad.table.large", most=FILE_MAX // 1024 // 1024)
        sheets, today = read_table(sent[1]), desk.here.today()
        table = read_workers(sheets, today) if what == "worker" else read_listings(sheets, today)
    except BadInput as error:
        return _page(desk, form.seat, troubles={"file": t(error.key, **error.words)}, what=what)
    if isinstance(table, WorkerTable):
        done = import_workers(desk.here, form.seat.session, table.drafts)
        cards: list[Card] = []
    else:
        done = import_listings(desk.here, form.seat.session, table.drafts)
        cards = _cards(table.drafts, done)
    if not (done.troubles or table.ignored or table.refused):
        return go(f"/import?what={what}&added={len(done.added)}&known={done.known}")
    said = _counted(what, len(done.added), done.known)
    return _page(desk, form.seat, said=said, cards=cards, rows=done.troubles, notes=_notes(table), what=what)


def _cards(read: Sequence[Draft], done: Imported) -> list[Card]:
    """Make forms of the rows that did not go in, unless they are too many."""
    wrong: dict[tuple[str, int], list[Trouble]] = {}
    for one in done.troubles:
        wrong.setdefault((one.sheet, one.row), []).append(one)
    open_still = [draft for draft in read if (draft.sheet, draft.row) in wrong]
    if len(open_still) > CARDS_MAX:
        return []
    cards = []
    for number, draft in enumerate(open_still, 1):
        card = card_of(draft, str(number), False)
        refused = () if draft.troubles else tuple(wrong[(draft.sheet, draft.row)])
        cards.append(typed_card(draft, {**card.values, "text": draft.text}, card.key, False, refused) if refused else card)
    return cards


def _by_card(form: Sent) -> dict[str, dict[str, str]]:
    """Sort the fields by draft: each is named d.KEY.FIELD."""
    typed: dict[str, dict[str, str]] = {}
    for name, value in form.prefixed("d.").items():
        key, _, field = name.partition(".")
        typed.setdefault(key, {})[field] = value
    return typed


def _counted(what: str, added: int, known: int) -> str:
    said = t("desk.import_workers" if what == "worker" else "desk.import_listings", count=added)
    return said + (t("desk.import_known", count=known) if known else "")


def _notes(table: ListingTable | WorkerTable) -> list[str]:
    both = ((table.refused, "desk.import_refused"), (table.ignored, "desk.import_ignored"))
    return [t(key, names="、".join(name[:20] for name in names)) for names, key in both if names]


def _page(
    desk: Counter,
    seat: Seat,
    *,
    said: str = "",
    troubles: Mapping[str, str] | None = None,
    text: str = "",
    what: str = "listing",
    cards: Sequence[Card] = (),
    rows: Iterable[Trouble] = (),
    notes: Sequence[str] = (),
) -> HTMLResponse:
    listed = list(rows)
    values: dict[str, Any] = {
        "title": t("section.import"),
        "said": said,
        "troubles": troubles or {},
        "text": text,
        "what": what,
        "most": CHAT_MAX,
        "cards": cards,
        "fields": FIELDS,
        "rows": listed[:LISTED_MAX],
        "more": max(0, len(listed) - LISTED_MAX),
        "bad": len({(one.sheet, one.row) for one in listed}),
        "notes": notes,
    }
    return desk.show("import.html.j2", seat, 422 if troubles or listed else 200, **values)
