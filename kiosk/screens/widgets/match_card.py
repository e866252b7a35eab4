"""A listing that fits, and why (done.png)."""

from kivy.properties import StringProperty

from kiosk.screens.widgets.buttons import Press


class MatchCard(Press):
    """One listing that fits, and why."""

    title = StringProperty("")
    pay = StringProperty("")
    why = StringProperty("")
