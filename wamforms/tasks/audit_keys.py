"""What people keyed for an audit, field by field; the last key of a person's turn counts."""

from records.audit_entries import Audit, AuditField, AuditKey, Reading, Turn


class KeyBook:
    """The keys of one audit."""

    def __init__(self, audit: Audit) -> None:
        self._keys = {(key.field, key.turn): key for key in audit.keys}
        self._turns = (Turn.FIRST, Turn.SECOND)[: audit.plan.readers]
        self._fields = audit.fields

    def key(self, field: AuditField, turn: Turn) -> AuditKey | None:
        """Return what was keyed in a turn."""
        return self._keys.get((field.number, turn))

    def keyed(self) -> int:
        """Count the keys of all blind readers."""
        return sum(
            self.key(field, turn) is not None for field in self._fields for turn in self._turns
        )

    def is_keyed(self, field: AuditField) -> bool:
        """Tell whether every blind reader has read a field."""
        return all(self.key(field, turn) is not None for turn in self._turns)

    def readings(self, field: AuditField) -> set[Reading]:
        """Bring what the readers keyed together with what the study has."""
        keys = (self.key(field, turn) for turn in self._turns)
        return {field.answer, *(key.reading for key in keys if key is not None)}

    def needs_look(self, field: AuditField) -> bool:
        """Tell whether readers and study differ, and nobody has looked a second time."""
        return (
            self.is_keyed(field)
            and len(self.readings(field)) > 1
            and self.key(field, Turn.LOOK) is None
        )

    def is_decided(self, field: AuditField) -> bool:
        """Tell whether it is known what stands on the paper."""
        return self.is_keyed(field) and not self.needs_look(field)

    def is_wrong(self, field: AuditField) -> bool:
        """Tell whether the second look found something else than the study has."""
        look = self.key(field, Turn.LOOK)
        return look is not None and look.reading != field.answer

    def looks(self) -> list[AuditField]:
        """List the fields that wait for a second look."""
        return [field for field in self._fields if self.needs_look(field)]
