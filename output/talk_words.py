"""The words of the talk sheet, in every language it is made in."""

from collections.abc import Mapping
from dataclasses import dataclass

from layouts.model import Role
from output.talk_sheet import Apart, Moment, Size, TalkRow, TalkSheet


@dataclass(frozen=True, slots=True)
class Words:
    """One language. Sentences are short and common, and say `you` to both people.

    Attributes
    ----------
    months
        From January.
    apart
        What is said of the factor on which the two are closest, by how far apart that is.
    furthest
        The same for the factor on which they are furthest apart; {more} sees more than {less}.
    moved
        By size and whether it is more.
    """

    title: str
    both: str
    one: str
    withheld: str
    roles: Mapping[Role, str]
    before: str
    little: str
    much: str
    months: tuple[str, ...]
    wave: str
    no_score: str
    two_constructs: str
    weak: str
    closest_head: str
    closest: Mapping[Size, str]
    furthest_head: str
    furthest: Mapping[Size, str]
    no_fault: str
    chance: str
    since: str
    moved: Mapping[tuple[Size, bool], str]
    may_be_chance: str
    not_chance: str
    not_known: str
    precision: str
    no_precision: str
    other_professional: str
    talk_head: str
    ask_closest: str
    ask_furthest: str
    ask_well: str
    ask_else: str
    ask_help: str
    agree: str
    again: str
    foot: str
    placeholder: str


EN = Words(
    title="Talking it over",
    both="This is how each of you filled in the form. There is no right or wrong.",
    one="This is how the professional filled in the form. There is no right or wrong.",
    withheld="The client's answers are not on this sheet. That is always all right.",
    roles={Role.CLIENT: "client", Role.PROFESSIONAL: "professional"},
    before="small and open: {when}",
    little="little",
    much="much",
    months=(
        *("January", "February", "March", "April", "May", "June", "July", "August"),
        *("September", "October", "November", "December"),
    ),
    wave="measurement ‘{wave}’",
    no_score="too few answers",
    two_constructs="Two different things: do not hold them against each other.",
    weak="This part is measured less precisely.",
    closest_head="Where you are closest",
    closest={
        Size.ALIKE: "{factor}: your answers are much alike.",
        Size.SOME: "{factor}: your answers are a bit apart, but less than elsewhere.",
        Size.FAR: "{factor}: your answers are apart here, too, but less than elsewhere.",
    },
    furthest_head="Where you are furthest apart",
    furthest={
        Size.ALIKE: "{factor}: here, too, your answers are much alike.",
        Size.SOME: "{factor}: the {more} sees a bit more of it than the {less}.",
        Size.FAR: "{factor}: the {more} sees clearly more of it than the {less}.",
    },
    no_fault="A difference is not wrong. It is something to talk about.",
    chance="This difference could be chance.",
    since="Since {when}",
    moved={
        (Size.ALIKE, True): "about the same",
        (Size.ALIKE, False): "about the same",
        (Size.SOME, True): "a bit more",
        (Size.SOME, False): "a bit less",
        (Size.FAR, True): "clearly more",
        (Size.FAR, False): "clearly less",
    },
    may_be_chance="could be chance",
    not_chance="more than chance",
    not_known="not known",
    precision="“Could be chance”: the form measures no more precisely than this.",
    no_precision="There are too few forms yet to tell change from chance.",
    other_professional="Another professional filled in the form then, so only the client's"
    " earlier answers are shown.",
    talk_head="To talk about",
    ask_closest="Your answers are close on {factor}. How do you notice that?",
    ask_furthest="Your answers differ on {factor}. What does each of you see?",
    ask_well="What goes well when you work together?",
    ask_else="What would each of you like to be different?",
    ask_help="What would help you most now to work together well?",
    agree="What we agree to do",
    again="We look at this again on:",
    foot="Confidential. Made with {program}.",
    placeholder="PLACEHOLDER WORDING: not the licensed questionnaire.",
)

