#!/bin/sh
# Find or install a Python that can make virtual environments, then hand over to `python -m stack`.
set -eu
cd "$(dirname "$0")/.."

works() {
    "$1" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null
}

find_python() {
    for python in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        if works "$python"; then return 0; fi
    done
    return 1
}

if ! find_python; then
    packages="python3 python3-venv"
    if command -v apt-cache >/dev/null; then
        # Where python3 itself is older than 3.11, the release may carry a newer one beside it.
        case "$(apt-cache policy python3 | sed -n 's/.*Candidate: *//p')" in
            3.[0-9].* | 3.10.*) packages="python3.11 python3.11-venv" ;;
        esac
    fi
    if [ "$(id -u)" = 0 ]; then as_root=""
    elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then as_root="sudo"
    else as_root="none"; fi
    if [ "$as_root" = none ] || ! command -v apt-get >/dev/null; then
        echo "Vicinity needs Python 3.11, 3.12 or 3.13 with its venv module. Please install it (on Debian: $packages)," >&2
        echo "or name one with PYTHON=/path/to/python3, and try again." >&2
        exit 1
    fi
    mkdir -p .local/logs
    log=.local/logs/bootstrap.log
    echo "  Installing $packages (some ten seconds) ..."
    $as_root dpkg --configure -a >$log 2>&1 || true
    $as_root apt-get -q update >>$log 2>&1 || true
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
        install --fix-broken --no-install-recommends $packages >>$log 2>&1 || {
        tail -n 15 $log >&2
        echo "$packages could not be installed; all of it is in $log." >&2
        exit 1
    }
    find_python || { echo "Python was installed, yet none that fits was found." >&2; exit 1; }
fi

exec "$python" -m stack "$@"
