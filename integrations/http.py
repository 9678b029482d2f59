"""How integrations call over HTTP: with timeouts, bounded answers and no redirects."""

import json
from collections.abc import Mapping
from typing import cast
from urllib.parse import urlsplit

import requests

from clearway.errors import ClearwayError

LARGEST_ANSWER = 1024 * 1024


class RemoteError(ClearwayError):
    """A system could not be reached or answered what nobody understands; try again later."""


class RemoteRefusal(ClearwayError):
    """A system answered that it will not do it; `status` is its HTTP status."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


class Remote:
    """One system at one address; `token` goes along as a bearer token."""

    def __init__(
        self,
        address: str,
        token: str | None = None,
        *,
        accept: str = "application/json",
        timeout: float = 15.0,
    ) -> None:
        """`timeout` is in seconds, to connect and between two pieces of the answer."""
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise ClearwayError(
                f"{parts.hostname or 'This'} is no address: write https://host/path."
            )
        self._address = address.rstrip("/")
        self._name = parts.hostname
        self._timeout = timeout
        self._session = requests.Session()
        self._session.trust_env = False  # no proxies, no passwords out of a netrc file
        self._session.headers["Accept"] = accept
        if token is not None:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def call(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        query: Mapping[str, str] | None = None,
        key: str | None = None,
        media_type: str = "application/json",
    ) -> tuple[int, Mapping[str, object]]:
        """Call and answer the status and the JSON object; `key` is sent as Idempotency-Key.

        Raises RemoteRefusal for a status of 400 to 499 and RemoteError for anything else that
        is no success.
        """
        headers = {"Content-Type": media_type} if body is not None else {}
        if key is not None:
            headers["Idempotency-Key"] = key
        try:
            with self._session.request(
                method,
                self._address + path,
                params=query,
                data=None if body is None else json.dumps(body),
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                return self._understood(response)
        except requests.RequestException as error:
            raise RemoteError(f"{self._name} cannot be reached: {type(error).__name__}.") from error

    def _understood(self, response: requests.Response) -> tuple[int, Mapping[str, object]]:
        content = self._bounded(response)
        status = response.status_code
        if 400 <= status < 500 and status not in (408, 425, 429):
            raise RemoteRefusal(f"{self._name} answered {status}: {_words(content)}", status)
        if not 200 <= status < 300:
            raise RemoteError(f"{self._name} answered {status}: {_words(content)}")
        if not content.strip():
            return status, {}
        try:
            found: object = json.loads(content)
        except ValueError:
            return status, {}
        return status, cast(Mapping[str, object], found) if isinstance(found, dict) else {}

    def _bounded(self, response: requests.Response) -> bytes:
        content = b""
        for piece in response.iter_content(65536):
            content += piece
            if len(content) > LARGEST_ANSWER:
                raise RemoteError(f"{self._name} answered more than {LARGEST_ANSWER} bytes.")
        return content


def _words(content: bytes) -> str:
    text = content[:300].decode("utf-8", "replace")
    return "".join(each if each.isprintable() else " " for each in text)
