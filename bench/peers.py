"""How other programs read such marks, as measured on synthetic pages of their own forms.

Each program's own example form at 300 dpi, 570 answers with the marks of
`bench.conditions.PEER_MARKS` in random rows. No program flagged a faint mark for a person.
"""

from dataclasses import dataclass

ANSWERS = 570


@dataclass(frozen=True, slots=True)
class Peer:
    """One program with one setting, and how many of the answers it read right."""

    name: str
    right: int
    lost: str


PEERS = (
    Peer("SDAPS 1.9.13, `check` mode, own conversion", 570, "nothing"),
    Peer("SDAPS 1.9.13, `fill` mode", 488, "dots (1 of 74 read)"),
    Peer("SDAPS 1.9.13, default", 454, "every fill (means a withdrawn mark), 36 scribbles"),
    Peer("SDAPS 1.9.13, scan cut at grey 128", 408, "every faint cross"),
    Peer("auto-multiple-choice 1.6, 0.15", 425, "every faint cross, dots"),
    Peer("OMRChecker", 424, "every dot, most faint crosses, 6 plainly wrong"),
)
