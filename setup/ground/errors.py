"""The one exception a command shows to a person."""


class SetupError(Exception):
    """Something a person can understand and act on, said in one line."""
