"""`python -m slamon`."""

from slamon.cli import main

main()
