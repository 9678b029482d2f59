"""What an operator can set, and the secrets that nobody is to see."""

import json
import stat
from pathlib import Path

import pytest

from clearway.prefect_env import prefect_environment
from clearway.settings import Settings, SettingsError


def test_without_any_variable_everything_has_a_value():
    settings = Settings.from_environment({})

    assert settings.home.name == "var"
    assert settings.bpmn.name == "bpmn"
    assert settings.database_url is None
    assert settings.base_url == "http://127.0.0.1:8000"


def test_the_address_follows_host_and_port_unless_it_is_named():
    everywhere = {"CLEARWAY_HOST": "0.0.0.0", "CLEARWAY_PORT": "9000"}
    named = {**everywhere, "CLEARWAY_BASE_URL": "https://desk.example.org/"}

    assert Settings.from_environment(everywhere).base_url == "http://127.0.0.1:9000"
    assert Settings.from_environment(named).base_url == "https://desk.example.org"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("CLEARWAY_PORT", "80000", "CLEARWAY_PORT cannot be used: it must be a port"),
        ("CLEARWAY_PORT", "-1", "CLEARWAY_PORT cannot be used: it must be a port"),
        ("CLEARWAY_WORKER_BATCH", "0", "a whole number of at least 1"),
        ("CLEARWAY_WORKER_LEASE_SECONDS", "soon", "a number of seconds above 0"),
        ("CLEARWAY_WORKER_POLL_SECONDS", "nan", "a number of seconds above 0"),
        ("CLEARWAY_DATABASE_URL", "mysql://x", "it must read postgresql://"),
        ("CLEARWAY_BASE_URL", "desk.example.org", "it must begin with http"),
        ("CLEARWAY_PREFECT_AUTH", "clearway:short", "at least 12 characters"),
        ("CLEARWAY_SESSION_KEY", "short", "at least 24 characters"),
        ("CLEARWAY_PROT", "8000", "CLEARWAY_PROT is unknown: did you mean CLEARWAY_PORT?"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_name(name: str, value: str, sentence: str):
    with pytest.raises(SettingsError, match=sentence):
        Settings.from_environment({name: value})


def test_a_refusal_does_not_repeat_the_value():
    with pytest.raises(SettingsError) as refusal:
        Settings.from_environment({"CLEARWAY_DATABASE_URL": "oracle://me:hush@host/x"})

    assert "hush" not in str(refusal.value)


def test_variables_of_tests_and_of_others_are_no_settings():
    Settings.from_environment({"CLEARWAY_TEST_DATA": "/data", "PATH": "/bin"})


def test_reading_the_settings_creates_nothing(tmp_path: Path):
    Settings.from_environment({"CLEARWAY_HOME": str(tmp_path / "home")})

    assert list(tmp_path.iterdir()) == []


def test_secrets_are_made_once_and_for_their_owner_only(tmp_path: Path):
    settings = Settings.from_environment({"CLEARWAY_HOME": str(tmp_path / "home")})

    first, second = settings.secrets(), settings.secrets()

    file = tmp_path / "home" / "secrets.json"
    assert first == second
    assert len(first.session_key) > 40
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_a_secret_from_the_environment_wins(tmp_path: Path):
    token = "a token that is long enough"
    settings = Settings.from_environment(
        {"CLEARWAY_HOME": str(tmp_path), "CLEARWAY_ALERT_TOKEN": token}
    )

    assert settings.secrets().alert_token == token
    assert token not in (tmp_path / "secrets.json").read_text()


def test_secrets_are_not_shown(tmp_path: Path):
    settings = Settings.from_environment(
        {
            "CLEARWAY_HOME": str(tmp_path),
            "CLEARWAY_DATABASE_URL": "postgresql://me:hush@host/x",
            "CLEARWAY_PREFECT_AUTH": "clearway:hush-hush-hush",
        }
    )

    assert "hush" not in repr(settings) + repr(settings.secrets())
    assert settings.secrets().session_key not in repr(settings.secrets())


@pytest.mark.parametrize("content", ["", "[]", "{}", json.dumps({"session_key": 1})])
def test_damaged_secrets_are_told_and_left_alone(tmp_path: Path, content: str):
    file = tmp_path / "secrets.json"
    file.write_text(content)

    with pytest.raises(SettingsError, match=r"secrets\.json .*move it away"):
        Settings.from_environment({"CLEARWAY_HOME": str(tmp_path)}).secrets()

    assert file.read_text() == content


def test_prefect_gets_a_password_and_its_own_port_everywhere(tmp_path: Path):
    settings = Settings.from_environment(
        {"CLEARWAY_HOME": str(tmp_path), "CLEARWAY_PREFECT_PORT": "4211"}
    )

    variables = prefect_environment(settings)

    auth = settings.secrets().prefect_auth
    assert variables["PREFECT_SERVER_API_AUTH_STRING"] == auth
    assert variables["PREFECT_API_AUTH_STRING"] == auth
    assert variables["PREFECT_API_URL"] == "http://127.0.0.1:4211/api"
    assert variables["PREFECT_SERVER_UI_API_URL"] == "http://127.0.0.1:4211/api"
    assert [name for name, value in variables.items() if "4200" in value] == []
