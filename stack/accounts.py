"""Whom the servers run as. PostgreSQL refuses root, so root hands them to an account that owns nothing else of ours."""

from __future__ import annotations

import contextlib
import hashlib
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


def within_reach(folder: Path) -> Path:
    """`folder`, or one in /var/tmp in its stead where the service account cannot pass to it (root's home is closed).

    For programs that start others by path; those that do not are handed descriptors instead. RuntimeError if somebody
    else made the one in /var/tmp.
    """
    if os.geteuid() != 0 or all(parent.stat().st_mode & 0o001 for parent in folder.parents if parent.exists()):
        return folder
    stead = Path("/var/tmp", f"vicinity-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]}")  # noqa: S108 -- ours
    with contextlib.suppress(FileExistsError):
        stead.mkdir(mode=0o711)
    if stead.is_symlink() or stead.stat().st_uid != 0:
        raise RuntimeError(f"{stead} belongs to somebody else.")
    return stead


def own(folder: Path, account: pwd.struct_passwd | None) -> None:
    """Make `folder` and all in it the account's, and closed to others."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if account is None:
        return
    for path in (folder, *folder.rglob("*")):
        if path.lstat().st_uid != account.pw_uid:
            os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
