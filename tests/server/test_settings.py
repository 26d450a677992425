"""A wrong setting stops the start with one line that names it, whatever the value; secrets are never repeated."""

from pathlib import Path

import pytest

from server.settings import SettingsError, load_settings
from tests.service import COMMAND, clean_environment, run_command

WRONG = {
    "ENVIRONMENT": "staging",
    "PORT": "http",
    "LOG_LEVEL": "LOUD",
    "DEBUG": "perhaps",
    "ALLOWED_ORIGINS": "http://localhost",
    "GROQ_TIMEOUT": "-1",
    "DATABASE_URL": "mysql://root:KANARI@localhost/loans",
    "SMTP_URL": "http://user:KANARI@mail.example.com",
    "LEADS_EMAIL": "KANARI at leads.example.com",
    "CHROMA_URL": "KANARI",
    "GROQ_API_BASE": "https://api.example.com:KANARI",
    "MODEL": "KANARI",
    "MODEL_API_BASE": "KANARI",
    "MODEL_SESSION_TOKENS": "7999",  # less than one turn may take
    "MODEL_DAILY_TOKENS": "59999",  # less than one session may
    "POLICY_PROFILE": "lenient",
    "POLICY_AS_OF": "yesterday",
    "REGISTER_URL": "http://register.example.com/KANARI",
    "BUREAU_URL": "https://bureau.example.com/?key=KANARI",
    "SCREENING_URL": "https://user:KANARI@screening.example.com",
}


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.chdir(tmp_path)
    for name in [*WRONG, "HOST", "DATA_DIR", "SECRET_KEY", "CUSTOMERS_FILE", "GROQ_API_KEY", "MODEL_API_KEY"]:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_names_the_setting(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.setenv(name, WRONG[name])
    with pytest.raises(SettingsError) as error:
        load_settings()
    message = str(error.value)
    assert message.startswith(f"{name}: ")
    assert "\n" not in message
    assert "KANARI" not in message


def test_the_defaults(environment: pytest.MonkeyPatch) -> None:
    settings = load_settings()
    assert (settings.environment, settings.host, settings.port) == ("development", "127.0.0.1", 8000)
    assert (settings.data_dir, settings.log_level, settings.debug) == (Path("var"), "INFO", False)
    assert (settings.groq_timeout, settings.policy_profile, settings.policy_as_of) == (30, "default", None)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"MODEL": "groq:openai/gpt-oss-20b"}, "MODEL: of groq needs GROQ_API_KEY"),
        ({"MODEL": "openai:"}, "MODEL: must be provider:name"),
        ({"MODEL": "openai:a model"}, "MODEL: must be provider:name"),
        ({"MODEL": "openai:gpt"}, "MODEL_API_KEY: is needed for OpenAI's own service"),
        ({"MODEL": "openai:own", "MODEL_API_BASE": "ftp://models.example.com"}, "MODEL_API_BASE: must be an http"),
    ],
)
def test_a_model_that_cannot_be(environment: pytest.MonkeyPatch, given: dict[str, str], why: str) -> None:
    for name, value in given.items():
        environment.setenv(name, value)
    with pytest.raises(SettingsError, match=f"^{why}"):
        load_settings()


@pytest.mark.parametrize(("name", "extra"), [("openai:own", "openai"), ("anthropic:claude", "models")])
def test_a_model_whose_extra_is_missing(environment: pytest.MonkeyPatch, name: str, extra: str) -> None:
    environment.setenv("MODEL", name)
    environment.setattr("server.settings.find_spec", lambda _: None)
    with pytest.raises(
        SettingsError, match=rf"^MODEL: of \w+ needs the extra {extra}: pip install 'esoteric\[{extra}\]'$"
    ):
        load_settings()


def test_values_come_from_a_file_too_and_the_environment_wins(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text('PORT=9001\nLOG_LEVEL=debug\nALLOWED_ORIGINS=["https://a.example"]\n')
    environment.setenv("PORT", "9002")
    settings = load_settings()
    assert (settings.port, settings.log_level) == (9002, "DEBUG")
    assert settings.allowed_origins == ["https://a.example"]


def test_a_secret_is_not_shown(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SECRET_KEY", "KANARI" * 8)
    environment.setenv("GROQ_API_KEY", "gsk_KANARI")
    assert "KANARI" not in repr(load_settings())


def test_the_sealing_key_is_made_once_and_private(tmp_path: Path) -> None:
    first, again = (load_settings(_env_file=None, data_dir=tmp_path).sealing_key() for _ in range(2))
    assert first == again and len(first) >= 32
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("command", [["serve"], ["kb", "query", "fees"], ["chat"]])
def test_the_command_stops_with_one_line(tmp_path: Path, command: list[str]) -> None:
    done = run_command([COMMAND, *command], clean_environment(tmp_path) | {"PORT": "http"})
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("PORT: ") and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "place"),
    [("KANARI", ""), ('{"customers": [{"customer_id": "KANARI"}]}', "0.name"), ("", "")],
)
def test_a_wrong_customers_file(tmp_path: Path, content: str, place: str) -> None:
    file = tmp_path / "customers.json"
    file.write_text(content, encoding="utf-8")
    done = run_command([COMMAND, "serve"], clean_environment(tmp_path) | {"CUSTOMERS_FILE": str(file)})
    assert done.returncode != 0
    assert done.stderr.strip().count("\n") == 0, done.stderr
    assert "CUSTOMERS_FILE" in done.stderr and place in done.stderr
    assert "KANARI" not in done.stderr


@pytest.mark.parametrize(
    "address", ["leads", "leads@", "@example.com", "leads@localhost", "a b@example.com", "a@example.com,b@example.com"]
)
def test_where_leads_go_is_an_address(environment: pytest.MonkeyPatch, address: str) -> None:
    environment.setenv("LEADS_EMAIL", address)
    with pytest.raises(SettingsError, match=r"^LEADS_EMAIL: must be a mail address$"):
        load_settings()
    environment.setenv("LEADS_EMAIL", "Leads+Fund@Example.com")
    assert load_settings().leads_email == "Leads+Fund@example.com"
    environment.setenv("LEADS_EMAIL", "")
    assert load_settings().leads_email is None
