"""The row that asks the client what the professional may see: where it stands, how it looks.

It is the last thing on the form, under a rule of its own, so that nobody takes it
for one more question about the working relationship.
"""

from collections.abc import Iterator

from layouts.geometry import BoxMm, Paper, PointMm
from layouts.model import CONSENT, CONSENT_VALUES, Bubble, Group, Shape
from wamforms.artwork import Bar, Face, Outline, Shown, Text, Type
from wamforms.instrument import Wording
from wamforms.measures import CONTENT_LEFT_MM, OUTLINE_MM, RADIUS_MM
from wamforms.typeset import ASCENT, MM_PER_PT, PT_STEP, balanced, fits, line_step_mm

HEIGHT_MM = 8.5
"""The row from its rule to its foot: two lines beside each bubble, with air."""

QUESTION_MM, GAP_MM = 59.0, 3.0
"""Room for the question, and white between it and the first bubble."""

LABEL_GAP_MM, BETWEEN_MM = 1.4, 2.4
"""White between a bubble and its label, and between a label and the next bubble."""

_LEVEL_MM = 4.7
"""Middle of the bubbles under the rule."""

_RULE_MM = 0.25
_PT, _LEAST_PT, _NOTE_PT, _LABEL_LINES = 9.5, 7.5, 8.0, 2
_LABELS = ("consent_all", "consent_factors", "consent_nothing")


def consent_group(top_mm: float, paper: Paper) -> Group:
    """Place the bubbles of the row that begins at `top_mm`, evenly over the rest of its width."""
    first = CONTENT_LEFT_MM + QUESTION_MM + GAP_MM + RADIUS_MM
    pitch = _pitch_mm(paper)
    level = round(top_mm + _LEVEL_MM, 3)
    return Group(
        CONSENT,
        tuple(
            Bubble(value, PointMm(round(first + place * pitch, 3), level), RADIUS_MM)
            for place, value in enumerate(CONSENT_VALUES)
        ),
    )


def consent_faults(wording: Wording, paper: Paper) -> Iterator[str]:
    """Name the sentences of the row that are too long for it."""
    for name in ("consent", "consent_blank"):
        if not fits(wording.phrases[name], _LEAST_PT, QUESTION_MM, 1):
            yield f"phrases.{name}: does not fit one line of {QUESTION_MM:g} mm; shorten it"
    room = _label_mm(paper)
    for name in _LABELS:
        if not fits(wording.phrases[name], _LEAST_PT, room, _LABEL_LINES):
            text = f"does not fit {_LABEL_LINES} lines of {room:.0f} mm; shorten it"
            yield f"phrases.{name}: {text}"


def consent_art(group: Group, wording: Wording, shape: Shape, paper: Paper) -> Iterator[Shown]:
    """Draw up the rule, the question with what no mark means, and the labelled bubbles."""
    level = group.bubbles[0].centre.y_mm
    width = round(paper.width_mm - 2 * CONTENT_LEFT_MM, 3)
    yield Bar(BoxMm(CONTENT_LEFT_MM, round(level - _LEVEL_MM, 3), width, _RULE_MM))
    yield from _question(wording, level)
    labels = [wording.phrases[name] for name in _LABELS]
    room = _label_mm(paper)
    size = _largest(labels, _PT, room, _LABEL_LINES)
    for bubble, label in zip(group.bubbles, labels, strict=True):
        yield Outline(shape, bubble.centre, bubble.radius_mm, OUTLINE_MM)
        left = bubble.centre.x_mm + bubble.radius_mm + LABEL_GAP_MM
        yield from _lines(balanced(label, size, room), PointMm(left, level), Type(size))


def _question(wording: Wording, level_mm: float) -> Iterator[Text]:
    """Print the question bold, and small beneath it what no mark means."""
    question, note = wording.phrases["consent"], wording.phrases["consent_blank"]
    size = _largest([question], _PT, QUESTION_MM, 1, Face.BOLD)
    small = _largest([note], _NOTE_PT, QUESTION_MM, 1)
    yield Text(question, PointMm(CONTENT_LEFT_MM, level_mm - 0.4), Type(size, Face.BOLD))
    yield Text(note, PointMm(CONTENT_LEFT_MM, level_mm + 3.0), Type(small))


def _largest(
    texts: list[str], largest_pt: float, room_mm: float, most: int, face: Face = Face.REGULAR
) -> float:
    size = largest_pt
    while size > _LEAST_PT and not all(fits(one, size, room_mm, most, face) for one in texts):
        size -= PT_STEP
    return size


def _lines(texts: tuple[str, ...], at: PointMm, kind: Type) -> Iterator[Text]:
    """Print lines centred on a height."""
    step = line_step_mm(kind.size_pt)
    first = at.y_mm + kind.size_pt * MM_PER_PT * ASCENT / 2 - (len(texts) - 1) * step / 2
    for number, line in enumerate(texts):
        yield Text(line, PointMm(at.x_mm, first + number * step), kind)


def _pitch_mm(paper: Paper) -> float:
    right = paper.width_mm - CONTENT_LEFT_MM
    return (right - CONTENT_LEFT_MM - QUESTION_MM - GAP_MM + BETWEEN_MM) / len(CONSENT_VALUES)


def _label_mm(paper: Paper) -> float:
    return _pitch_mm(paper) - 2 * RADIUS_MM - LABEL_GAP_MM - BETWEEN_MM
