"""The API as another system sees it: described as a whole, and answering as described."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
import schemathesis
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, BaseSchema, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from generator import open_form
from generator.serve.app import DESKS
from generator.serve.description import ANSWERS
from tests.conformity.drawing import draw
from tests.conformity.test_fix_command import BAD
from tests.serve.conftest import Served
from tests.serve.desks import FORM, finished, sent, some_units

CHECKS = [
    not_a_server_error, response_schema_conformance, content_type_conformance,
    status_code_conformance,
]  # fmt: skip
SAMPLE: dict[str, Any] = json.loads(
    open_form("ke-hoach").bundle.path("sample.json").read_text(encoding="utf-8")
)
NOBODY = "0123456789abcdef"
# Without the stream of events, which has no end.
ROUTES = [
    f"{method} {route.path}"
    for desk in DESKS
    for route in desk.router.routes
    if isinstance(route, APIRoute) and route.include_in_schema
    for method in sorted(route.methods or ())
    if not route.path.endswith("/changes")
]


@pytest.fixture(scope="module")
def description(client: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/openapi.json").json()
    return found


def operations(description: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    }


# ---------------------------------------------------------------- the description
def test_every_route_is_described(description: dict[str, Any]) -> None:
    assert description["openapi"].startswith("3.1")
    known = {tag["name"] for tag in description["tags"]}
    found = operations(description)
    for route, operation in found.items():
        assert operation["summary"], route
        assert not operation["summary"].endswith("."), route
        assert set(operation["tags"]) <= known, route
        for code in ("4XX", "5XX"):
            answer = operation["responses"][code]["content"]["application/json"]
            assert answer["schema"] == {"$ref": "#/components/schemas/Problems"}, route
            assert answer["example"]["problems"], route
        for parameter in operation.get("parameters", ()):
            assert parameter["schema"], (route, parameter)
            assert parameter["description"], (route, parameter)
            assert parameter["in"] != "path" or parameter["example"], (route, parameter)
        body = operation.get("requestBody", {}).get("content", {})
        assert "application/json" not in body or body["application/json"]["example"], route
    assert set(ANSWERS) == {route for route in found if set(found[route]["responses"]) - {"204"} > {
        "4XX", "5XX"}}  # fmt: skip


def test_every_member_of_a_body_is_described(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]
    for route, operation in operations(description).items():
        for content in operation.get("requestBody", {}).get("content", {}).values():
            name = content["schema"].get("$ref", "").rpartition("/")[2]
            for member, schema in schemas.get(name, {}).get("properties", {}).items():
                assert schema["description"], (route, member)


def test_nothing_is_described_that_nobody_refers_to(description: dict[str, Any]) -> None:
    text = json.dumps(description)
    for name in description["components"]["schemas"]:
        assert f'"#/components/schemas/{name}"' in text, name


# ---------------------------------------------------------------- whatever is asked
@pytest.fixture(scope="module")
def api(served: Served, client: httpx.Client, description: dict[str, Any]) -> BaseSchema:
    """The description with real things to ask for beside any others."""
    there = {"form": ["ke-hoach", FORM, "khong-co"], **things(client)}
    for route, operation in operations(description).items():
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "path" and parameter["name"] in there:
                # What is deleted could not be asked for afterwards.
                real = [] if route.startswith("DELETE") else there[parameter["name"]]
                parameter["schema"] = {"type": "string", "enum": [*real, NOBODY]}
                parameter["example"] = parameter["schema"]["enum"][0]
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body and "record" in body["example"]:
            body["example"] |= {"record": SAMPLE}
    schema = schemathesis.openapi.from_dict(description)
    key = {"Authorization": f"Bearer {served.token}"}
    schema.config.update(base_url=served.address, headers=key)
    return schema


def things(client: httpx.Client) -> dict[str, list[str]]:
    """Make something of each kind; return the ids."""
    batch = client.post(
        "/api/batches", data={"form": FORM}, files=sent(("dữ liệu.jsonl", some_units(2)))
    ).json()["id"]
    finished(client, f"/api/batches/{batch}", "check")
    check = client.post("/api/checks", files=sent(("bad.docx", draw(BAD)), field="file"))
    draft = client.post("/api/drafts", json={"form": "ke-hoach", "record": SAMPLE})
    rollup = client.post(
        "/api/rollups", data={"form": "tong-hop-cham-diem"},
        files=sent(("dữ liệu.jsonl", some_units(2))),
    ).json()["id"]  # fmt: skip
    finished(client, f"/api/rollups/{rollup}", "collect")
    made = {"batch": batch, "check": check.json()["id"], "draft": draft.json()["id"]}
    return {name: [found] for name, found in (made | {"rollup": rollup}).items()}


@pytest.mark.parametrize("route", ROUTES)
def test_an_answer_is_as_described_whatever_is_asked(route: str, api: BaseSchema) -> None:
    method, path = route.split(" ")
    operation = api[path][method]
    validate(example(operation))

    @given(
        case=st.one_of(
            operation.as_strategy(),
            operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
        )
    )
    @settings(
        max_examples=8, derandomize=True, deadline=None, database=None,
        phases=(Phase.generate,), suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def asked(case: Case[Any]) -> None:
        validate(case)

    asked()


def example(operation: APIOperation[Any, Any, Any, Any]) -> Case[Any]:
    """Return the request that the description shows."""
    said = operation.definition.raw
    places = {
        parameter["name"]: parameter["example"]
        for parameter in said.get("parameters", ())
        if parameter["in"] == "path"
    }
    body = said.get("requestBody", {}).get("content", {}).get("application/json")
    if body is None:
        return operation.Case(path_parameters=places)
    return operation.Case(
        path_parameters=places, body=body["example"], media_type="application/json"
    )


def validate(case: Case[Any]) -> None:
    case.call_and_validate(checks=CHECKS, timeout=60)
