"""Makes one service to hold, in the database that DATABASE_URL names. Usage: crash_world.py CAPACITY. Prints its id."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import django

django.setup()

from tests.factories import ServiceFactory  # noqa: E402  the apps come first

print(ServiceFactory(capacity=int(sys.argv[1]), step_minutes=30).id)  # noqa: T201  what the caller reads
