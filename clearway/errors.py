"""What can go wrong, one class for each kind; the text tells the reader what to do next."""


class ClearwayError(Exception):
    """Base of every error Clearway raises on purpose."""


class NotTaken(ClearwayError):
    """Not everything that was sent was taken: send all of it again later, nothing counts twice."""


class StepError(ClearwayError):
    """A step cannot do its work for a reason of the business; the diagram may catch its `code`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
