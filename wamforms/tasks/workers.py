"""How many processes read pages."""

from scan import batch


def usual_workers() -> int:
    """Choose how many workers: one a core, and at most as many as a disk keeps busy."""
    return batch.usual_workers()
