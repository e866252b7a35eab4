"""Kills every process of two stations and their county under load, and looks for what was acknowledged (`python -m tests.crash`)."""
