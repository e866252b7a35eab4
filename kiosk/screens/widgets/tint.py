"""A property whose default is a colour of the theme by its name: it follows the mode, as a value read when the class is made does not."""

from typing import Any

from kivy.properties import ColorProperty

from kiosk.screens.theme import theme


def tint(name: str) -> Any:
    """Make the property: `ink = tint("green")`. Widgets made from now on begin with the theme's green as it is then."""
    made = ColorProperty(getattr(theme, name))
    theme.follow(lambda: setattr(made, "defaultvalue", getattr(theme, name)))
    return made
