"""Settings, from the environment or `.env`. A wrong value stops the start with one line that names the setting."""

import secrets
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from kb.embeddings import DEFAULT_MODEL

LOCAL_ORIGINS = r"https?://(localhost|127\.0\.0\.1)(:\d+)?"
SECRET_BYTES = 32


class SettingsError(Exception):
    """A setting is wrong; the message is one line that names it."""


class Settings(BaseSettings):
    """Names and defaults as in the interface; a setting exists here only once it works."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    environment: Literal["development", "production"] = "development"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    data_dir: Path = Path("var")
    secret_key: SecretStr | None = None
    allowed_origins: Annotated[list[str], NoDecode] = []
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"
    debug: bool = False
    groq_api_key: SecretStr | None = None
    groq_model_name: str = "openai/gpt-oss-20b"
    groq_api_base: str = "https://api.groq.com"
    groq_timeout: Annotated[float, Field(gt=0, le=600)] = 30
    database_url: str | None = None
    chroma_url: str | None = None
    embedding_model: str = DEFAULT_MODEL
    smtp_url: SecretStr | None = None
    mail_from: str = "no-reply@esoteric.example.com"
    customers_file: Path | None = None
    policy_profile: Literal["default", "challenge_strict"] = "default"
    policy_as_of: date | None = None
    langsmith_tracing: bool = False
    langsmith_api_key: Annotated[SecretStr | None, Field(validate_default=True)] = None
    langsmith_endpoint: str = "https://api.smith.langchain.com"
    langsmith_project: str = "esoteric"

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

    @field_validator("database_url")
    @classmethod
    def _postgres(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("postgresql://", "postgres://")):
            raise ValueError("must be a postgresql:// URL")
        return value

    @field_validator("langsmith_api_key")
    @classmethod
    def _key_for_tracing(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and info.data.get("langsmith_tracing"):
            raise ValueError("is needed when LANGSMITH_TRACING is true")
        return value

    @field_validator("langsmith_endpoint")
    @classmethod
    def _http(cls, value: str) -> str:
        if not value.startswith(("https://", "http://")):
            raise ValueError("must be an http(s) URL")
        return value

    @model_validator(mode="after")
    def _not_in_production_yet(self) -> Self:
        if self.environment == "production":
            raise ValueError("ENVIRONMENT=production needs sign-in, which this version does not have")
        return self

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


def load_settings(**overrides: object) -> Settings:
    """Raises SettingsError."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "ENVIRONMENT"
        raise SettingsError(f"{name}: {first['msg'].removeprefix('Value error, ')}") from None
