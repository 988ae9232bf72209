"""What is wrong with a catalogue: always the file, the key in it, and what would be right."""


class CatalogueError(ValueError):
    """A catalogue that cannot be used. ``key`` is empty when the file as a whole is meant."""

    def __init__(self, file: str, key: str, message: str) -> None:
        super().__init__(file, key, message)
        self.file = file
        self.key = key
        self.message = message

    def __str__(self) -> str:
        """Read as ``file: key: message``."""
        return ": ".join(part for part in (self.file, self.key, self.message) if part)
