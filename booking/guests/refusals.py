"""Why a guest's code opens nothing. Pure. A wrong one is refused as that of an account is."""

from __future__ import annotations

from config.errors import CodedError


class CodeExpired(CodedError):
    """No code of this address is good: none was asked for, it is too old, or it was used. Ask for another."""

    code = "code_expired"
    status = 410
    title = "The code is not good any more"


class CodeUsedUp(CodedError):
    """The code was tried `limit` times, and no right one is taken after. Ask for another."""

    code = "code_used_up"
    status = 409
    title = "The code was tried too often"
