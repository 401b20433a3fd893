"""What every test may ask for, and how the database tests run on both databases.

    pytest tests                                        everything; database tests on an SQLite file
    ARREARS_TEST_DATABASE=postgresql pytest tests       the database tests alone, on a throw-away PostgreSQL server

A database test is one marked `django_db` (use `transaction=True` where threads or processes take part) or asking for
`db`, `transactional_db`, `live_server` or a fixture that does; nothing else is needed to run on both. One that takes
long and judges what no database changes is marked `any_database`, and is not run a second time. A child process of a
test finds the test's own books through the environment of `books_environment`. A test that itself needs a PostgreSQL
server whatever the run is on asks for `postgres_url`. What many tests of a module start from is written once a module:
see `shared_rows`.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from unittest import mock

import pytest
import pytest_django
import pytest_socket
from django.conf import settings
from django.core.management.commands import migrate
from django.db import connection, transaction
from django.test.utils import setup_databases, teardown_databases
from django.utils import translation
from tests import postgres, unguarded

from arrears.kernel import garbage
from arrears.records import new_books
from arrears.records.privacy import ring

#: Floors that know no database, by contract, and what is asked of the sources.
WITHOUT_DATABASE = {"kernel", "rules", "policies", "decisions", "simulator", "channels", "tidy"}
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}


def pytest_configure() -> None:
    garbage.seldom()


def pytest_collection_finish() -> None:
    """What stays until the end, thousands of tests among it, is not looked through for garbage again and again."""
    gc.collect()
    gc.freeze()


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """On PostgreSQL the tests of what knows no database are not even looked through: they are most of all tests."""
    on_sqlite = os.environ.get("ARREARS_TEST_DATABASE", "sqlite") == "sqlite"
    return None if on_sqlite or not _is_without(collection_path) else True


def _is_without(path: Path) -> bool:
    """Whether a file or folder stands where no test may ask for a database."""
    return next(iter(path.relative_to(Path(__file__).parent).parts), "") in WITHOUT_DATABASE


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL run only what touches the database: the rest would say the same again."""
    if os.environ.get("ARREARS_TEST_DATABASE", "sqlite") == "sqlite":
        misplaced = [item.nodeid for item in items if _is_without(item.path) and _depends_on_database(item)]
        if misplaced:
            raise pytest.UsageError(f"never run on PostgreSQL, where they stand: {misplaced}")
        return
    chosen = [item for item in items if _depends_on_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if not _depends_on_database(item)])
    items[:] = chosen


def _depends_on_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("any_database") is not None:
        return False
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & DATABASE_FIXTURES)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """No test speaks to the network; this machine's own loopback is not the network."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", "localhost", "::1"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def _no_keys_of_another_books() -> None:
    """The keys that a process holds are of one set of books, and each test has its own."""
    ring.forget()


def _lay_out(*_: object, **__: object) -> None:
    new_books.lay_out(connection)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: pytest_django.DjangoDbBlocker,
) -> Iterator[None]:
    """The books of all tests, laid out as the product lays out new ones: `test_new_books` holds both ways equal."""
    with django_db_blocker.unblock(), mock.patch.object(migrate.Command, "handle", _lay_out):
        books = setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
    yield
    with django_db_blocker.unblock():
        teardown_databases(books, verbosity=0)


@pytest.fixture(scope="session", autouse=True)
def _books_are_emptied_past_the_guards() -> Iterator[None]:
    """After a test that committed, everything is taken out of the books, what can never be deleted included."""
    with unguarded.flushing():
        yield


@pytest.fixture(autouse=True)
def language_of_its_own() -> Iterator[None]:
    """A page leaves the language in which it was read behind, for the next request chooses anew: a test need not."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The URL of a throw-away PostgreSQL server; skips, loudly, where there is no server binary."""
    try:
        return postgres.server_url()
    except postgres.NoServer as absent:
        pytest.skip(f"PostgreSQL not tested here: {absent}")


@pytest.fixture(scope="module")
def shared_rows(
    django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[Callable[[], AbstractContextManager[object]]]:
    """`with shared_rows():` a fixture of a module writes what all its tests find; it is rolled back after the module.

    Such a module holds no test marked `transaction=True`: nobody else sees rows that are not committed.
    """
    ring.forget()  # it is written before any test of the module forgets the keys of the books before
    with django_db_blocker.unblock():
        whole = transaction.atomic()
        whole.__enter__()
    yield django_db_blocker.unblock
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        whole.__exit__(None, None, None)


@pytest.fixture
def books_environment() -> dict[str, str]:
    """The environment in which a child process opens the same books, vault and home as the running test."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        host = str(database["HOST"]).replace("/", "%2F")
        url = f"postgresql://{database['USER']}@{host}/{database['NAME']}"
    mine = {"DATABASE_URL": url, "ARREARS_HOME": str(settings.HOME), "PYTHONPATH": _path()}
    return os.environ | mine | {"DJANGO_SETTINGS_MODULE": "arrears.config.settings"}


def _path() -> str:
    root = Path(__file__).resolve().parent.parent
    return os.pathsep.join([str(root / "src"), str(root)])
