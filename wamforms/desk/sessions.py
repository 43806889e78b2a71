"""Who may use the desk: one-time tokens, and the sessions that they open."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

TOKEN_BYTES = 32
"""256 bits; 128 would do against guessing."""

TOKEN_LIFE_S = 300.0
"""A token is made when a browser is opened; one that nobody used is none for long."""

IDLE_S = 15 * 60.0
"""A desk that nobody touches locks itself: pages of clients may stand on it."""


@dataclass(slots=True)
class Session:
    """One browser that came with a token.

    Attributes
    ----------
    token
        Goes along with whatever changes something; other pages cannot know it.
    by
        Initials of the person, stored with each decision; empty until they are given.
    language
        Chosen by the person; empty as long as the browser's own language holds.
    used_s
        When it was last used, by the clock of `Sessions`.
    dealt
        Pages whose pictures the person may see, for it was logged that they do.
    keys
        Keys of the person's own choice, by what they do.
    """

    id: str
    token: str
    by: str = ""
    language: str = ""
    used_s: float = 0.0
    dealt: set[int] = field(default_factory=set)
    keys: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Sessions:
    """All sessions of one run of the desk; they end with it."""

    clock: Callable[[], float] = time.monotonic
    idle_s: float = IDLE_S
    _tokens: dict[str, float] = field(default_factory=dict)
    _sessions: dict[str, Session] = field(default_factory=dict)

    def invite(self) -> str:
        """Make a token that opens one session."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self._tokens[token] = self.clock()
        return token

    def exchange(self, token: str) -> Session | None:
        """Open a session for a token; None if it is none, was used, or is too old."""
        made = self._tokens.pop(token, None)
        if made is None or self.clock() - made > TOKEN_LIFE_S:
            return None
        new = Session(
            secrets.token_urlsafe(TOKEN_BYTES),
            secrets.token_urlsafe(TOKEN_BYTES),
            used_s=self.clock(),
        )
        self._sessions[new.id] = new
        return new

    def find(self, id_: str, *, touch: bool = True) -> Session | None:
        """Find a session that has not been idle for too long.

        Parameters
        ----------
        id_ : str
            As the browser gave it.
        touch : bool
            False for what a page asks by itself, with nobody at it.
        """
        found = self._sessions.get(id_)
        if found is None:
            return None
        if self.clock() - found.used_s > self.idle_s:
            del self._sessions[id_]
            return None
        if touch:
            found.used_s = self.clock()
        return found

    def close(self, session: Session) -> None:
        """End a session."""
        self._sessions.pop(session.id, None)
