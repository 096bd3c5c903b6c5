"""What is wrong with a world file."""


class WorldFileError(Exception):
    """A world file that cannot be read: one line with the file, the record, the field and what is allowed."""
