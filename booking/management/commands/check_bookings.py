"""manage.py check_bookings: are the counters what bookings take? Exits 1 and names each that is not."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from booking.upkeep import drifts


class Command(BaseCommand):
    help = "Compare the counters of slots, stock, caps and resources with the bookings that take them."

    def handle(self, *args: Any, **options: Any) -> None:
        found = drifts()
        for each in found:
            self.stdout.write(f"{each.what} {each.key}: counted {each.counted}, taken {each.taken}")
        if found:
            raise CommandError(f"{len(found)} counters are wrong.")
        self.stdout.write("Every counter is the sum of what bookings take.")
