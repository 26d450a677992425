"""Settings, from the environment or `.env`. A wrong value stops the start with one line that names the setting."""

import re
import secrets
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from kb.embeddings import DEFAULT_MODEL
from server.access.keys import KeyRing, KeysError, key_ring
from server.access.secret_strength import objection_to
from server.limits.address import is_every_address, is_loopback, proxies_from
from server.limits.figures import FIGURES

SECRET_BYTES = 32
ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")  # as browsers spell it
MODEL = re.compile(r"[a-z][a-z0-9_]*:[\x21-\x7e]{1,200}")  # as LangChain spells it
OIDC_RETURN = "/api/v1/officers/oidc/callback"


class SettingsError(Exception):
    """A setting is wrong; the message is one line that names it."""


def _as_the_environment(data: dict[str, Any]) -> bool:
    return data.get("environment") == "production"


class Settings(BaseSettings):
    """Names and defaults as in the interface; a setting exists here only once it works."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    environment: Literal["development", "production"] = "development"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    public_url: str | None = None
    data_dir: Path = Path("var")
    secret_key: Annotated[SecretStr | None, Field(validate_default=True)] = None
    previous_secret_key: SecretStr | None = None
    auth_required: bool = Field(default_factory=_as_the_environment, validate_default=True)
    client_keys_file: Path | None = None
    allowed_origins: Annotated[list[str], NoDecode] = []
    rate_limit_enabled: bool = True
    redis_url: SecretStr | None = None
    trusted_proxies: Annotated[list[str], NoDecode] = []
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"
    debug: bool = False
    groq_api_key: SecretStr | None = None
    groq_model_name: str = "openai/gpt-oss-20b"
    groq_api_base: str = "https://api.groq.com"
    groq_timeout: Annotated[float, Field(gt=0, le=600)] = 30
    model: str | None = None
    model_api_base: str | None = None
    model_api_key: Annotated[SecretStr | None, Field(validate_default=True)] = None
    model_session_tokens: Annotated[int, Field(ge=FIGURES.model_tokens_of_a_turn)] = 60_000
    model_daily_tokens: Annotated[int, Field(ge=0)] = 5_000_000
    database_url: str | None = None
    chroma_url: str | None = None
    embedding_model: str = DEFAULT_MODEL
    smtp_url: SecretStr | None = None
    mail_from: str = "no-reply@esoteric.example.com"
    leads_email: str | None = None
    customers_file: Path | None = None
    register_url: str | None = None
    bureau_url: str | None = None
    screening_url: str | None = None
    providers_token: SecretStr | None = None
    letter_signing_file: Path | None = None
    letter_signing_password: SecretStr | None = None
    letter_trusted_certificates: Path | None = None
    policy_profile: Literal["default", "challenge_strict"] = "default"
    policy_as_of: date | None = None
    oidc_issuer: str | None = None
    oidc_client_id: Annotated[str | None, Field(validate_default=True)] = None
    oidc_client_secret: Annotated[SecretStr | None, Field(validate_default=True)] = None
    oidc_redirect_url: Annotated[str | None, Field(validate_default=True)] = None
    oidc_roles_claim: str = "roles"
    oidc_limit_claim: str | None = None
    langsmith_tracing: bool = False
    langsmith_api_key: Annotated[SecretStr | None, Field(validate_default=True)] = None
    langsmith_endpoint: str = "https://api.smith.langchain.com"
    langsmith_project: str = "esoteric"
    langsmith_tracing_sampling_rate: Annotated[float, Field(ge=0, le=1)] = 1
    otel_exporter_otlp_endpoint: str | None = None

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _json_list(cls, value: object) -> object:
        """A JSON list, as in the guide."""
        from pydantic import TypeAdapter

        return TypeAdapter(list[str]).validate_json(value) if isinstance(value, str) else value

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _list(cls, value: object) -> object:
        """A JSON list, or names with commas between."""
        if isinstance(value, str) and not value.lstrip().startswith("["):
            return [name.strip() for name in value.split(",")]
        return cls._json_list(value)

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies(cls, value: list[str]) -> list[str]:
        proxies_from(value)
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("redis://", "rediss://")):
            raise ValueError("must be a redis:// or rediss:// URL")
        if value is not None and find_spec("redis") is None:
            raise ValueError("needs the extra redis: pip install 'esoteric[redis]'")
        return value

    @field_validator("database_url")
    @classmethod
    def _postgres(cls, value: str | None) -> str | None:
        if value is None:
            return None
        from sqlalchemy import make_url
        from sqlalchemy.exc import ArgumentError

        try:
            known = make_url(value).get_backend_name() in {"postgresql", "postgres"} and "+" not in value.split(":")[0]
        except (ArgumentError, ValueError):
            known = False
        if not known:
            raise ValueError("must be a postgresql:// URL")
        if find_spec("psycopg") is None:
            raise ValueError("needs the extra postgres: pip install 'esoteric[postgres]'")
        return value

    @field_validator("oidc_issuer", "oidc_redirect_url", "register_url", "bureau_url", "screening_url")
    @classmethod
    def _https(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and not safe_url(value):
            raise ValueError("must be an https:// URL without query; plain http only on this machine")
        if value is not None and info.field_name == "oidc_redirect_url" and not value.endswith(OIDC_RETURN):
            raise ValueError(f"must end in {OIDC_RETURN}")
        return value

    @field_validator("public_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not ORIGIN.fullmatch(address := value.rstrip("/").lower()):
            raise ValueError("must be an origin like https://loans.example.com, without a path")
        return address

    @field_validator("oidc_client_id", "oidc_client_secret", "oidc_redirect_url")
    @classmethod
    def _all_of_oidc(cls, value: object, info: ValidationInfo) -> object:
        if value is None and info.data.get("oidc_issuer"):
            raise ValueError("is needed when OIDC_ISSUER is set")
        return value

    @field_validator("langsmith_api_key")
    @classmethod
    def _key_for_tracing(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and info.data.get("langsmith_tracing"):
            raise ValueError("is needed when LANGSMITH_TRACING is true")
        return value

    @field_validator(
        "langsmith_endpoint", "otel_exporter_otlp_endpoint", "chroma_url", "groq_api_base", "model_api_base"
    )
    @classmethod
    def _http(cls, value: str | None) -> str | None:
        if value is not None and not names_a_host(value, "https", "http"):
            raise ValueError("must be an http(s) URL")
        return value

    @field_validator("model")
    @classmethod
    def _provider_and_name(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        if not MODEL.fullmatch(value):
            raise ValueError("must be provider:name, like groq:openai/gpt-oss-20b")
        provider = value.partition(":")[0]
        if provider == "groq" and info.data.get("groq_api_key") is None:
            raise ValueError("of groq needs GROQ_API_KEY")
        if provider != "groq":
            package, extra = ("langchain_openai", "openai") if provider == "openai" else ("langchain", "models")
            if find_spec(package) is None:
                raise ValueError(f"of {provider} needs the extra {extra}: pip install 'esoteric[{extra}]'")
        return value

    @field_validator("model_api_key")
    @classmethod
    def _key_of_openai(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        is_openai = (info.data.get("model") or "").startswith("openai:")
        if value is None and is_openai and info.data.get("model_api_base") is None:
            raise ValueError("is needed for OpenAI's own service; MODEL_API_BASE names another server")
        return value

    @field_validator("model_daily_tokens")
    @classmethod
    def _a_session_at_least(cls, value: int, info: ValidationInfo) -> int:
        if 0 < value < info.data.get("model_session_tokens", 0):
            raise ValueError("must be 0, for no limit, or at least MODEL_SESSION_TOKENS")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not names_a_host(value.get_secret_value(), "smtp", "smtps"):
            raise ValueError("must be an smtp:// or smtps:// URL")
        return value

    @field_validator("leads_email")
    @classmethod
    def _mail_address(cls, value: str | None) -> str | None:
        from email_validator import EmailNotValidError, validate_email

        try:
            return value and validate_email(value, check_deliverability=False).normalized
        except EmailNotValidError:
            raise ValueError("must be a mail address") from None

    @field_validator("secret_key", "previous_secret_key")
    @classmethod
    def _strong(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        current = info.data.get("secret_key")
        if info.field_name == "previous_secret_key" and value is not None and value == current:
            raise ValueError("must not be SECRET_KEY itself")
        if info.data.get("environment") != "production":
            return value
        if value is None:
            if info.field_name == "secret_key":
                raise ValueError("is needed in production")
        elif objection := objection_to(value.get_secret_value()):
            raise ValueError(objection)
        return value

    @field_validator("auth_required")
    @classmethod
    def _required_in_production(cls, value: bool, info: ValidationInfo) -> bool:
        if not value and info.data.get("environment") == "production":
            raise ValueError("cannot be false in production")
        return value

    @field_validator("allowed_origins")
    @classmethod
    def _no_open_door(cls, value: list[str]) -> list[str]:
        if not all(ORIGIN.fullmatch(origin) for origin in value):
            raise ValueError("must name each origin, like https://www.example.com, without a path or an asterisk")
        return value

    def address(self) -> str:
        """The origin at which customers reach the service: what is printed on paper."""
        host = "127.0.0.1" if is_every_address(self.host) else self.host
        host = f"[{host}]" if ":" in host else host
        return self.public_url or f"http://{host}:{self.port}"

    def where_the_database_is(self) -> str:
        """The name of the setting that says it."""
        return "DATA_DIR" if self.database_url is None else "DATABASE_URL"

    def key_ring(self) -> KeyRing:
        """The keys of access tokens. Raises SettingsError."""
        previous = self.previous_secret_key
        try:
            return key_ring(
                self.sealing_key(),
                previous.get_secret_value().encode() if previous is not None else None,
                self.client_keys_file,
            )
        except KeysError as error:
            raise SettingsError(f"CLIENT_KEYS_FILE: {error}") from None

    def secrets(self) -> list[bytes]:
        """The secret and the one before it, newest first."""
        previous = self.previous_secret_key
        return [self.sealing_key()] + ([previous.get_secret_value().encode()] if previous is not None else [])

    def sealing_key(self) -> bytes:
        """The key behind sealed references: `SECRET_KEY`, or one made under `DATA_DIR` at the first start."""
        if self.secret_key is not None:
            return self.secret_key.get_secret_value().encode()
        path = self.data_dir / "secret.key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(".new")  # a crash must not leave half a key
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_hex(SECRET_BYTES), encoding="ascii")
            draft.replace(path)
        return path.read_text(encoding="ascii").encode()


def names_a_host(url: str, *schemes: str) -> bool:
    """Whether it is a URL of one of these schemes, with a host, and a port if any that may be one."""
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def safe_url(url: str) -> bool:
    """Whether this address may be asked for secrets: https, or http on the loopback; no query, fragment or password."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.query or parts.fragment or "@" in parts.netloc or not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))


def load_settings(**overrides: object) -> Settings:
    """Raises SettingsError."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "ENVIRONMENT"
        raise SettingsError(f"{name}: {first['msg'].removeprefix('Value error, ')}") from None
