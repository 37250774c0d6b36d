"""The command line: finds the command, and turns what went wrong into one line."""

import argparse
import importlib
import os
import signal
import sys

from . import paths
from .errors import Failure, explain_os_error

COMMANDS = ("run", "stop", "status", "test", "lint", "shell", "bench", "audit", "reset", "update_host")


def parser():
    """The parser of all commands."""
    top = argparse.ArgumentParser(
        prog="./sire", description="Sets up and runs SIRE: everything it needs lives under .sire/ (or SIRE_HOME)."
    )
    below = top.add_subparsers(dest="command", required=True, metavar="command")
    for name in COMMANDS:
        module = importlib.import_module(f".commands.{name}", __package__)
        one = below.add_parser(name.replace("_", "-"), help=module.HELP, description=module.__doc__)
        module.add(one)
        one.set_defaults(main=module.main)
    below.add_parser("help", help="this text").set_defaults(main=lambda _arguments: top.print_help() or 0)
    return top


def _terminated(number, frame):
    raise KeyboardInterrupt


def main(argv):
    """Runs one command.

    :param argv: the arguments without the program's name
    :return: the exit status
    """
    signal.signal(signal.SIGTERM, _terminated)  # so that what was begun is tidied up
    # everything after `test` and its likes belongs to the program behind it
    arguments, rest = parser().parse_known_args(argv)
    if rest and arguments.command not in ("test", "bench"):
        parser().error(f"unknown: {' '.join(rest)}")
    arguments.rest = rest
    try:
        return arguments.main(arguments) or 0
    except Failure as failure:
        sys.stdout.flush()
        print(f"sire: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nsire: stopped. Run the same command again to go on.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        failure = explain_os_error(error, paths.home())
        if failure is None:
            raise
        print(f"sire: {failure}", file=sys.stderr)
        return 1
