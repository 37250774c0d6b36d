"""Not there yet."""

HELP = "not there yet"


def add(parser):
    """Declares the arguments."""


def main(arguments):
    """Does it."""
