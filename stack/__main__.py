"""`python -m stack VERB`: what the Makefile calls."""

from __future__ import annotations

import sys

from stack import commands
from stack.errors import StackError

PLAIN = {
    "up": commands.up,
    "down": commands.down,
    "clean": commands.clean,
    "status": commands.status,
    "install": commands.install,
    "lock": commands.resolve,
    "openapi": commands.write_reference,
    "lint": commands.lint,
    "check": commands.check,
}
WITH_ARGUMENTS = {"test": commands.test, "prove": commands.prove, "run": commands.execute}


def main(arguments: list[str]) -> int:
    verb, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    try:
        if verb in WITH_ARGUMENTS:
            return WITH_ARGUMENTS[verb](rest)
        if verb in PLAIN and not rest:
            return PLAIN[verb]()
    except StackError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        return 130
    verbs = " | ".join([*PLAIN, *(f"{name} [...]" for name in WITH_ARGUMENTS)])
    print(f"usage: python -m stack {verbs}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
