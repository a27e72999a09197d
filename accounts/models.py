"""A person with an account: one e-mail address, one key inside, another that may be shown."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now


def normalised_email(text: str) -> str:
    """How addresses are kept and looked up: without the case that no mail server tells apart."""
    return text.strip().lower()


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=normalised_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """For `manage.py createsuperuser`."""
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=normalised_email(username or ""))


class User(AbstractUser):
    """The table and the integer keys are those that django.contrib.auth had (ADR 21). `uuid` is what others see."""

    id = models.AutoField(primary_key=True)
    uuid = models.UUIDField(unique=True, editable=False, db_default=RandomUUID())
    username = None  # type: ignore[assignment]
    email = models.EmailField(unique=True, help_text="Signs in; kept in lower case.")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        db_table = "auth_user"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="user_email_in_lower_case", condition=Q(email=Lower(F("email")))),
        ]

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        super().clean()
        self.email = normalised_email(self.email)


class AccessToken(models.Model):
    """A program acts for a person, until it expires or is ended."""

    id = models.UUIDField(primary_key=True, db_default=RandomUUID(), editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="access_tokens")
    label = models.CharField(max_length=100, help_text="What it is for, in the person's words.")
    token_hash = models.BinaryField(max_length=32, unique=True, help_text="SHA-256.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return self.label
