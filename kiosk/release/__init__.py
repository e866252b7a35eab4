"""Releases of the program: made and signed on one side, and put to work by root at the station. Knows no store, no hub and no screen."""
