"""The outer wire of SCIM: a small HTTP server that keeps users and groups in memory."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

_FILTER = re.compile(r'(\w+) eq "((?:[^"\\]|\\.)*)"')
_MEMBER = re.compile(r'members\[value eq "([^"]*)"\]')


class ScimServer(ThreadingHTTPServer):
    """`stored` is path -> id -> resource; `calls` is what was asked; `broken` answers instead.

    `forgets` is an attribute that it does not keep.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.stored: dict[str, dict[str, dict[str, Any]]] = {"/Users": {}, "/Groups": {}}
        self.calls: list[tuple[str, str]] = []
        self.tokens: set[str | None] = set()
        self.broken: tuple[int, bytes] | None = None
        self.forgets: str | None = None
        self.made = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that a test broke off is no news."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v2"

    def add_user(self, name: str) -> str:
        """Somebody's account that the server had before; answers its id."""
        number = f"u-{name}"
        self.stored["/Users"][number] = {"id": number, "userName": name}
        return number

    def add_group(self, name: str, *members: str) -> None:
        number = f"g{len(self.stored['/Groups'])}"
        inside = [{"value": member} for member in members]
        self.stored["/Groups"][number] = {"id": number, "displayName": name, "members": inside}

    def members(self, name: str) -> list[str]:
        groups = self.stored["/Groups"].values()
        group = next(group for group in groups if group["displayName"] == name)
        return [member["value"] for member in group["members"]]


class _Handler(BaseHTTPRequestHandler):
    server: ScimServer

    def do_GET(self) -> None:
        kind, number = self._begin()
        if number:
            one = self.server.stored[kind].get(number)
            return self._answer(200 if one else 404, one or {"detail": "unknown"})
        query = parse_qs(urlsplit(self.path).query)
        match = _FILTER.fullmatch(query["filter"][0])
        name, value = match.group(1), re.sub(r"\\(.)", r"\1", match.group(2))
        found = [it for it in self.server.stored[kind].values() if it[name] == value]
        return self._answer(200, {"Resources": found, "totalResults": len(found)})

    def do_POST(self) -> None:
        kind, _ = self._begin()
        given = self._body()
        users = self.server.stored[kind]
        if any(user["userName"] == given["userName"] for user in users.values()):
            return self._answer(409, {"detail": "taken"})
        given["id"] = f"u{self.server.made}"
        given.pop(self.server.forgets, None)
        self.server.made += 1
        users[given["id"]] = given
        return self._answer(201, given)

    def do_DELETE(self) -> None:
        kind, number = self._begin()
        gone = self.server.stored[kind].pop(number, None)
        self._answer(204 if gone else 404, None if gone else {"detail": "unknown"})

    def do_PATCH(self) -> None:
        kind, number = self._begin()
        group = self.server.stored[kind][number]
        for operation in self._body()["Operations"]:
            if operation["op"] == "add":
                group["members"] += operation["value"]
            else:
                member = _MEMBER.fullmatch(operation["path"]).group(1)
                group["members"] = [it for it in group["members"] if it["value"] != member]
        self._answer(204, None)

    def log_message(self, *_: object) -> None:
        pass

    def _begin(self) -> tuple[str, str]:
        path = urlsplit(self.path).path.removeprefix("/v2")
        self.server.calls.append((self.command, path))
        self.server.tokens.add(self.headers.get("Authorization"))
        if self.server.broken:
            status, content = self.server.broken
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            if status in (301, 302):
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()
            self.wfile.write(content)
            raise ConnectionAbortedError
        kind, _, number = path.lstrip("/").partition("/")
        return f"/{kind}", number

    def _body(self) -> dict[str, Any]:
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def _answer(self, status: int, value: object) -> None:
        content = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def scim() -> Iterator[ScimServer]:
    server = ScimServer()
    yield server
    server.shutdown()
    server.server_close()
