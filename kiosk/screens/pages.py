"""The table of pages: name → module under kiosk.screens, a pair of files a page (jobs: visitor/job_list.py + job_list.kv → JobListScreen).

Imported lazily: home first, the others in idle time, so that a cold start does not wait for them. Add a page by adding a line.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.screens.page import Page

PAGES: dict[str, str] = {
    "home": "visitor.home",
    "jobs": "visitor.job_list",
    "search": "visitor.search",
    "filters": "visitor.job_filters",
    "fitting": "visitor.job_fitting",
    "report": "visitor.job_report",
    "detail": "visitor.job_detail",
    "consent": "visitor.consent",
    "name": "visitor.name",
    "phone": "visitor.phone",
    "trades": "visitor.trades",
    "pay": "visitor.pay",
    "done": "visitor.done",
    "apply": "visitor.apply",
    "mine": "visitor.mine",
    "mine_found": "visitor.mine_found",
    "mine_paid": "visitor.mine_paid",
    "mine_change": "visitor.mine_change",
    "mine_trades": "visitor.mine_trades",
    "mine_wage": "visitor.mine_wage",
    "mine_area": "visitor.mine_area",
    "mine_phone": "visitor.mine_phone",
    "mine_name": "visitor.mine_name",
    "policies": "visitor.policies",
    "policy": "visitor.policy",
    "services": "visitor.services",
    "house_rules": "visitor.house_rules",
    "signup_who": "visitor.signup_who",
    "signup": "visitor.signup",
    "got_slip": "visitor.got_slip",
    "wifi": "visitor.wifi",
    "talk": "visitor.talk",
    "talk_cancel": "visitor.talk_cancel",
    "post": "visitor.post",
    "post_people": "visitor.post_people",
    "post_days": "visitor.post_days",
    "post_hours": "visitor.post_hours",
    "post_area": "visitor.post_area",
    "post_text": "visitor.post_text",
    "post_pay": "visitor.post_pay",
    "post_terms": "visitor.post_terms",
    "post_phone": "visitor.post_phone",
    "post_scope": "visitor.post_scope",
    "post_check": "visitor.post_check",
    "posted": "visitor.posted",
    "my_posting": "visitor.my_posting",
    "my_postings": "visitor.my_postings",
    "sign_in": "staff.sign_in",
    "today": "staff.today",
    "review": "staff.review",
    "published": "staff.published",
    "board_room": "staff.board_room",
    "board_notice": "staff.board_notice",
    "reason": "staff.reason",
    "recommend": "staff.recommend",
    "follow_up": "staff.follow_up",
    "behalf": "staff.behalf",
    "registrations": "staff.registrations",
    "quick_listing": "staff.quick_listing",
    "employers": "staff.employers",
    "employer_file": "staff.employer_file",
    "cases": "staff.cases",
    "printer": "staff.printer",
    "set_clock": "staff.set_clock",
    "self_check": "staff.self_check",
    "touch_test": "staff.touch_test",
    "facilities": "staff.facilities",
    "facility_expiry": "staff.facility_expiry",
    "booking": "staff.booking",
    "ledger": "staff.ledger",
    "assessment": "staff.assessment",
    "evidence": "staff.evidence",
    "ledger_entry": "staff.ledger_entry",
    "own_words": "staff.own_words",
    "papers": "staff.papers",
    "team": "staff.team",
    "team_person": "staff.team_person",
    "team_add": "staff.team_add",
    "new_pin": "staff.new_pin",
    "first_start": "staff.first_start",
    "lock": "staff.lock",
}
_loaded: dict[str, type["Page"]] = {}


def load(name: str) -> type["Page"]:
    """Give a page's class, importing its module and reading its .kv the first time; raises KeyError for a name not in the table."""
    if name not in _loaded:
        from kivy.lang import Builder

        module = import_module(f"kiosk.screens.{PAGES[name]}")
        kv = Path(str(module.__file__)).with_suffix(".kv")
        if kv.exists():
            Builder.load_file(str(kv))
        stem = PAGES[name].rsplit(".", 1)[-1]
        _loaded[name] = getattr(module, "".join(part.capitalize() for part in stem.split("_")) + "Screen")
    return _loaded[name]


def exists(name: str) -> bool:
    """Say whether a page's module is there."""
    return name in PAGES and (Path(__file__).parent / (PAGES[name].replace(".", "/") + ".py")).exists()


def known(**classes: type["Page"]) -> None:
    """Add pages that a test brings along."""
    _loaded.update(classes)
