"""Mail: a message handed to an SMTP server, or remembered."""

import smtplib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Literal, Protocol

from clearway.errors import ClearwayError

StartTls = Literal["never", "offered", "required"]

_FINAL = 500
"""From this reply code on an answer of a mail server is for good."""


class MailError(ClearwayError):
    """A mail was not taken; the text says by whom and why. Trying again later may help."""


class MailRefused(MailError):
    """A mail was refused for good (5yz of RFC 5321, 4.2.1): the same again is refused again."""


@dataclass(frozen=True)
class CalendarPart:
    """An event that goes with a mail: iCalendar, and what it asks for (RFC 6047)."""

    text: bytes
    method: str
    """REQUEST or CANCEL."""


@dataclass(frozen=True)
class Mail:
    """One mail to one or more addresses; `html` may be empty."""

    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    message_id: str
    """Local part of the Message-ID: the same again means the same mail."""
    at: datetime
    calendar: CalendarPart | None = None


@dataclass(frozen=True)
class Sent:
    """Who was sent the mail, and whom the server refused, with its words."""

    to: tuple[str, ...]
    refused: Mapping[str, str] = field(default_factory=dict[str, str])


class Mailer(Protocol):
    """Hands mails on. What it gives: at least once, with the same Message-ID every time."""

    def send(self, mail: Mail) -> Sent:
        """Hand the mail on; raises MailError when nobody was sent it, MailRefused when for good."""
        ...


class SmtpMailer:
    """Hands mails to an SMTP server, one connection for each."""

    def __init__(
        self,
        host: str,
        port: int,
        sender: str,
        *,
        starttls: StartTls = "offered",
        user: str | None = None,
        password: str | None = None,
        timeout: float = 20.0,
    ) -> None:
        """`timeout` is in seconds, for each answer of the server. A password needs TLS."""
        if password is not None and starttls != "required":
            raise MailError("A password is only sent over TLS: set starttls to required.")
        self._host, self._port, self._sender = host, port, sender
        self._starttls: StartTls = starttls
        self._user, self._password = user, password
        self._timeout = timeout

    def send(self, mail: Mail) -> Sent:
        message = as_message(mail, self._sender)
        try:
            with smtplib.SMTP(self._host, self._port, timeout=self._timeout) as server:
                self._secure(server)
                # ASCII bodies: so any server takes it, whatever it offers.
                refused = server.send_message(message, self._sender, list(mail.to))
        except smtplib.SMTPRecipientsRefused as error:
            kind = MailRefused if _is_final(error) else MailError
            raise kind(f"The mail server refused everybody: {_words(error.recipients)}") from error
        except (smtplib.SMTPException, OSError) as error:
            kind = MailRefused if _is_final(error) else MailError
            place = f"{self._host}:{self._port}"
            raise kind(f"The mail server {place} did not take the mail: {error}") from error
        return Sent(tuple(to for to in mail.to if to not in refused), _each(refused))

    def _secure(self, server: smtplib.SMTP) -> None:
        server.ehlo()
        if self._starttls == "required" or (
            self._starttls == "offered" and server.has_extn("starttls")
        ):
            # Without a checked certificate "offered" still keeps listeners out; "required" checks.
            context = ssl.create_default_context()
            if self._starttls == "offered":
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
            server.starttls(context=context)
            server.ehlo()
        if self._user and self._password is not None:
            server.login(self._user, self._password)


class SilentMailer:
    """Sends nothing and remembers what it was told; the same Message-ID is one mail."""

    not_connected: str = "no mail server is set"

    def __init__(self) -> None:
        self._mails: dict[str, Mail] = {}

    @property
    def mails(self) -> Sequence[Mail]:
        """What was told so far, in order."""
        return tuple(self._mails.values())

    def send(self, mail: Mail) -> Sent:
        self._mails.setdefault(mail.message_id, mail)
        return Sent(mail.to)


def as_message(mail: Mail, sender: str) -> EmailMessage:
    """The mail as it goes over the wire; raises MailRefused for an address that is none."""
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = sender
        message["To"] = [_address(to) for to in mail.to]
        message["Subject"] = mail.subject
    except (ValueError, MessageError, IndexError) as error:
        raise MailRefused(f"The mail has a header that cannot be sent: {error}.") from error
    message["Date"] = format_datetime(mail.at)
    message["Message-ID"] = f"<{mail.message_id}@{_domain(sender)}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text, cte="quoted-printable")
    if mail.html:
        message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    if mail.calendar:
        _add_calendar(message, mail.calendar)
    return message


def _add_calendar(message: EmailMessage, part: CalendarPart) -> None:
    """Once as what the mail is, which calendars offer to take up, and once as a file to keep."""
    text, parameters = part.text.decode(), {"method": part.method}
    message.add_alternative(text, subtype="calendar", cte="base64", params=parameters)
    message.add_attachment(
        part.text, maintype="application", subtype="ics", filename="invitation.ics"
    )


def _is_final(error: Exception) -> bool:
    """Whether the server refuses this mail for good.

    What it says to a greeting, to TLS or to a login says nothing of the mail.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= _FINAL for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError):
        return error.smtp_code >= _FINAL
    return False


def _address(text: str) -> Address:
    if any(not character.isprintable() for character in text) or "@" not in text:
        raise ValueError(f"{text!r} is no address")
    return Address(addr_spec=text)


def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"


def _each(refused: Mapping[str, tuple[int, bytes]]) -> dict[str, str]:
    return {
        to: f"{code} {words.decode('utf-8', 'replace')}" for to, (code, words) in refused.items()
    }


def _words(refused: Mapping[str, tuple[int, bytes]]) -> str:
    return "; ".join(f"{to}: {words}" for to, words in _each(refused).items())
