"""The product on trial: a virtual screen, a finger, an eye, and a visitor's journey. Nothing of this runs at a station."""