NL = Words(
    title="Samen in gesprek",
    both="Zo vulden jullie allebei het formulier in. Er is geen goed of fout.",
    one="Zo vulde de professional het formulier in. Er is geen goed of fout.",
    withheld="De antwoorden van de cliënt staan niet op dit blad. Dat is altijd in orde.",
    roles={Role.CLIENT: "cliënt", Role.PROFESSIONAL: "professional"},
    before="klein en open: {when}",
    little="weinig",
    much="veel",
    months=(
        *("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus"),
        *("september", "oktober", "november", "december"),
    ),
    wave="meting ‘{wave}’",
    no_score="te weinig antwoorden",
    two_constructs="Dit zijn twee verschillende dingen. Vergelijk ze niet met elkaar.",
    weak="Dit onderdeel meet minder precies.",
    closest_head="Het dichtst bij elkaar",
    closest={
        Size.ALIKE: "{factor}: jullie antwoorden lijken veel op elkaar.",
        Size.SOME: "{factor}: jullie antwoorden liggen iets uit elkaar, maar het minst van alle.",
        Size.FAR: "{factor}: ook hier liggen jullie antwoorden uit elkaar, maar het minst.",
    },
    furthest_head="Het verst uit elkaar",
    furthest={
        Size.ALIKE: "{factor}: ook hier lijken jullie antwoorden veel op elkaar.",
        Size.SOME: "{factor}: de {more} ziet er iets meer van dan de {less}.",
        Size.FAR: "{factor}: de {more} ziet er duidelijk meer van dan de {less}.",
    },
    no_fault="Een verschil is niet verkeerd. Het is iets om over te praten.",
    chance="Dit verschil kan toeval zijn.",
    since="Sinds {when}",
    moved={
        (Size.ALIKE, True): "ongeveer hetzelfde",
        (Size.ALIKE, False): "ongeveer hetzelfde",
        (Size.SOME, True): "een beetje meer",
        (Size.SOME, False): "een beetje minder",
        (Size.FAR, True): "duidelijk meer",
        (Size.FAR, False): "duidelijk minder",
    },
    may_be_chance="kan toeval zijn",
    not_chance="meer dan toeval",
    not_known="niet bekend",
    precision="‘Kan toeval zijn’: preciezer dan dit meet het formulier niet.",
    no_precision="Er zijn nog te weinig formulieren om verandering en toeval te scheiden.",
    other_professional="Toen vulde een andere professional het formulier in. Daarom staan er"
    " alleen eerdere antwoorden van de cliënt bij.",
    talk_head="Om over te praten",
    ask_closest="Bij {factor} lijken jullie antwoorden op elkaar. Waaraan merken jullie dat?",
    ask_furthest="Bij {factor} verschillen jullie antwoorden. Wat ziet ieder van jullie?",
    ask_well="Wat gaat er goed in jullie samenwerking?",
    ask_else="Wat zou ieder van jullie anders willen?",
    ask_help="Wat zou jullie nu het meest helpen om goed samen te werken?",
    agree="Wat spreken we af?",
    again="We kijken hier samen op terug op:",
    foot="Vertrouwelijk. Gemaakt met {program}.",
    placeholder="VOORBEELDTEKST: niet de officiële vragenlijst.",
)

WORDS: Mapping[str, Words] = {"en": EN, "nl": NL}
"""By language tag."""


def when(moment: Moment, words: Words, *, with_day: bool = False) -> str:
    """Name a moment as people do: the month, or the wave if nobody wrote a date."""
    if moment.day is None:
        return words.wave.format(wave=moment.label)
    year, month, day = moment.day.split("-")
    named = f"{words.months[int(month) - 1]} {year}"
    return f"{int(day)} {named}" if with_day else named


def closest(sheet: TalkSheet, words: Words) -> str:
    """Say where the two are closest; empty if nothing can be compared."""
    row = sheet.closest
    if row is None or row.between is None:
        return ""
    return words.closest[row.between.size].format(factor=_name(row))


def furthest(sheet: TalkSheet, words: Words) -> str:
    """Say where the two are furthest apart, and how sure that is."""
    row = sheet.furthest
    if row is None or row.between is None:
        return ""
    more, less = Role.PROFESSIONAL, Role.CLIENT
    if row.between.steps < 0:
        more, less = less, more
    said = words.furthest[row.between.size].format(
        factor=_name(row), more=words.roles[more], less=words.roles[less]
    )
    unsure = row.between.size is not Size.ALIKE and not row.between.is_sure
    return f"{said} {words.chance}" if unsure else said


def movement(moved: Apart | None, words: Words) -> str:
    """Say how far somebody moved since the earlier wave, and how sure that is."""
    if moved is None:
        return words.not_known
    said = words.moved[moved.size, moved.steps > 0]
    if moved.size is Size.ALIKE:
        return said
    return f"{said}; {words.not_chance if moved.is_sure else words.may_be_chance}"


def questions(sheet: TalkSheet, words: Words) -> tuple[str, str, str]:
    """Ask three open questions; those about factors only if both sides are on the sheet."""
    near, far = sheet.closest, sheet.furthest
    first, second = words.ask_well, words.ask_else
    if near is not None and near.between is not None and near.between.size is not Size.FAR:
        first = words.ask_closest.format(factor=_name(near))
    if far is not None and far.between is not None and far.between.size is not Size.ALIKE:
        second = words.ask_furthest.format(factor=_name(far))
    return first, second, words.ask_help


def _name(row: TalkRow) -> str:
    return row.names[Role.CLIENT]
