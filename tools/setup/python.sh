# Sourced by ./run and ./test: finds Python 3.11 or later, makes .venv, installs what the lock files pin.
# Nothing is downloaded again while the lock file is unchanged. Python compiles a module when it is first imported, so
# that a first start does not wait for those that it never imports; and keeps it, wherever the caller forbids that, for
# otherwise each of the many processes compiles a thousand modules anew: 6 s of CPU where 3 would do.

unset PYTHONDONTWRITEBYTECODE

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

# choose_pip VENV: whose pip is used on a virtual environment: this machine's own, which spares the seconds of unpacking
# one, or where it has none, or one from before `--python`, one that is put there.
choose_pip() {
    for pip_of in "$(find_python)" python3; do
        "$pip_of" -m pip --python "$1/bin/python" --version >/dev/null 2>&1 && return
    done
    pip_of=$1/bin/python
    "$pip_of" -m ensurepip >/dev/null 2>&1 || { debian_packages python3-venv && "$pip_of" -m ensurepip >&2; } ||
        { say "pip is needed: on Debian, apt-get install python3-pip."; exit 1; }
}

pip_on() {
    there=$1/bin/python
    shift
    "$pip_of" -m pip --disable-pip-version-check --python "$there" "$@"
}

# install_locked ROOT VENV FILE: every package of a lock file, which is whole, so that nothing is resolved. uv fetches and
# unpacks them side by side, from where pip would; where it cannot, pip does it, one after the other.
install_locked() {
    options="--require-hashes --no-deps -r"
    quiet=-q
    [ -t 2 ] && quiet=
    choose_pip "$2"
    index=${PIP_INDEX_URL:-$(pip_on "$2" config get global.index-url 2>/dev/null || true)}
    [ -z "$index" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$index}"
    # shellcheck disable=SC2086
    { [ -x "$2/bin/uv" ] || pip_on "$2" install -q $options "$1/requirements/installer.txt" >&2; } &&
        "$2/bin/uv" pip install $quiet --python "$2/bin/python" $options "$3" >&2 ||
        pip_on "$2" install $quiet --no-compile $options "$3" >&2 || exit 1
}

# prepare_python ROOT LOCK: a virtual environment with requirements/LOCK.txt, and our own source on its path.
prepare_python() {
    venv=$1/.venv
    stamp=$venv/.locked-$2
    whole='import os, sys, sysconfig; sys.exit(sys.prefix == sys.base_prefix or not os.path.isdir(sysconfig.get_path("purelib")))'
    if ! "$venv/bin/python" -c "$whole" 2>/dev/null; then # made half, or by a Python that is gone
        python=$(find_python) || { debian_packages python3 python3-venv && python=$(find_python); } ||
            { say "Python 3.11 or later is needed and was not found: install it, or set PYTHON to its path."; exit 1; }
        rm -rf "$venv"
        "$python" -m venv --without-pip "$venv" || { say "Python's venv module could not make $venv."; exit 1; }
    fi
    if ! cmp -s "$1/requirements/$2.txt" "$stamp"; then
        say "installing pinned dependencies ($2) …"
        install_locked "$1" "$venv" "$1/requirements/$2.txt"
        cp "$1/requirements/$2.txt" "$stamp"
    fi
    site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    [ "$(cat "$site/arrears.pth" 2>/dev/null)" = "$1/src" ] || printf '%s\n' "$1/src" >"$site/arrears.pth"
}

# What a PDF is laid out with, beyond pip: Pango, and a font that has Chinese.
prepare_papers() {
    "$root/.venv/bin/python" -c 'import weasyprint' >/dev/null 2>&1 && fc-list :lang=zh 2>/dev/null | grep -q . ||
        debian_packages libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk ||
        say "MISSING Pango or a Chinese font: evidence is written without its PDF. Install libpango and fonts-noto-cjk."
}
