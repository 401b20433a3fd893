# Sourced by ./test: real peers that the tests speak to. Each is installed when we may; each test that lacks its peer
# skips with a line that says which.

have() { command -v "$1" >/dev/null 2>&1; }

have_postgresql() { have initdb || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }

prepare_peers() {
    have_postgresql || debian_packages postgresql ||
        say "MISSING PostgreSQL server: the tests on PostgreSQL are skipped. Install postgresql."
    have chromium || have chromium-browser || have google-chrome || debian_packages chromium ||
        say "MISSING Chromium: the browser tests are skipped. Install chromium."
    prepare_papers
    have node || debian_packages nodejs npm ||
        say "MISSING Node.js: the tests against an outside SMSC are skipped. Install nodejs and npm."
}
