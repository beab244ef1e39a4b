"""`slamon` and `python -m slamon`: the way in, before anything heavy is loaded."""

import signal


def main() -> None:
    """The console command. Ctrl-C while it is still loading ends it at once and without a word."""
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    from slamon import cli

    signal.signal(signal.SIGINT, before)
    cli.main()


if __name__ == "__main__":
    main()
