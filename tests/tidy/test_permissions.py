"""Every address stands in the permission table, and the table names no address that does not exist."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from arrears.interfaces.ui import permission_words, permissions
from arrears.records.staff.models import Role
from arrears.rules import reach


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if (pattern.namespace or "").split("-")[0] not in permissions.KEYED_NAMESPACES:
                yield from names(pattern.url_patterns)
        else:
            yield pattern.name or f"(unnamed) {pattern.pattern}"


def test_every_address_is_in_the_table_and_nothing_else():
    assert sorted(names(get_resolver().url_patterns)) == sorted({*permissions.ROLES, *permissions.PUBLIC})


def test_the_table_knows_every_role():
    assert set(Role.values) == permissions.EVERYONE


def test_each_address_names_known_roles_and_at_least_one():
    assert [name for name, roles in permissions.ROLES.items() if not roles or not roles <= permissions.EVERYONE] == []


def test_every_address_is_told_in_words_once():
    told = [name for _noun, actions in permission_words.NOUNS for name, _label in actions]
    assert sorted(told) == sorted(permissions.ROLES)


def test_every_role_reaches_something_or_says_that_it_does_not():
    assert set(reach.REACH) == set(Role.values)
    assert set(reach.REACH.values()) == set(permission_words.REACHES)


def test_an_agency_opens_its_cases_calls_and_visits_for_them_and_its_own_account_and_nothing_else():
    opened = {name for name, roles in permissions.ROLES.items() if permissions.AGENCY in roles}
    own = {name for name in permissions.ROLES if name.startswith("account")}
    calls = {"case-call", "call-number", "call-outcome", "call-not-dialled"}
    visits = {"case-visit", "visit-address", "visit-outcome", "visit-not-made"}
    assert opened - own == {"cases", "case", "case-reveal", "case-stop"} | calls | visits


def test_an_address_that_the_table_does_not_know_is_closed():
    assert not any(permissions.may(role, "no-such-page") for role in Role.values)
