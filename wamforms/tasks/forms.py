"""A study's questionnaires and the forms made from them."""

from collections.abc import Mapping

from layouts.errors import UsageError
from layouts.geometry import PAPERS, Paper
from layouts.model import Role
from records.settings import Settings
from records.study import Study
from wamforms.compose import Form, compose
from wamforms.definition_files import load_instruments
from wamforms.instrument import Instrument


def instruments_of(study: Study) -> Mapping[str, Instrument]:
    """Load the questionnaires of the study's domains, in the study's order.

    Raises
    ------
    UsageError
        If the study names a domain that has no questionnaire.
    FaultyFileError
        If a definition has faults.
    """
    known = load_instruments(study.definitions)
    missing = [name for name in study.settings.domains if name not in known]
    if missing:
        raise UsageError(
            f"the study names {', '.join(missing)}, which has no questionnaire",
            advice=f"Known are: {', '.join(known)}. Correct 'domains' in study.toml.",
        )
    return {name: known[name] for name in study.settings.domains}


def paper_of(settings: Settings) -> Paper:
    """Return the study's paper."""
    return PAPERS[settings.paper]


class FormShelf:
    """Composes each form once and keeps it for the next sheet."""

    def __init__(self, instruments: Mapping[str, Instrument], paper: Paper) -> None:
        self._instruments = instruments
        self._paper = paper
        self._forms: dict[tuple[str, Role, str], Form] = {}

    def form(self, domain: str, role: Role, language: str) -> Form:
        """Return the form of a domain, role and language.

        Raises
        ------
        UsageError
            If the study has no such domain, or the domain no such language.
        """
        if domain not in self._instruments:
            raise UsageError(
                f"the study has dyads in {domain}, but study.toml no longer names that domain",
                advice="Put it back into 'domains', or print the other dyads from a caseload.",
            )
        key = (domain, role, language)
        if key not in self._forms:
            self._forms[key] = compose(self._instruments[domain], role, language, self._paper)
        return self._forms[key]


def wave_number(settings: Settings, label: str) -> int:
    """Find a wave by its label or number, from 1.

    Raises
    ------
    UsageError
        If the study has no such wave.
    """
    if label in settings.waves:
        return settings.waves.index(label) + 1
    if label.isdecimal() and 1 <= int(label) <= len(settings.waves):
        return int(label)
    raise UsageError(
        f"the study has no wave {label!r}",
        advice=f"Choose one of: {', '.join(settings.waves)}; study.toml lists them.",
    )
