"""How this terminal becomes one of the county's, stays known to it, and hears that it is not any more. Knows no schedule and no HTTP.

Where the hub is and by what it is known stand in the store beside the keys, so that a store put back from a backup finds its county.
"""

from collections.abc import Callable
from datetime import datetime

from kiosk.domain import enrol_text
from kiosk.errors import HubRefused, SyncError
from kiosk.services import tickets
from kiosk.store.store import Store
from kiosk.sync import exchange
from kiosk.sync.client import Hub, KeyHub, Place, fetch_authority
from kiosk.sync.exchange import PHONE_BASE, TOKEN, Identity
from kiosk.sync.protocol import Problem

ADDRESS = "sync.address"
AUTHORITY = "sync.authority"
SHUT_OUT = "sync.shut_out"
SHUTS_OUT = frozenset({Problem.UNAUTHORIZED, Problem.REVOKED})


def place(store: Store, address: str = "") -> Place:
    """Say where the hub is: at `address` where settings name one, else where the enrolment said."""
    with store.read() as u:
        return Place(address or u.recall(ADDRESS) or "", u.recall(AUTHORITY) or "")


def enrol(store: Store, text: str, open_hub: Callable[[Place], Hub], now: datetime, address: str = "") -> Identity:
    """Enrol with what the county told; raise BadInput, SyncError.

    The county's authority is fetched and believed by its mark before the code is sent to anybody. Safe to repeat when an answer was lost.
    """
    told = enrol_text.read(text)
    there = place(store, address)
    if told.address:
        there = Place(told.base, fetch_authority(told.base, told.mark))
    also = {AUTHORITY: there.authority, SHUT_OUT: ""} | ({ADDRESS: there.base} if told.address else {})
    return exchange.enrol(store, open_hub(there), told.code, now, also)


def renew(store: Store, hub: KeyHub) -> bool:
    """Ask the county which keys to use from now on and use them; say whether they are new. Raises SyncError.

    Killed or cut off at any point, the next time gives the same answer: the old token works until the new one was first used.
    """
    me = exchange.identity(store)
    if me is None:
        return False
    given = hub.keys(me.token)
    kept = {
        TOKEN: given.device_token,
        tickets.KEY_ID: str(given.ticket_key_id),
        tickets.KEY: given.ticket_key,
        PHONE_BASE: given.phone_base,
        AUTHORITY: given.authority,
    }
    with store.write() as u:
        if u.recall(TOKEN) != me.token:
            return False  # enrolled anew while this was on its way
        changed = {key: value for key, value in kept.items() if u.recall(key) != value}
        for key, value in changed.items():
            u.remember(key, value)
    return bool(changed)


def heed(store: Store, error: SyncError | None) -> None:
    """Note for staff that the county does not take us any more, or that it does (None)."""
    told = error.code if isinstance(error, HubRefused) and error.code in SHUTS_OUT else ""
    if error is not None and not told:
        return
    with store.read() as u:
        before = u.recall(SHUT_OUT) or ""
    if before != told:
        with store.write() as u:
            u.remember(SHUT_OUT, told)
