"""The settings of a run: all options, and the sources that set them."""
