"""All settings, read once at start from the environment (prefix CHIENOWA_). docs/settings.md lists them."""

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Typed settings. A description here is what docs/settings.md must say."""

    model_config = SettingsConfigDict(env_prefix="CHIENOWA_", extra="ignore", frozen=True)

    home: Path = Field(
        Path("var"), description="Folder of everything that is kept: records, files, indexes, models."
    )
    database_url: str = Field(
        "", description="SQLAlchemy URL of the records; empty = SQLite file in the home folder."
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on.")
    demo: bool = Field(
        False, description="Demonstration: sample users log in by one click; only on 127.0.0.1."
    )
    embedding_model: str = Field(
        "", description="sentence-transformers name or folder used instead of the static model."
    )
    processes: int = Field(
        0,
        ge=0,
        le=32,
        description="Processes that answer requests, beside one that indexes and works; 1 = one process for "
        "everything; 0 = one a core, at most 2.",
    )
    workers: int = Field(
        1, ge=1, le=32, description="Background worker processes for extraction and adaptation."
    )
    ocr_lanes: int = Field(2, ge=1, le=32, description="Pages of forms that are read at the same time.")
    scan_folder: str = Field(
        "", description="Folder below which wards may have a folder watched for scans; empty = none."
    )
    upload_max_mb: int = Field(200, ge=1, description="Largest accepted upload in megabytes (10^6 bytes).")
    session_hours: int = Field(10, ge=1, le=72, description="Hours after which an unused session ends.")
    lockout_failures: int = Field(
        5, ge=2, description="Failed log-ins in a row after which an account is locked."
    )
    lockout_minutes: int = Field(15, ge=1, description="Minutes for which a locked account stays locked.")
    secure_cookies: bool = Field(
        False, description="Send cookies over HTTPS only; set when TLS ends in front of us."
    )
    log_level: str = Field("INFO", description="Log level of the server: DEBUG, INFO, WARNING or ERROR.")

    def serving_processes(self) -> int:
        """How many processes answer requests."""
        return self.processes or min(2, len(os.sched_getaffinity(0)))

    def records_url(self) -> str:
        """The SQLAlchemy URL in use."""
        return self.database_url or f"sqlite:///{(self.home / 'records.db').absolute()}"

    def folder(self, name: str) -> Path:
        """A folder below home, made if it is missing."""
        path = self.home / name
        path.mkdir(parents=True, exist_ok=True)
        return path
