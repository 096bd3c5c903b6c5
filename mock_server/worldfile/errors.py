"""The error for world files."""


class WorldFileError(Exception):
    """An invalid world file; the message names the file, record, field and what is allowed, in one line."""
