"""python -m dashboard.demo: make the demo clinic without opening the app."""

import sys
from argparse import ArgumentParser

from dashboard.demo.making import make_demo
from db.engine import active_database, choose_database


def main() -> int:
    """Make it, showing how far it is; a first start then opens in it."""
    made = make_demo(progress=show)
    print(f"\r{made.runners} invented runners with {made.episodes} episodes, until {made.until}: {made.file}")
    if active_database() is None:
        choose_database("demo")
    return 0


def show(share: float, what: str) -> None:
    """One line that is written over."""
    print(f"\r{share:4.0%}  {what:<60}", end="", file=sys.stderr, flush=True)
    if share >= 1:
        print(file=sys.stderr)


if __name__ == "__main__":
    # Nothing to choose; but who asks for help, or mistypes, does not want the demo clinic made anew.
    ArgumentParser(prog="python -m dashboard.demo", description="Make the invented demo clinic anew.").parse_args()
    sys.exit(main())
