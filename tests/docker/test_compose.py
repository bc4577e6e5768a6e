"""A compose file can't be run on every machine; here it is held to the published schema, to our
own process list and to common sense.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import check_jsonschema
import jsonschema
import pytest
import yaml

from config import env
from scripts import processes

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = Path(check_jsonschema.__file__).parent / "builtin_schemas" / "vendor" / "compose-spec.json"
OURS = ("prepare", "web", "worker")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker" / "compose.yml").read_text(encoding="utf-8"))


def schema() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_compose_file_against_published_schema_is_valid(compose: dict[str, Any]) -> None:
    assert [error.message for error in schema().iter_errors(compose)] == []


def test_schema_with_a_misspelt_key_complains(compose: dict[str, Any]) -> None:
    """A schema that accepts anything would prove nothing."""
    compose = {
        **compose,
        "services": {
            **compose["services"],
            "web": {**compose["services"]["web"], "comand": ["true"]},
        },
    }
    assert any("comand" in error.message for error in schema().iter_errors(compose))


@pytest.mark.parametrize("name", sorted(processes.PRODUCTION))
def test_service_command_equals_the_one_ci_starts(compose: dict[str, Any], name: str) -> None:
    assert tuple(compose["services"][name]["command"]) == processes.PRODUCTION[name]


def test_prepare_command_equals_the_steps_ci_runs(compose: dict[str, Any]) -> None:
    shell, switch, script = compose["services"]["prepare"]["command"]
    assert (shell, switch) == ("sh", "-ec")
    assert tuple(tuple(shlex.split(line)) for line in script.splitlines()) == processes.PREPARE


def test_image_without_a_command_runs_the_web_process() -> None:
    last = (ROOT / "docker" / "Dockerfile").read_text(encoding="utf-8").strip().splitlines()[-1]
    assert tuple(json.loads(last.removeprefix("CMD "))) == processes.WEB


def test_every_dependency_names_a_service_that_can_reach_the_condition(
    compose: dict[str, Any],
) -> None:
    services = compose["services"]
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            assert other in services, f"{name} waits for {other}, which does not exist"
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[other], (
                    f"{name} waits for the health of {other}, which has no check"
                )


def test_every_volume_and_network_in_use_is_declared(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert set(service.get("networks", [])) <= set(compose["networks"])
        named = {
            volume.split(":")[0]
            for volume in service.get("volumes", [])
            if not volume.startswith((".", "/"))
        }
        assert named <= set(compose["volumes"])


@pytest.mark.parametrize("name", OURS)
def test_our_containers_are_locked_down(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "ports" not in service


def test_only_the_proxy_is_reachable_from_outside(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if "ports" in service] == [
        "nginx"
    ]
    assert compose["networks"]["inside"]["internal"] is True


@pytest.mark.parametrize("name", OURS)
def test_every_variable_given_to_us_is_a_listed_setting(compose: dict[str, Any], name: str) -> None:
    given = set(compose["services"][name]["environment"])
    listed = (ROOT / "docker" / "craftpath.env.example").read_text(encoding="utf-8").splitlines()
    given |= {line.split("=")[0] for line in listed if line and not line.startswith("#")}
    assert given - set(env.BY_NAME) == {"DJANGO_SETTINGS_MODULE", "WEB_CONCURRENCY"}


def test_required_settings_are_in_the_example_or_the_compose_file(compose: dict[str, Any]) -> None:
    example = (ROOT / "docker" / "craftpath.env.example").read_text(encoding="utf-8")
    given = set(compose["services"]["web"]["environment"])
    required = {setting.name for setting in env.SETTINGS if "required" in setting.meaning}
    assert {name for name in required if name not in given and f"{name}=" not in example} == set()


def test_proxy_and_site_agree_on_the_largest_upload() -> None:
    conf = (ROOT / "docker" / "nginx" / "craftpath.conf").read_text(encoding="utf-8")
    megabytes = int(conf.split("client_max_body_size")[1].split("m;")[0])
    assert megabytes > env.BY_NAME["CRAFTPATH_MAX_UPLOAD_MB"].default
