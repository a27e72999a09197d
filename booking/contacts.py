"""Who books: a name, and an e-mail address or a telephone number to reach them. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from config.errors import InvalidParameter
from listings.texts import plain_text

_EMAIL = re.compile(r"[^@\s\"<>()\[\],;:\\]{1,64}@[^@\s\"<>()\[\],;:\\]{1,189}\.[^@\s\"<>()\[\],;:\\.]{2,63}")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_WEB_ADDRESS = re.compile(r"://|www\.|\w[.\u3002][^\W\d_]{2,}|\w\.\d+\.\d+\.\d", re.IGNORECASE)
_GROUPING = str.maketrans("", "", " ()-./\u00a0")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    name: str
    email: str = ""
    phone: str = ""
    language: str = ""
    note: str = ""

    @property
    def identity(self) -> str:
        """What tells one guest from another: the address without case and without its tag, else the number."""
        return f"email:{untagged(self.email)}" if self.email else f"phone:{self.phone}"


def parse_contact(*, name: str, email: str = "", phone: str = "", language: str = "", note: str = "") -> Contact:
    """Checked and in one form. InvalidParameter names the field.

    >>> parse_contact(name=" Aino ", phone="+358 (40) 123 4567")
    Contact(name='Aino', email='', phone='+358401234567', language='', note='')
    """
    email, phone = email.strip(), phone.strip().translate(_GROUPING)
    if not email and not phone:
        raise InvalidParameter("contact.email", "Give an e-mail address or a telephone number.")
    if phone and not _PHONE.fullmatch(phone):
        raise InvalidParameter("contact.phone", "A telephone number is + and 7 to 15 digits, country code first.")
    return Contact(
        name=_parse_name(name),
        email=parse_email(email, parameter="contact.email") if email else "",
        phone=phone,
        language=parse_language(language, parameter="contact.language"),
        note=plain_text(note, parameter="contact.note", limit=500),
    )


def _parse_name(text: str) -> str:
    """A letter greets with it: whoever writes an address into it would have us mail it to others."""
    name = plain_text(text, parameter="contact.name", limit=200, required=True)
    if _WEB_ADDRESS.search(unicodedata.normalize("NFKC", name)):
        raise InvalidParameter("contact.name", "A name holds no web address: leave a blank after a dot.")
    return name


def parse_email(text: str, *, parameter: str) -> str:
    """An address that can be written to, as it was given but for blanks around it. InvalidParameter.

    >>> parse_email(" Aino@example.com", parameter="email")
    'Aino@example.com'
    """
    email = unicodedata.normalize("NFC", text.strip())
    if not (_EMAIL.fullmatch(email) and len(email) <= 254 and email.isprintable() and _can_be_mailed(email)):
        raise InvalidParameter(parameter, "This is no e-mail address.", limit=254)
    return email


def untagged(email: str) -> str:
    """In lower case, without what follows a + before the @: both reach one mailbox nearly everywhere. For counting,
    never for writing to. Other aliases that a provider knows (dots, further domains) stay what they are.

    >>> untagged("Aino+deals@Example.com")
    'aino@example.com'
    """
    local, _, domain = email.casefold().rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def _can_be_mailed(email: str) -> bool:
    """Whether mail can be addressed so: no dot stands alone, and each label of the domain is one of DNS."""
    local, _, domain = email.rpartition("@")
    try:
        domain.encode("idna")  # refuses empty labels, and those over 63 octets
    except UnicodeError:
        return False
    return "" not in local.split(".")


def parse_language(text: str, *, parameter: str) -> str:
    """A language tag, or '' as it is. InvalidParameter."""
    if text and not (_LANGUAGE.fullmatch(text) and len(text) <= 35):
        raise InvalidParameter(parameter, "A language is a tag such as fi or zh-Hans.", limit=35)
    return text
