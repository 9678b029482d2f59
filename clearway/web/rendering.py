"""How a page is made of a template: what every template can call, and how the answer is sent."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from clearway.service.permissions import refuse_unless
from clearway.service.values import Actor, Refusal
from clearway.web import showing, times, words
from clearway.web.portal import portal_of
from clearway.web.receipts import receipt_for
from clearway.web.security import DIAGRAM_POLICY
from clearway.web.static_files import Bundles
from clearway.web.visit import Visit, new_once

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "clearway_theme"

_STATUS = {
    "not_found": 404,
    "not_allowed": 403,
    "not_yours": 403,
    "invalid": 422,
    "undecided": 422,
    "too_large": 413,
}

_BUNDLES = Bundles()
# HTML in a diagram's documentation is shown as text, never as HTML.
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable("image")


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal; what the present state does not allow is a conflict."""
    return _STATUS.get(refusal.code, 409)


def page(
    visit: Visit,
    template: str,
    *,
    status: int = 200,
    has_diagram: bool = False,
    **context: object,
) -> HTMLResponse:
    """The page of a signed-in person."""
    request = visit.request
    shared: dict[str, object] = {
        "actor": visit.actor,
        "csrf": visit.signed_in.csrf,
        "heard": visit.heard,
        "zone": visit.zone,
        "receipt": receipt_for(request.query_params.get("said", "")),
    }
    response = bare_page(request, template, status=status, **shared, **context)
    if has_diagram:
        response.headers["Content-Security-Policy"] = DIAGRAM_POLICY
    return response


def bare_page(
    request: Request, template: str, *, status: int = 200, **context: object
) -> HTMLResponse:
    """A page that needs nobody signed in."""
    everything: dict[str, object] = {
        "actor": None,
        "csrf": "",
        "receipt": None,
        "zone": ZoneInfo("UTC"),
        **context,
        "now": portal_of(request).now(),
        "path": request.url.path,
        "here": _local_address(request),
        # What a form was answered with has no address to be looked at again.
        "fresh": _local_address(request) if request.method == "GET" else "",
        "theme": theme_of(request),
        "themes": THEMES,
    }
    return HTMLResponse(_ENVIRONMENT.get_template(template).render(everything), status)


def theme_of(request: Request) -> str:
    """The theme this browser chose."""
    chosen = request.cookies.get(THEME_COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"


def go(path: str, said: str = "") -> RedirectResponse:
    """After a form that took effect: the page to look at, with a receipt."""
    mark = "&" if "?" in path else "?"
    return RedirectResponse(f"{path}{mark}said={said}" if said else path, 303)


def is_local(path: str) -> bool:
    """An address of this portal itself, safe to send a browser to."""
    unsafe = any(ord(letter) < 33 or letter == "\\" for letter in path)
    return path.startswith("/") and not path.startswith("//") and not unsafe


def markdown(text: str) -> Markup:
    """Documentation of a diagram as HTML, without anything that could run or be fetched."""
    return Markup(_MARKDOWN.render(text))  # noqa: S704 - markdown-it escapes what is HTML


def coded(text: str) -> Markup:
    """A message with what stands between backticks set as code."""
    parts = text.split("`")
    shape = "{}" + "<code>{}</code>{}" * (len(parts) // 2)
    return Markup(shape).format(*parts) if len(parts) % 2 else escape(text)  # noqa: S704 - escapes


def read_aloud(text: str) -> Markup:
    """A sentence with what stands between backticks as code, and names between asterisks strong."""
    parts = text.split("`")
    if not len(parts) % 2:
        return escape(text)
    return Markup().join(
        Markup("<code>{}</code>").format(part) if at % 2 else _named(part)
        for at, part in enumerate(parts)
    )


def _named(text: str) -> Markup:
    parts = text.split("*")
    if not len(parts) % 2:
        return escape(text)
    return Markup().join(
        Markup("<strong>{}</strong>").format(part) if at % 2 else escape(part)
        for at, part in enumerate(parts)
    )


def _local_address(request: Request) -> str:
    query = "&".join(
        part for part in request.url.query.split("&") if part and not part.startswith("said=")
    )
    return f"{request.url.path}?{query}" if query else request.url.path


@pass_context
def _when(context: Context, instant: datetime | None, *, bare: bool = False) -> Markup:
    """`<time>` in the reader's zone, UTC in its title, and how long from now."""
    if instant is None:
        return Markup('<span class="quiet">–</span>')
    zone, now = cast(ZoneInfo, context["zone"]), cast(datetime, context["now"])
    said = _time(instant, times.in_utc(instant), times.absolute(instant, zone, now))
    if bare:
        return said
    relative = Markup(' <span class="quiet">({})</span>').format(times.relative(instant, now))
    return said + relative


@pass_context
def _ago(context: Context, instant: datetime | None) -> Markup:
    """How long from now, with the instant in its title: for narrow columns."""
    if instant is None:
        return Markup('<span class="quiet">–</span>')
    zone, now = cast(ZoneInfo, context["zone"]), cast(datetime, context["now"])
    title = f"{times.absolute(instant, zone, now)}, {times.in_utc(instant)}"
    return _time(instant, title, times.relative(instant, now))


def _time(instant: datetime, title: str, said: str) -> Markup:
    # Lists have hundreds of them, and Markup.format takes ten times as long.
    return Markup(  # noqa: S704 - what is not ours is escaped
        f'<time datetime="{instant.isoformat()}" title="{escape(title)}">{escape(said)}</time>'
    )


def _icon(name: str, css: str = "") -> Markup:
    """An icon by its name in assets/src/icons.json; the build collects the drawings in one file."""
    return _drawn(_BUNDLES.address("icons.svg"), name, css)


@lru_cache(maxsize=1000)
def _drawn(address: str, name: str, css: str) -> Markup:
    # A list has more than a hundred of them.
    return Markup(
        '<svg class="icon {}" width="16" height="16" fill="currentColor" aria-hidden="true"'
        ' focusable="false"><use href="{}#{}"/></svg>'
    ).format(css, address, name)


@pass_context
def _shown(context: Context, value: object, schema: Mapping[str, object] | None = None) -> Markup:
    zone, now = cast(ZoneInfo, context["zone"]), cast(datetime, context["now"])
    return showing.shown(value, schema or {}, zone, now)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., object]] = {
        "spoken": words.spoken,
        "seat": words.seat,
        "size": words.size,
        "counted": words.counted,
        "with_links": words.with_links,
        "coded": coded,
        "read_aloud": read_aloud,
        "markdown": markdown,
    }
    functions: dict[str, Callable[..., object]] = {
        "when": _when,
        "ago": _ago,
        "shown": _shown,
        "tone": words.tone,
        "tone_icon": words.tone_icon,
        "bundle": _BUNDLES.address,
        "icon": _icon,
        "new_once": new_once,
        "facts": showing.facts,
        "is_overdue": _is_overdue,
        "may": _may,
    }
    # jinja2 leaves the types of both open.
    cast(dict[str, object], environment.filters).update(filters)
    cast(dict[str, object], environment.globals).update(functions)
    return environment


def _is_overdue(due: datetime | None, now: datetime) -> bool:
    return due is not None and due < now


def _may(actor: Actor, command: str) -> bool:
    """Whether a person may give a command at all: what they may not is not offered."""
    return refuse_unless(actor, command) is None


_ENVIRONMENT = _environment()
