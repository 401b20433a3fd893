"""What kinds of "no" exist, and how each is told apart.

A Refusal is expected: the business says no, with a stable code and facts. A ChannelError is a vendor's failure.
Anything else is a bug and is left to crash. This module never decides; it only names.
"""


class Refusal(Exception):
    """The business refuses; `code` is stable for callers, `facts` say why, `message` is English and translatable."""

    code = "refused"
    message = "The request was refused."

    def __init__(self, message: str | None = None, **facts: object) -> None:
        self.facts = facts
        super().__init__(message or self.message.format(**facts))


class NotFound(Refusal):
    """What is named does not exist, or not for who asks (HTTP 404)."""

    code = "not_found"
    message = "There is no such thing."


class InvalidInput(Refusal):
    """What came in is malformed (HTTP 422, exit code 1)."""

    code = "invalid_input"
    message = "The input is not valid."


class ChannelError(Exception):
    """A vendor failed. `permanent` stops retries and marks the address."""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        self.permanent = permanent
        super().__init__(message)
