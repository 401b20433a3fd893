"""Passwords are hashed at the cost that the settings of production name; a cheaper hash of before is made anew."""

from django.contrib.auth.hashers import ScryptPasswordHasher, check_password, identify_hasher, make_password

from arrears.config import settings as ours


def test_a_password_costs_what_it_should(settings):
    settings.PASSWORD_HASHERS = ours.PASSWORD_HASHERS
    made = make_password("harbour-lantern-42")
    algorithm, work_factor, salt, block_size, parallelism, _ = made.split("$")

    assert (algorithm, int(block_size), int(parallelism)) == ("scrypt", 8, 1)
    assert int(work_factor) >= 2**16
    assert len(salt) >= 16
    assert check_password("harbour-lantern-42", made)
    assert not check_password("harbour-lantern-43", made)


def test_a_cheaper_one_still_opens_and_is_made_anew(settings):
    settings.PASSWORD_HASHERS = ours.PASSWORD_HASHERS
    before = ScryptPasswordHasher().encode("harbour-lantern-42", "salt" * 6)

    assert check_password("harbour-lantern-42", before)
    assert identify_hasher(before).must_update(before)
