"""Pages for people: the map, and one page for each place and deal."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "web"
