"""manage.py import_base_map FILE.osm.pbf: fill the base map that tiles are cut from."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from geo.base_map import import_base_map


class Command(BaseCommand):
    help = "Replace the base map of one source by the streets, water, green, buildings and names of an OSM extract."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="An OpenStreetMap extract (.osm.pbf).")
        parser.add_argument("--source", default="", help="What it replaces the next time. Default: the file's name.")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        source = options["source"] or path.name.split(".", 1)[0]
        count = import_base_map(path=path, source=source[:60])
        self.stdout.write(f"{count:,} features of {source} drawn from now on.")
