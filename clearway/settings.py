"""What an operator can set: the environment variables CLEARWAY_* and the generated secrets."""

import contextlib
import difflib
import hmac
import json
import os
import secrets
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

from clearway.errors import ClearwayError

_PREFIX = "CLEARWAY_"
_FOR_TESTS = ("CLEARWAY_TEST_", "CLEARWAY_BENCH_")
_KNOWN = {
    "HOME",
    "DATABASE_URL",
    "HOST",
    "PORT",
    "BASE_URL",
    "SMTP_HOST",
    "SMTP_PORT",
    "SMTP_FROM",
    "SCIM_URL",
    "SCIM_TOKEN",
    "EQUIPMENT_MAIL",
    "PREFECT_PORT",
    "PREFECT_AUTH",
    "PREFECT_DATABASE_URL",
    "BPMN",
    "SESSION_KEY",
    "ALERT_TOKEN",
    "WORKER_BATCH",
    "WORKER_HANDS",
    "WORKER_LEASE_SECONDS",
    "WORKER_POLL_SECONDS",
}
Value = TypeVar("Value")


class SettingsError(ClearwayError):
    """A setting is missing, unknown or has a value that cannot be used; the text names it."""


@dataclass(frozen=True)
class Secrets:
    """What must not be shown: never printed, not even in a stack trace."""

    session_key: str = field(repr=False)
    """Signs sessions and links."""
    prefect_auth: str = field(repr=False)
    """`user:password` of the Prefect server."""
    alert_token: str = field(repr=False)
    """The bearer token with which Alertmanager delivers."""
    scim_token: str | None = field(default=None, repr=False)
    """The bearer token for the SCIM directory; only ever given, never generated."""


@dataclass(frozen=True)
class Settings:
    """Everything that can be set, each from `CLEARWAY_` and its name in capitals."""

    home: Path
    """Where the embedded database, the secrets and Prefect's files live."""
    bpmn: Path
    """The folder of the process owners."""
    database_url: str | None = field(default=None, repr=False)
    """A libpq address, `postgresql://...`; None means the embedded server in `home`."""
    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str = "http://127.0.0.1:8000"
    """The address that people use, without a slash at its end; links in mails begin with it."""
    smtp_host: str | None = None
    """None: no mail is sent."""
    smtp_port: int = 25
    smtp_from: str = "clearway@localhost"
    scim_url: str | None = None
    """The SCIM 2.0 directory in which accounts are made; None: none are made."""
    equipment_mail: str | None = None
    """The supplier's address for laptops; None, or no mail server: none are ordered."""
    prefect_port: int = 4200
    prefect_database_url: str | None = field(default=None, repr=False)
    """Prefect's own database, `postgresql+asyncpg://...`; None: its SQLite file in `home`."""
    worker_batch: int = 50
    """How many timers, and how many messages, a worker takes in one look."""
    worker_hands: int = 16
    """How many steps one worker runs at once; a step gets at most half of them."""
    worker_lease_seconds: float = 60.0
    worker_poll_seconds: float = 1.0
    given_secrets: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """Secrets that came from the environment; they win over the generated ones."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read CLEARWAY_*; raises SettingsError for an unknown name or an unusable value.

        Creates nothing: a command that needs no database leaves no folder behind.
        """
        variables = os.environ if environ is None else environ
        _refuse_unknown(variables)
        read = _Reader(variables)
        host, port = read.text("HOST", "127.0.0.1"), read.number("PORT", 8000, _port)
        return cls(
            home=read.folder("HOME", _project() / "var"),
            bpmn=read.folder("BPMN", _project() / "bpmn"),
            database_url=read.value("DATABASE_URL", None, _database_url),
            host=host,
            port=port,
            base_url=read.value("BASE_URL", _address(host, port), _base_url),
            smtp_host=read.value("SMTP_HOST", None, str),
            smtp_port=read.number("SMTP_PORT", 25, _port),
            smtp_from=read.text("SMTP_FROM", "clearway@localhost"),
            scim_url=read.value("SCIM_URL", None, _base_url),
            equipment_mail=read.value("EQUIPMENT_MAIL", None, str),
            prefect_port=read.number("PREFECT_PORT", 4200, _port),
            prefect_database_url=read.value("PREFECT_DATABASE_URL", None, str),
            worker_batch=read.number("WORKER_BATCH", 50, _count),
            worker_hands=read.number("WORKER_HANDS", 16, _count),
            worker_lease_seconds=read.value("WORKER_LEASE_SECONDS", 60.0, _seconds),
            worker_poll_seconds=read.value("WORKER_POLL_SECONDS", 1.0, _seconds),
            given_secrets=read.secrets(),
        )

    def make_home(self, *, also_without_database: bool = False) -> None:
        """Make the folder of the embedded server; where the database is elsewhere, only if asked.

        Raises SettingsError when it cannot be made or written to.
        """
        if self.database_url is None or also_without_database:
            _make_folder(self.home)

    def secrets(self) -> Secrets:
        """The secrets, generated into `home`/secrets.json (mode 0600) by the first who asks.

        Raises SettingsError when that file cannot be read or written.
        """
        return Secrets(**{**_kept_secrets(self.home), **self.given_secrets})

    def mark(self) -> str:
        """What the portal of this house answers at `/healthz`, and that of another does not.

        Raises SettingsError as `secrets`.
        """
        key = self.secrets().session_key.encode()
        return f"clearway {hmac.digest(key, b'healthz', 'sha256').hex()[:16]}"


