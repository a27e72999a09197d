"""Write the parts of docs/ that are made from the code. `make openapi` runs it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from config.api.reference import pages


class Command(BaseCommand):
    help = "Write docs/openapi.json and the tables of docs/settings.md and docs/api.md from the code."

    def handle(self, *args: Any, **options: Any) -> None:
        for path, text in pages().items():
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
                self.stdout.write(f"wrote docs/{path.name}")
