"""``python -m standoff``."""

from standoff.cli.main import main

main()
