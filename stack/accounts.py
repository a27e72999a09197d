"""Whom the servers run as. PostgreSQL refuses root, so root hands them to an account that owns nothing else of ours."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

CANDIDATES = ("postgres", "redis", "nobody")


def service_account() -> pwd.struct_passwd | None:
    """The account to change to before a server starts; None to stay who we are (not root)."""
    if os.geteuid() != 0:
        return None
    for name in CANDIDATES:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError(f"None of the accounts {', '.join(CANDIDATES)} exists on this machine.")


def own(folder: Path, account: pwd.struct_passwd | None) -> None:
    """Make `folder` and all in it the account's, and closed to others."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if account is None:
        return
    for path in (folder, *folder.rglob("*")):
        if path.lstat().st_uid != account.pw_uid:
            os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
