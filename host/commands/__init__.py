"""One file a command: ``add(subparsers)`` declares it, ``main(arguments)`` does it and returns the exit status."""
