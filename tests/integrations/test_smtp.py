"""Mail over real SMTP: received as sent, the same job as the same mail, refusals in words."""

import socketserver
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import pytest
from postbox import Postbox

from integrations.smtp import Mail, MailError, MailRefused, SilentMailer, SmtpMailer

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    """Refuses addresses that begin with `no`."""
    with Postbox({"no": "550 nobody here"}) as box:
        yield box


def mailer(box: Postbox) -> SmtpMailer:
    return SmtpMailer("127.0.0.1", box.port, "Clearway <desk@example.org>", timeout=5)


def mail(*to: str, subject: str = "Grüße: es läuft") -> Mail:
    return Mail(to, subject, "Müller schrieb.\n", "<p>Müller schrieb.</p>", "clearway-job-7", AT)


def test_a_mail_arrives_as_it_was_written(postbox: Postbox):
    sent = mailer(postbox).send(mail("alice@example.org", "bob@example.org"))

    assert sent.to == ("alice@example.org", "bob@example.org")
    [received] = postbox.mails()
    assert received["Subject"] == "Grüße: es läuft"
    assert received["Auto-Submitted"] == "auto-generated"
    assert received["Date"] == "Mon, 02 Mar 2026 09:00:00 +0000"
    assert received.get_body(("plain",)).get_content().strip() == "Müller schrieb."
    assert "<p>Müller" in received.get_body(("html",)).get_content()


def test_the_same_job_sends_the_same_message_id(postbox: Postbox):
    for _ in range(2):
        mailer(postbox).send(mail("alice@example.org"))

    assert [each["Message-ID"] for each in postbox.mails()] == ["<clearway-job-7@example.org>"] * 2


def test_whom_the_server_refuses_is_told_apart(postbox: Postbox):
    sent = mailer(postbox).send(mail("alice@example.org", "nobody@example.org"))

    assert sent.to == ("alice@example.org",)
    assert sent.refused == {"nobody@example.org": "550 nobody here"}


def test_a_mail_that_nobody_gets_is_an_error(postbox: Postbox):
    with pytest.raises(MailError, match="550 nobody here"):
        mailer(postbox).send(mail("nobody@example.org"))


@pytest.mark.parametrize(
    ("answers", "is_final"),
    [
        ({"alice@": "550 gone", "bob@": "553 no"}, True),
        ({"alice@": "450 later", "bob@": "451 later"}, False),
        ({"alice@": "550 gone", "bob@": "450 later"}, False),
        ({"alice@": "421 closing"}, False),
    ],
)
def test_only_what_is_refused_for_good_is_not_tried_again(
    answers: Mapping[str, str], is_final: bool
):
    with Postbox(answers) as box, pytest.raises(MailError) as refusal:
        mailer(box).send(mail("alice@example.org", "bob@example.org"))

    assert isinstance(refusal.value, MailRefused) == is_final


@pytest.mark.parametrize(("answer", "is_final"), [("550 not you", True), ("451 later", False)])
def test_a_refused_sender_is_refused_for_good_or_not(answer: str, is_final: bool):
    with Postbox(sender=answer) as box, pytest.raises(MailError, match=answer[4:]) as refusal:
        mailer(box).send(mail("alice@example.org"))

    assert isinstance(refusal.value, MailRefused) == is_final


def test_a_server_that_is_away_is_no_refusal_and_is_named():
    with pytest.raises(MailError, match=r"127\.0\.0\.1:1 ") as refusal:
        SmtpMailer("127.0.0.1", 1, "desk@example.org", timeout=2).send(mail("alice@example.org"))

    assert not isinstance(refusal.value, MailRefused)


class RefusesTls(socketserver.StreamRequestHandler):
    """A server that offers TLS and then will not have it."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            offers = line.upper().startswith(b"EHLO")
            self.wfile.write(b"250-here\r\n250 STARTTLS\r\n" if offers else b"554 not today\r\n")


def test_what_a_server_says_of_tls_says_nothing_of_the_mail():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), RefusesTls) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        with pytest.raises(MailError, match="not today") as refusal:
            SmtpMailer("127.0.0.1", port, "d@example.org", timeout=5).send(mail("a@example.org"))
        server.shutdown()

    assert not isinstance(refusal.value, MailRefused)


@pytest.mark.parametrize(
    "hostile", ["alice@example.org\r\nBcc: all@example.org", "a b@example.org", "no address", ""]
)
def test_an_address_cannot_smuggle_headers(postbox: Postbox, hostile: str):
    with pytest.raises(MailError):
        mailer(postbox).send(mail(hostile))

    assert postbox.envelopes == []


def test_a_subject_cannot_smuggle_headers(postbox: Postbox):
    with pytest.raises(MailError):
        mailer(postbox).send(mail("alice@example.org", subject="x\r\nBcc: all@example.org"))

    assert postbox.envelopes == []


def test_a_password_is_never_sent_in_the_clear():
    with pytest.raises(MailError, match="TLS"):
        SmtpMailer("127.0.0.1", 25, "desk@example.org", user="u", password="p")


def test_without_tls_a_required_one_is_an_error(postbox: Postbox):
    strict = SmtpMailer("127.0.0.1", postbox.port, "desk@example.org", starttls="required")

    with pytest.raises(MailError, match="STARTTLS"):
        strict.send(mail("alice@example.org"))


def test_the_silent_mailer_remembers_each_mail_once():
    silent = SilentMailer()

    for _ in range(2):
        silent.send(mail("alice@example.org"))

    assert [each.to for each in silent.mails] == [("alice@example.org",)]
