"""The use cases: one file per command or question."""
