"""Audits: samples of answers that people key again from the paper."""

import sqlite3
from collections.abc import Iterable, Sequence

from layouts.errors import UsageError
from layouts.model import ItemId
from records import rows
from records.audit_entries import (
    Audit,
    AuditField,
    AuditKey,
    NewAudit,
    NewField,
    Reading,
    Rule,
    Stratum,
    StratumPlan,
    Turn,
)
from records.database import transaction
from records.stamps import named, now, program
from scan.adjudicate import Meaning


class AuditMemory:
    """The part of the study's memory that knows audits."""

    _db: sqlite3.Connection

    def add_audit(self, plan: NewAudit, fields: Sequence[NewField], *, by: str) -> int:
        """Remember a drawn sample, in the order of drawing, and return its number."""
        by = named(by)
        with transaction(self._db):
            audit = self._db.execute(
                "INSERT INTO audits (seed, seed_from, rule, readers, read_by, forms, frame,"
                " by, at, program) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(plan.seed, plan.seed_from, plan.rule, plan.readers, plan.read_by),
                    *(plan.forms, plan.frame, by, now(), program()),
                ),
            ).lastrowid
            self._db.executemany(
                "INSERT INTO audit_strata VALUES (?, ?, ?, ?, ?, ?)",
                ((audit, s.stratum, s.bound, s.allowed, s.frame, s.size) for s in plan.strata),
            )
            self._db.executemany(
                "INSERT INTO audit_fields (audit, position, stratum, page, item, meaning, value)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    (
                        *(audit, position, one.stratum, one.page, one.item),
                        *(one.answer.meaning, one.answer.value),
                    )
                    for position, one in enumerate(fields, 1)
                ),
            )
        return audit or 0

    def add_audit_key(self, field: int, turn: Turn, reading: Reading, *, by: str) -> None:
        """Add what a person keyed; it never touches the answer itself."""
        by = named(by)
        with transaction(self._db):
            self._db.execute(
                "INSERT INTO audit_keys (field, turn, meaning, value, by, at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (field, turn, reading.meaning, reading.value, by, now()),
            )

    def found_wrong(self) -> frozenset[tuple[int, ItemId]]:
        """List page and item of every answer that a second look found to be wrong."""
        found = self._db.execute(
            "SELECT page, item FROM audit_fields AS field JOIN audit_keys AS key"
            " ON key.number = (SELECT max(number) FROM audit_keys"
            " WHERE audit_keys.field = field.number AND turn = ?)"
            " WHERE key.meaning <> field.meaning OR key.value IS NOT field.value",
            (Turn.LOOK,),
        )
        return frozenset((page, ItemId(item)) for page, item in found)

    def audits(self) -> tuple[int, ...]:
        """List the numbers of all audits."""
        found = self._db.execute("SELECT number FROM audits ORDER BY number")
        return tuple(number for (number,) in found)

    def audit(self, number: int | None = None) -> Audit:
        """Return an audit; the last one if no number is given.

        Raises
        ------
        UsageError
            If there is no such audit.
        """
        ask = self._db.execute
        with transaction(self._db, reading=True):
            row = ask(
                "SELECT number, by, at, program, seed, seed_from, rule, readers, read_by, forms,"
                " frame FROM audits WHERE number = coalesce(?, (SELECT max(number) FROM audits))",
                (number,),
            ).fetchone()
            if row is None:
                what = "no audit yet" if number is None else f"no audit {number}"
                raise UsageError(
                    f"this study has {what}",
                    advice="Begin with the size of the sample: wamforms audit STUDY plan",
                )
            mine = (row[0],)
            strata = ask("SELECT * FROM audit_strata WHERE audit = ? ORDER BY rowid", mine)
            plans = tuple(StratumPlan(Stratum(name), *rest) for _, name, *rest in strata)
            fields = ask(
                "SELECT stratum, page, item, meaning, value, number, position FROM audit_fields"
                " WHERE audit = ? ORDER BY position",
                mine,
            ).fetchall()
            keys = ask(
                "SELECT audit_keys.number, field, turn, audit_keys.meaning, audit_keys.value,"
                " by, at FROM audit_keys JOIN audit_fields ON audit_fields.number = field"
                " WHERE audit = ? ORDER BY audit_keys.number",
                mine,
            ).fetchall()
        return _audit(row, plans, fields, keys)


def _audit(
    row: rows.Row,
    plans: tuple[StratumPlan, ...],
    fields: Iterable[rows.Row],
    keys: Iterable[rows.Row],
) -> Audit:
    number, by, at, made_by, seed, seed_from, rule, readers, read_by, forms, frame = row
    return Audit(
        number=number,
        plan=NewAudit(seed, seed_from, Rule(rule), readers, read_by, forms, frame, plans),
        by=by,
        at=at,
        program=made_by,
        fields=tuple(
            AuditField(Stratum(s), page, ItemId(item), Reading(Meaning(m), value), *rest)
            for s, page, item, m, value, *rest in fields
        ),
        keys=tuple(
            AuditKey(key, field, Turn(turn), Reading(Meaning(m), value), *rest)
            for key, field, turn, m, value, *rest in keys
        ),
    )
