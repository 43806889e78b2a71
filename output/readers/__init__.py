"""Programs that go with an export; they know nothing of this one."""
