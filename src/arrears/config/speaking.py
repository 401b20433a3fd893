"""May real channels be opened: does the lender speak in its own name, and by a clock that somebody chose?

Asked by the wiring when channels are opened and by a system check. The shipped institution is a lender that does not
exist, with a hotline that nobody answers: a text in its name would mislead whoever reads it.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from arrears import policies
from arrears.actions.contact_gate import Gate
from arrears.channels import registry
from arrears.config import gate_in_force
from arrears.kernel.errors import Refusal
from arrears.rules import templates

#: The channels that reach somebody.
REAL = registry.ADAPTERS.keys() - {"sandbox"}
#: What a lender may well say in the same words as the example.
COMMON = frozenset({"salutation"})


class ExampleInstitution(Refusal):
    """Texts would go out in the name of the shipped example."""

    code = "example_institution"
    message = (
        "Texts would really go out ({channels}) in the name of the shipped example: fill in {keys} in {file}, "
        "a copy of {shipped} (docs/runbooks/production.md)."
    )


class UnchosenClock(Refusal):
    """Texts would go out by the day that the books have reached, and nobody asked for that."""

    code = "unchosen_clock"
    message = (
        "Texts would really go out ({channels}) by the books' day, whatever the date is: set ARREARS_CLOCK=system, "
        "or ARREARS_CLOCK=books if that is meant (docs/runbooks/production.md)."
    )


def check_clock() -> None:
    """raises : UnchosenClock while a real channel is set and the books' clock holds though nobody chose it"""
    real = real_channels()
    if real and settings.CLOCK == "books" and not settings.CLOCK_IS_CHOSEN:
        raise UnchosenClock(channels=", ".join(real))


def real_channels() -> list[str]:
    """The channels set that reach somebody, each with its adapter."""
    return sorted(f"{name} by {kind}" for name, kind in settings.CHANNELS.items() if kind in REAL)


def check() -> None:
    """raises : ExampleInstitution while a real channel is set and who speaks is still, in part, the example"""
    real = real_channels()
    if not real:
        return
    shipped = policies.folder() / "institution.toml"
    if keys := left_of_example(_institution(), templates.read_institution(shipped)):
        own = Path(settings.HOME) / "policies" / "institution.toml"
        raise ExampleInstitution(channels=", ".join(real), keys=", ".join(keys), file=own, shipped=shipped)


def left_of_example(own: templates.Institution, example: templates.Institution) -> list[str]:
    """The keys of institution.toml that still say what the example says."""
    same = ["hotline"] if own.hotline == example.hotline else []
    for language, words in own.words.items():
        same += [
            f"{language}.{word}"
            for word, text in sorted(words.items())
            if word not in COMMON and text == example.words[language].get(word)
        ]
    return same


def _institution() -> templates.Institution:
    """Who speaks now; where nobody may be spoken to yet, who is going to."""
    gate = gate_in_force.current()
    if isinstance(gate, Gate):
        return gate.library.institution
    return templates.read_institution(policies.of_home(Path(settings.HOME)) / "institution.toml")
