"""What a person typed that cannot be done: one clear line, exit status 2."""


class UsageError(Exception):
    """A message for the person at the command line; each line of it names what is wrong."""
