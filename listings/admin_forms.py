"""Forms of the admin that refuse exactly what the services refuse, beside the field and with the same reason."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from django import forms

from config.errors import InvalidParameter


class FactsForm(forms.ModelForm):
    """`check_facts` raises InvalidParameter; its parameter, up to a dot or bracket, is the field it is shown at."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.instance.pk = uuid4()  # inlines cannot ask for the rows of an id that the database is yet to give

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                self.check_facts(cleaned)
            except InvalidParameter as refusal:
                field = re.split(r"[.\[]", refusal.parameter)[0]
                self.add_error(field if field in self.fields else None, refusal.detail)
        return cleaned

    def check_facts(self, cleaned: dict[str, Any]) -> None:
        raise NotImplementedError
