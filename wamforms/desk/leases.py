"""Who has which cards before them, so that two windows do not take the same ones."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Lock

LEASE_S = 120.0
"""A window asks for cards far more often than that as long as somebody works in it."""


@dataclass(slots=True)
class Leases:
    """Cards that were dealt to a window, for a while."""

    clock: Callable[[], float] = time.monotonic
    _held: dict[str, tuple[str, float]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def take(self, window: str, cards: Iterable[str]) -> tuple[str, ...]:
        """Deal cards to a window, and return those that another one has before it."""
        now_s = self.clock()
        taken = []
        with self._lock:
            for card in cards:
                holder, until_s = self._held.get(card, ("", 0.0))
                if holder not in {"", window} and until_s > now_s:
                    taken.append(card)
                else:
                    self._held[card] = (window, now_s + LEASE_S)
        return tuple(taken)

    def release(self, window: str) -> None:
        """Take all cards back from a window that was closed."""
        with self._lock:
            for card in [card for card, (holder, _) in self._held.items() if holder == window]:
                del self._held[card]

    def close(self) -> None:
        """Forget everything; nothing has to be put right."""
        self._held.clear()
