"""The settings of a run: every option once, and the sources that give it a value."""
