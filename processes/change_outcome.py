"""What came of a change: the one place that says which change failed, and which succeeded."""

SUCCESSFUL = "successful"
UNSUCCESSFUL = frozenset({"unsuccessful", "backed_out"})
"""The outcomes of a change that did not succeed."""


def has_failed(outcome: str | None, *, caused_major: bool) -> bool:
    """Whether it was unsuccessful, was taken back, or caused an incident of priority 1 or 2."""
    return caused_major or outcome in UNSUCCESSFUL


def has_succeeded(outcome: str | None, *, caused_major: bool) -> bool:
    """Whether it did what it was to do, and nothing else."""
    return outcome == SUCCESSFUL and not caused_major
