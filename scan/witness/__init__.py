"""A second witness: a small network that looks at every bubble and has learned what marks are."""
