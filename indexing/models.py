"""Where long or repeated work got to."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Chore(models.Model):
    """One kind of work that goes on in steps: when it was last done, and how far it is. Its lock keeps it to one."""

    name = models.CharField(primary_key=True, max_length=40)
    done_at = models.DateTimeField(db_default=Now())
    progress = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name
