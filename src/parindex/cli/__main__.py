"""`python -m parindex.cli` is the command `parindex`."""

from parindex.cli import main

main()
