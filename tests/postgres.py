"""The throw-away PostgreSQL server of the tests: the same as the benches use."""

from arrears.interfaces.cli.benches.postgres import NoServer, binaries, server_url

__all__ = ["NoServer", "binaries", "server_url"]
