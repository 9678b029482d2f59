"""Somebody who talks to Prefect's API with its password."""

from typing import Any

import httpx

_ATTEMPTS = 5  # each waits for the database as long as the server does


class Operator:
    """Asks and orders; a busy server is asked again, as its own client does it."""

    def __init__(self, address: str, auth: str) -> None:
        """Take the API's address and the setting `user:password`."""
        user, _, password = auth.partition(":")
        # A server may close a connection that rests just as it is used again.
        once = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.Client(
            base_url=address, auth=(user, password), timeout=60, limits=once
        )

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The answer's body; changes want a token, for the server's protection against CSRF.

        Prefect answers 503 while its SQLite is locked by another writer.
        """
        token = self._client.get("/csrf-token", params={"client": "test"}).json()["token"]
        headers = {"Prefect-Csrf-Token": token, "Prefect-Csrf-Client": "test"}
        for _ in range(_ATTEMPTS):
            answer = self._client.request(method, path, json=body, headers=headers)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None
