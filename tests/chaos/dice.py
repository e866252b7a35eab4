"""Chance under a seed: what the product draws with `secrets` comes from here, too, so that a schedule replays to the byte."""

import random
import secrets
from unittest.mock import patch


class Dice(random.Random):
    """A generator that is seeded anew for every step, so that a step that is left out changes no other step's luck."""

    def hex(self, size: int | None = None) -> str:
        """Stand in for secrets.token_hex."""
        return self.randbytes(size or 32).hex()

    def chance(self, of: float) -> bool:
        """Say yes with this probability."""
        return self.random() < of


def load(dice: Dice) -> None:
    """Let `secrets` draw from `dice` from now on: for a process that does nothing else."""
    drawn = patch.multiple(
        secrets, token_hex=dice.hex, token_bytes=dice.randbytes, randbits=dice.getrandbits, choice=dice.choice, randbelow=dice.randrange
    )
    drawn.start()
