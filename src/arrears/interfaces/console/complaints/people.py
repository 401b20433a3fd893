"""Whom may a complaint be about, and how is that said? Colleagues and agencies, for the forms and lists of the desk."""

from __future__ import annotations

from collections.abc import Mapping

from arrears.actions import late_lists
from arrears.interfaces.ui import sentences
from arrears.records.complaints.queries import ComplaintRow
from arrears.records.staff import queries as staff
from arrears.records.staff import teams as team_names


def agencies() -> dict[str, str]:
    """Code → name, those of former contracts too."""
    found = late_lists.lists().agencies.values()
    return {one.code: sentences.of_texts(one.texts) for one in found}


def choices() -> dict[str, list[tuple[str, str]]]:
    """What a form offers: agencies and colleagues, each as `take_complaint.about` reads it."""
    return {
        "agencies": [(f"agency:{code}", name) for code, name in agencies().items()],
        "colleagues": [(f"user:{one.user_id}", f"{one.display_name} · {one.role_label}") for one in staff.assignable()],
    }


def about(row: ComplaintRow, *, names: Mapping[str, str], known: Mapping[str, str]) -> str:
    """Whom a complaint is about; blank while nobody knows."""
    if row.about_agency:
        return known.get(row.about_agency, row.about_agency)
    return sentences.actor(row.about_actor, names) if row.about_actor else ""


def teams() -> dict[str, str]:
    """Team → its name; of complaints of before there were teams, the role in its place."""
    return dict(staff.roles()) | team_names.names()
