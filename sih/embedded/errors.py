"""The error of this package."""


class EmbeddedError(Exception):
    """The embedded PostgreSQL cannot serve; the message is a sentence for the person who starts SIH."""
