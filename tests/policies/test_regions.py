"""Which places the shipped regions know, and that a country with several clocks is never guessed."""

from __future__ import annotations

import pytest

from arrears import policies
from arrears.rules import regions
from arrears.rules.compliance import reading

ZONES = regions.read(policies.folder() / "regions.toml")
STATES = """
    AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI
    SC SD TN TX UT VT VA WA WV WI WY DC AS GU MP PR VI
"""
PROVINCES = """
    AC BA BB BE BT GO JA JB JI JK JT KB KI KR KS KT KU LA MA MU NB NT PA PB PD PE PS PT RI SA SB SG SN SR SS ST SU YO
"""
BRAZIL = "AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO"
MEXICO = """
    AGU BCN BCS CAM CHH CHP CMX COA COL DUR GRO GUA HID JAL MEX MIC MOR NAY NLE OAX PUE QUE ROO SIN SLP SON TAB TAM TLA
    VER YUC ZAC
"""
WHOLE = {
    "US": STATES,
    "CA": "AB BC MB NB NL NS NT NU ON PE QC SK YT",
    "AU": "NSW VIC QLD SA WA TAS ACT NT",
    "GB": "ENG NIR SCT WLS",
    "ID": PROVINCES,
    "BR": BRAZIL,
    "MX": MEXICO,
}
ONE_TIME = "AT BE BG HR CY CZ DE DK EE FI GR HU IE IT LV LT LU MT NL PL RO SE SI SK"
PARTS = {"FR-75": "Paris", "FR-IDF": "Paris", "FR-2A": "Paris", "ES-MD": "Madrid", "ES-B": "Madrid", "PT-11": "Lisbon"}


class TestShippedRegions:
    @pytest.mark.parametrize(
        "code", [f"{country}-{part}" for country, parts in WHOLE.items() for part in parts.split()]
    )
    def test_every_part_is_there(self, code: str) -> None:
        assert ZONES[code]

    @pytest.mark.parametrize("country", ["US", "CA", "AU", "FR", "ES", "PT", "ID", "BR", "MX"])
    def test_a_country_of_several_clocks_stays_unknown(self, country: str) -> None:
        assert regions.zones_of(country, ZONES) == ()
        assert regions.zones_of(f"{country}-??", ZONES) == ()

    @pytest.mark.parametrize(("code", "zone"), [("US-NYC", "America/New_York"), ("UK", "Europe/London")])
    def test_what_people_write_beside_the_standard(self, code: str, zone: str) -> None:
        assert regions.zones_of(code, ZONES) == (zone,)

    @pytest.mark.parametrize("country", ONE_TIME.split())
    def test_the_union_country_by_country(self, country: str) -> None:
        assert len(ZONES[country]) == 1

    @pytest.mark.parametrize("country", ["SG", "MY", "TH", "VN", "PH", "ZA"])
    def test_the_south_country_by_country(self, country: str) -> None:
        assert len(ZONES[country]) == 1

    @pytest.mark.parametrize(("country", "parts"), [("ID", 38), ("BR", 27), ("MX", 32)])
    def test_none_stands_there_that_the_country_has_not(self, country: str, parts: int) -> None:
        assert sum(code.startswith(f"{country}-") for code in ZONES) == parts

    @pytest.mark.parametrize("country", ["ID", "BR", "MX"])
    def test_the_clocks_of_the_parts_are_those_of_the_pack(self, country: str) -> None:
        pack = reading.read(policies.folder() / "packs" / f"{country.lower()}.toml", region_zones=ZONES)
        parts = {zone for code, zones in ZONES.items() if code.startswith(f"{country}-") for zone in zones}
        assert parts <= set(pack.zones)

    @pytest.mark.parametrize(("code", "city"), PARTS.items())
    def test_and_part_by_part(self, code: str, city: str) -> None:
        assert ZONES[code] == (f"Europe/{city}",)

    @pytest.mark.parametrize(
        ("code", "zones"),
        [
            ("US-TX", ("America/Chicago", "America/Denver")),
            ("US-FL", ("America/New_York", "America/Chicago")),
            ("US-OR", ("America/Los_Angeles", "America/Boise")),
            ("AU-WA", ("Australia/Perth", "Australia/Eucla")),
            ("ES-GC", ("Atlantic/Canary",)),
            ("PT-20", ("Atlantic/Azores",)),
            ("FR-974", ("Indian/Reunion",)),
            ("GB-SCT", ("Europe/London",)),
            ("ID-JK", ("Asia/Jakarta",)),
            ("ID-KT", ("Asia/Pontianak",)),
            ("ID-KS", ("Asia/Makassar",)),
            ("ID-PD", ("Asia/Jayapura",)),
            ("BR-AC", ("America/Rio_Branco",)),
            ("BR-AM", ("America/Manaus", "America/Eirunepe")),
            ("BR-PE", ("America/Recife", "America/Noronha")),
            ("MX-CHH", ("America/Chihuahua", "America/Ciudad_Juarez", "America/Ojinaga")),
            ("MX-NAY", ("America/Mazatlan", "America/Bahia_Banderas")),
            ("MX-ROO", ("America/Cancun",)),
            ("MX-SON", ("America/Hermosillo",)),
        ],
    )
    def test_parts_with_clocks_of_their_own(self, code: str, zones: tuple[str, ...]) -> None:
        assert ZONES[code] == zones


class TestNames:
    @pytest.mark.parametrize("name", ["localtime", "posixrules", "Factory", "right/Asia/Shanghai", "posix/Asia/Tokyo"])
    def test_a_name_that_says_another_thing_on_another_machine_is_no_zone(self, name: str) -> None:
        assert not regions.is_zone(name)

    @pytest.mark.parametrize("name", ["Asia/Shanghai", "America/Argentina/Buenos_Aires", "UTC", "Etc/GMT+8", "PRC"])
    def test_a_place_is(self, name: str) -> None:
        assert regions.is_zone(name)
