"""Statistics of dyads from the exported tables; established libraries compute, this arranges."""
