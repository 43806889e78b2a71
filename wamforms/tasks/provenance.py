"""Where an export comes from: everything that a reader needs to trust it, or to make it again."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from output.export import Written
from records.audit_entries import Audit, Rule, Turn
from records.log import Head
from records.stamps import now, program
from records.study import Study
from records.views import View
from wamforms.instrument import Instrument
from wamforms.tasks.audit_keys import KeyBook
from wamforms.tasks.audit_results import strata_of
from wamforms.tasks.auditing import progress_of
from wamforms.tasks.scanning import thresholds_of

Section = dict[str, Any]


def study_facts(study: Study, view: View, *, links: bool) -> Section:
    """Say what went into a study, how it was read, and what people decided.

    Parameters
    ----------
    study : Study
        Open.
    view : View
        The memory at the moment of the export.
    links : bool
        Whether digests of the scanned files may be named; with them two exports of
        different recipients could be held against each other.
    """
    counts = view.counts()
    limits = asdict(thresholds_of(study))
    facts: Section = {
        "read_by": {f"wamforms {version}": pages for version, pages in counts.readers.items()},
        "layouts": _layouts(view),
        "thresholds": {"changed_in_study": dict(study.settings.thresholds), "used": limits},
        "pages_in": {"scanned": counts.outcomes, "refused_for": counts.faults},
        "review": {
            "decisions_about_answers": counts.verdicts,
            "choices_between_scans": counts.choices_between_scans,
            "codes_typed": counts.codes_typed,
            "dates_decided": counts.dates_decided,
            "people": counts.people_who_decided,
        },
    }
    if links:
        facts["files_in"] = [
            {"name": file.name, "sha256": file.sha256, "pages": file.pages} for file in view.files
        ]
    else:
        facts["files_in"] = {"count": len(view.files)}
    return facts


def _layouts(view: View) -> list[Section]:
    """List the forms of which a page was read."""
    read = view.forms_read()
    return [
        {
            **{"fingerprint": form, "instrument": one.instrument, "version": one.version},
            **{"domain": one.domain, "role": one.role.value, "language": one.language},
            **{"wording": one.wording, "points": one.points, "pages": len(one.pages)},
        }
        for form, one in view.layouts.items()
        if form in read
    ]


def audit_facts(study: Study) -> list[Section]:
    """Say what finished audits proved, and how far the two blind readers agreed."""
    found: list[Section] = []
    for audit in map(study.store.audit, study.store.audits()):
        if not progress_of(audit).is_complete and audit.plan.rule is Rule.FIXED:
            found.append({"audit": audit.number, "finished": False})
            continue
        strata = strata_of(audit)
        found.append(
            {
                **{"audit": audit.number, "finished": True, "drawn_at": audit.at},
                **{"rule": audit.plan.rule, "readers": audit.plan.readers},
                "met": all(one.is_met for one in strata),
                "agreement_of_two_readers": _agreement(audit),
                "strata": [asdict(one) for one in strata],
            }
        )
    return found


def _agreement(audit: Audit) -> Section | None:
    """Count the fields that two people keyed without knowing of each other."""
    book = KeyBook(audit)
    keyed = [(book.key(one, Turn.FIRST), book.key(one, Turn.SECOND)) for one in audit.fields]
    both = [(one.reading, two.reading) for one, two in keyed if one is not None and two is not None]
    if not both:
        return None
    return {"fields": len(both), "same": sum(one == two for one, two in both)}


def _instruments(instruments: Mapping[str, Instrument]) -> Section:
    return {
        domain: {
            **{"id": one.id, "version": one.version, "licence": one.licence},
            **{"placeholder_wording": one.placeholder, "assumed": list(one.assumed)},
            **{"items": len(one.items), "points": one.scale.points},
            **{"minimum_share": one.minimum_share},
        }
        for domain, one in instruments.items()
    }


def written_facts(written: Written) -> Section:
    """Say what came out."""
    tally = written.tally
    return {
        "instruments": _instruments(written.contents.instruments),
        "out": {
            **{"dyads": tally.dyads, "forms": tally.forms, "answers": tally.answers},
            **{"waiting": tally.waiting, "withheld": tally.withheld, "sealed": tally.sealed},
            "answers_by_status": dict(sorted(tally.by_status.items())),
            "rows": dict(written.rows),
        },
    }


def provenance_text(
    head: Head, order: Mapping[str, object], facts: Section, digests: Mapping[str, str]
) -> bytes:
    """Lay the whole of it out as JSON; the one file of an export that differs each time."""
    said = {
        **order,
        "exported_at": now(),
        "program": f"wamforms {program()}",
        "log_head": head.text,
        **facts,
        "sha256": dict(digests),
    }
    return (json.dumps(said, ensure_ascii=False, indent=2) + "\n").encode()
