# Sourced by ./run and ./test: finds Python 3.11 or later, makes .venv, installs what the lock files pin.
# Nothing is downloaded again while the lock file is unchanged. Python compiles a module when it is first imported, so
# that a first start does not wait for those that it never imports.

say() { printf '%s\n' "$*" >&2; }

is_root() { [ "$(id -u)" = 0 ]; }

# Installs Debian packages when we may; says what is missing otherwise. Returns non-zero when they are not there after.
debian_packages() {
    if is_root && command -v apt-get >/dev/null 2>&1; then
        say "installing Debian packages: $*"
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 ||
            { apt-get update -qq >/dev/null 2>&1 &&
                DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1; }
    else
        return 1
    fi
}

find_python() {
    for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3; do
        if "$candidate" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    return 1
}

# install_locked VENV FILE: every package of a lock file, in two halves at a time: pip asks for, fetches and unpacks one
# package after the other. Runs of four part the large ones evenly. A lock file is whole, so nothing is resolved.
install_locked() {
    half=$1/.half
    awk -v half="$half" '/^[a-z]/ { n++ } /^[a-z]|^    --hash/ { print > (half (int(n / 4) % 2)) }' "$2"
    quiet=-q
    [ -t 2 ] && quiet=
    options="--disable-pip-version-check --require-hashes --no-deps --no-compile"
    # shellcheck disable=SC2086
    "$1/bin/python" -m pip install -q $options -r "${half}0" >&2 &
    other=$!
    # shellcheck disable=SC2086
    "$1/bin/python" -m pip install $quiet $options -r "${half}1" >&2 || { kill "$other"; exit 1; }
    wait "$other"
    rm "${half}0" "${half}1"
}

# prepare_python ROOT LOCK: a virtual environment with requirements/LOCK.txt, and our own source on its path.
prepare_python() {
    venv=$1/.venv
    stamp=$venv/.locked-$2
    if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        python=$(find_python) || { debian_packages python3 python3-venv && python=$(find_python); } ||
            { say "Python 3.11 or later is needed and was not found: install it, or set PYTHON to its path."; exit 1; }
        rm -rf "$venv"
        "$python" -m venv "$venv" >/dev/null 2>&1 ||
            { debian_packages python3-venv && "$python" -m venv "$venv"; } ||
            { say "Python's venv module is needed: on Debian, apt-get install python3-venv."; exit 1; }
    fi
    if ! cmp -s "$1/requirements/$2.txt" "$stamp"; then
        say "installing pinned dependencies ($2) …"
        install_locked "$venv" "$1/requirements/$2.txt"
        cp "$1/requirements/$2.txt" "$stamp"
    fi
    site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    [ -f "$site/arrears.pth" ] || printf '%s\n' "$1/src" >"$site/arrears.pth"
}
