"""The settings as they were when django.contrib.auth had the user table."""

from config.settings import *  # noqa: F403

AUTH_USER_MODEL = "auth.User"
