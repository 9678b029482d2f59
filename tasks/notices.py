"""The built-in step that tells people: renders the frozen template and mails it."""

from collections.abc import Mapping, Sequence
from email.utils import parseaddr
from html import escape
from urllib.parse import quote

from clearway.errors import StepError
from clearway.messages.render import Rendered, render
from clearway.now import TimeSource
from clearway.service.ics import (
    Happening,
    Invitation,
    calendar_text,
    record_address,
    uid_of,
)
from clearway.service.plan_events import ONLY_NOTED, UNREACHED
from integrations.smtp import CalendarPart, Mail, Mailer, MailRefused, Sent
from processes.planned import instant_of
from tasks.doors import AddressesOf, TemplateOf


def notice(
    *,
    template: str,
    template_hash: str,
    to: Sequence[str] | str | None = None,
    values: Mapping[str, object] | None = None,
    key: str = "",
    title: str = "",
    process: str = "",
    invitation: Mapping[str, object] | None = None,
    job_id: str,
    mailer: Mailer,
    addresses_of: AddressesOf,
    template_of: TemplateOf,
    base_url: str,
    sent_from: str,
    now: TimeSource,
) -> Mapping[str, object]:
    """Render the template with this hash and mail it to people, groups and addresses, in one mail.

    Besides `values` it sees `key`, `title`, `process` and `base_url`. A link to the record follows
    what the template says, unless it has one itself. An `invitation` (method, title, starts, ends,
    sequence) goes with it for calendars, from `sent_from`. Who could not be told is in
    the answer: `unknown` (no such person or group), `without_address`, `refused` (by the mail
    server). When it went to nobody, `only_noted` says why, when to some only, `unreached` does for
    each of the others; so does history. Raises StepError `nobody` when all names are unknown
    and `refused` when the server refuses the mail for good, MessageError when the template lacks a
    value, and MailError when the server takes the mail for nobody now.
    """
    del template  # its name; the text is the one that was current when the record told
    names = list(dict.fromkeys([to] if isinstance(to, str) else to or ()))
    surroundings = {"key": key, "title": title, "process": process, "base_url": base_url}
    rendered = render(template_of(template_hash), {**surroundings, **(values or {})})
    text, html = _with_link(rendered, key, base_url)
    found = addresses_of(names)
    if names and not found:
        raise StepError("nobody", f"There is no person or group {', '.join(names)}.")
    addresses = tuple(dict.fromkeys(each for some in found.values() for each in some))
    sent = Sent(())
    if addresses:
        calendar = None
        if invitation is not None:
            calendar = _calendar(invitation, key, base_url, sent_from, addresses, now)
        number = f"clearway-job-{job_id}"
        mail = Mail(addresses, rendered.subject, text, html, number, now(), calendar)
        sent = _send(mailer, mail)
    without = [name for name, some in found.items() if not some]
    unknown = [name for name in names if name not in found]
    unreached = _why_not(sent, without, unknown) if addresses else []
    return {
        "subject": rendered.subject,
        "sent": list(sent.to),
        "unknown": unknown,
        "without_address": without,
        "refused": dict(sent.refused),
        **({} if addresses else {ONLY_NOTED: _why_nobody(without)}),
        **({UNREACHED: unreached} if unreached else {}),
    }


def _calendar(
    invitation: Mapping[str, object],
    key: str,
    base_url: str,
    sent_from: str,
    addresses: Sequence[str],
    now: TimeSource,
) -> CalendarPart | None:
    starts, ends = instant_of(invitation["starts"]), instant_of(invitation["ends"])
    if starts is None or ends is None:
        return None
    happening = Happening(
        uid_of(key, base_url),
        f"{key} {invitation['title']}",
        starts,
        ends,
        int(str(invitation["sequence"])),
        address=record_address(key, base_url),
    )
    method = "CANCEL" if invitation["method"] == "CANCEL" else "REQUEST"
    asked = Invitation(method, parseaddr(sent_from)[1], addresses)
    return CalendarPart(calendar_text([happening], now(), invitation=asked), method)


def _send(mailer: Mailer, mail: Mail) -> Sent:
    """What is refused for good is told at once: trying it again would only keep that back."""
    try:
        return mailer.send(mail)
    except MailRefused as error:
        raise StepError("refused", str(error)) from error


def _with_link(rendered: Rendered, key: str, base_url: str) -> tuple[str, str]:
    """Text and HTML, from which one tap leads to the record."""
    address = f"{base_url.rstrip('/')}/records/{quote(key)}"
    if not key or address in rendered.text:
        return rendered.text, rendered.html
    link = f'<p><a href="{escape(address)}">{escape(key)}</a></p>\n'
    return f"{rendered.text}\n{address}\n", rendered.html + link


def _why_not(sent: Sent, without: Sequence[str], unknown: Sequence[str]) -> list[str]:
    """Why each of those was not told whom the mail did not go to."""
    return [
        *(f"the mail server refused {to} ({words})" for to, words in sent.refused.items()),
        *(f"no mail address of {name} is known" for name in without),
        *(f"there is no person or group {name}" for name in unknown),
    ]


def _why_nobody(without: Sequence[str]) -> str:
    if not without:
        return "nobody is named"
    return f"no mail address of {' or '.join(without)} is known"
