"""Whatever a partner sends to any operation: never a fault of ours, always an answer that the document tells of.

Schemathesis makes up requests from the OpenAPI document, valid ones and broken ones, and holds each answer against it.
The same requests each time: a fault that is found can be looked at again. That a request which fits the document may be
refused all the same (422: no such currency, an identifier with a line break) is no fault: the document says so. Nor is
that a question is answered which has a parameter too many in its address.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from arrears.interfaces.api.urls import api

#: Of each operation and mode; all of them stay below a minute.
EXAMPLES = 30
OPERATIONS = sorted(
    (way.upper(), path)
    for path, ways in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items()
    for way in ways
)


@pytest.fixture
def document(partner) -> Iterator[BaseSchema]:
    """Asked past the test client: as that does, the books of the test are kept open between requests."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "broken"])
@pytest.mark.parametrize(("way", "path"), OPERATIONS)
def test_any_request_is_answered_as_documented(document, partner, way, path, mode):
    excluded = [positive_data_acceptance, *([negative_data_rejection] if way == "GET" else [])]

    @given(document[path][way].as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case):
        cache.clear()
        case.call_and_validate(headers={"Authorization": f"Bearer {partner.secret}"}, excluded_checks=excluded)

    ask()


def test_the_document_tells_of_every_operation():
    assert len(OPERATIONS) >= 12
