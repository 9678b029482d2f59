"""A real mail server that keeps what it gets, and refuses whom it is told to refuse."""

import socket
from collections.abc import Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


class Postbox:
    """Listens on `port` of 127.0.0.1 while it is entered.

    `refuses`: how an address begins -> with what it is refused; `sender`: with what every sender
    is.
    """

    def __init__(self, refuses: Mapping[str, str] | None = None, sender: str = "") -> None:
        self.port = free_port()
        self.envelopes: list[Envelope] = []
        self._refuses, self._sender = refuses or {}, sender
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_MAIL(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._sender:
            return self._sender
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        for beginning, answer in self._refuses.items():
            if address.startswith(beginning):
                return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - as above
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.envelopes.append(envelope)
        return "250 taken"

    def mails(self, about: str = "") -> list[EmailMessage]:
        """The mails whose subject names this record, in the order of their arrival."""
        mails = [
            message_from_bytes(bytes(envelope.content or b""), policy=policy.default)
            for envelope in self.envelopes
        ]
        return [mail for mail in mails if about in str(mail["subject"])]

    def letters(self, about: str) -> list[tuple[str, str]]:
        """The receiver and the subject of each of them, in no order that matters."""
        return sorted((str(mail["to"]), str(mail["subject"])) for mail in self.mails(about))

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._controller.stop()
