"""What can go wrong, one class for each kind; the text tells the reader what to do next."""


class ClearwayError(Exception):
    """Base of every error Clearway raises on purpose."""