class _Reader:
    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def value(self, name: str, default: Value, read: Callable[[str], Value]) -> Value:
        text = self._variables.get(_PREFIX + name, "").strip()
        if not text:
            return default
        try:
            return read(text)
        except ValueError as error:
            # The value stays out of the text: it may be a secret.
            raise SettingsError(f"{_PREFIX}{name} cannot be used: {error}.") from None

    def text(self, name: str, default: str) -> str:
        return self.value(name, default, str)

    def number(self, name: str, default: int, read: Callable[[str], int]) -> int:
        return self.value(name, default, read)

    def folder(self, name: str, default: Path) -> Path:
        return self.value(name, default, Path).expanduser().absolute()

    def secrets(self) -> dict[str, str]:
        names = {
            "session_key": _key,
            "prefect_auth": _credentials,
            "alert_token": _key,
            "scim_token": str,
        }
        found = {name: self.value(name.upper(), "", read) for name, read in names.items()}
        return {name: value for name, value in found.items() if value}


def _refuse_unknown(variables: Mapping[str, str]) -> None:
    for name in variables:
        ours = name.startswith(_PREFIX) and not name.startswith(_FOR_TESTS)
        if ours and name.removeprefix(_PREFIX) not in _KNOWN:
            near = difflib.get_close_matches(name, [_PREFIX + known for known in _KNOWN], n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(_KNOWN))}."
            raise SettingsError(f"The setting {name} is unknown: {hint}")


def _project() -> Path:
    """The checkout this package lies in, or else the present folder."""
    checkout = Path(__file__).resolve().parent.parent
    return checkout if (checkout / "bpmn").is_dir() else Path.cwd()


def _address(host: str, port: int) -> str:
    seen = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 - only compared
    return f"http://[{seen}]:{port}" if ":" in seen else f"http://{seen}:{port}"


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise ValueError("it must be a port, 1 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ValueError("it must be a whole number of at least 1")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 86400:
        raise ValueError("it must be a number of seconds above 0, at most a day")
    return seconds


def _database_url(text: str) -> str:
    scheme, _, rest = text.partition("://")
    if scheme not in ("postgresql", "postgres") or not rest:
        raise ValueError("it must read postgresql://user:password@host/database")
    return f"postgresql://{rest}"


def _base_url(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError("it must begin with http:// or https://")
    return text.rstrip("/")


def _key(text: str) -> str:
    if len(text) < 24:
        raise ValueError("it must have at least 24 characters")
    return text


def _credentials(text: str) -> str:
    user, _, password = text.partition(":")
    if not user or len(password) < 12:
        raise ValueError("it must read user:password, the password with at least 12 characters")
    return text


def _make_folder(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"{_PREFIX}HOME cannot be used: the folder {home} cannot be made "
            f"({error.strerror or error}): name a folder that you may write to."
        ) from error
    if not os.access(home, os.W_OK | os.X_OK):
        raise SettingsError(
            f"{_PREFIX}HOME cannot be used: {home} belongs to somebody else: "
            "name a folder that you may write to."
        )


def _kept_secrets(home: Path) -> dict[str, str]:
    file = home / "secrets.json"
    try:
        if not file.exists():
            _make_folder(home)
            _write_once(file, _new_secrets())
        kept: Any = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or "it is not JSON"
        raise SettingsError(
            f"The secrets in {file} cannot be used ({cause}): make it readable, "
            "or move it away to have new ones, which signs everybody out."
        ) from error
    return _checked_secrets(file, kept)


def _checked_secrets(file: Path, kept: object) -> dict[str, str]:
    names = {name for name, value in asdict(_new_secrets()).items() if value is not None}
    values = cast(dict[str, object], kept) if isinstance(kept, dict) else {}
    texts = {name: value for name, value in values.items() if isinstance(value, str)}
    if names - set(texts):
        missing = ", ".join(sorted(names - set(texts)))
        raise SettingsError(f"The file {file} lacks {missing}: move it away to have new secrets.")
    return {name: texts[name] for name in names}


def _new_secrets() -> Secrets:
    return Secrets(
        session_key=secrets.token_urlsafe(32),
        prefect_auth=f"clearway:{secrets.token_urlsafe(24)}",
        alert_token=secrets.token_urlsafe(32),
    )


def _write_once(file: Path, fresh: Secrets) -> None:
    """Two processes may be first: the link decides, and the later one reads what is there."""
    handle, name = tempfile.mkstemp(dir=file.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as draft:
            kept = {name: value for name, value in asdict(fresh).items() if value is not None}
            json.dump(kept, draft, indent=2)
            draft.flush()
            os.fsync(draft.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(name, file)
    finally:
        os.unlink(name)
