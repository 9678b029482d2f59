"""The editor as a test drives it: a draft is opened, and what is drawn is reached by its id."""

import re
import secrets
from datetime import timedelta
from typing import Any

from playwright.sync_api import Locator, Page, expect

from clearway.service.house import House
from clearway.service.values import Actor, Done
from clearway.service.workshop.drafts import make_draft
from clearway.service.workshop.files import read_file
from clearway.store.sessions import Session, add_session, token_hash

_MODELER = "document.getElementById('editor').modeler"


def new_draft(house: House, owner: Actor, process: str, once: str) -> int:
    """The number of a fresh draft of the newest version."""
    done = make_draft(house, owner, process, once=once)
    assert isinstance(done, Done), done
    number = done.details["draft"]
    assert isinstance(number, int)
    return number


def stored(house: House, owner: Actor, process: str, draft: int, path: str = "") -> bytes:
    """The bytes of a file of the draft; of its diagram when no path is given."""
    found = read_file(house, owner, process, draft, path or f"{process}/{process}.bpmn")
    assert isinstance(found, bytes), found
    return found


def session_of(house: House, name: str) -> str:
    """The cookie of a fresh session of this person."""
    token, now = secrets.token_urlsafe(), house.now()
    session = Session(name, secrets.token_urlsafe(), now, now + timedelta(hours=12))
    house.store.change(lambda it: add_session(it, token_hash(token), session))
    return token


def open_sheet(page: Page, draft: int, path: str) -> Page:
    """The page of a file of an incident draft that is no drawing, ready to be changed."""
    page.goto(f"/processes/incident/drafts/{draft}/edit?file={path}")
    expect(page.locator("#sheet")).to_have_attribute("data-ready", "yes", timeout=30_000)
    return page


class DrawingRoom:
    """One browser page with the editor of a draft."""

    def __init__(self, page: Page, process: str, draft: int, path: str = "") -> None:
        self.page = page
        self.path = path or f"{process}/{process}.bpmn"
        self.address = f"/processes/{process}/drafts/{draft}/edit"
        if path:
            self.address += f"?file={path}"

    def open(self) -> "DrawingRoom":
        """Open the page and wait until the drawing is there."""
        self.page.goto(self.address)
        return self.is_ready()

    def is_ready(self) -> "DrawingRoom":
        """Wait until the drawing can be changed, and the panel has what it offers."""
        editor = self.page.locator("#editor")
        expect(editor).to_have_attribute("data-ready", "yes", timeout=30_000)
        expect(editor).to_have_attribute("data-choices", re.compile("."), timeout=30_000)
        return self

    @property
    def status(self) -> Locator:
        """What it says of the saving."""
        return self.page.locator("#editor-status")

    @property
    def problems(self) -> Locator:
        """The lines of the list of problems."""
        return self.page.locator("#editor-problems .problem")

    def is_saved(self) -> None:
        """Wait until it says that everything is saved."""
        expect(self.status).to_contain_text("Saved at", timeout=15_000)

    def field(self, label: str) -> Locator:
        """A field of the properties panel, by its label."""
        return self.page.locator("#editor-panel").get_by_label(label, exact=True)

    def select(self, element: str) -> None:
        """Select an element of the drawing."""
        self.do("(m, id) => m.get('selection').select(m.get('elementRegistry').get(id))", element)

    def append(self, after: str, kind: str) -> str:
        """Append an element of this kind (`bpmn:UserTask`) as the context pad does; its id."""
        script = """(m, [id, type]) => {
            const source = m.get('elementRegistry').get(id);
            const shape = m.get('elementFactory').createShape({ type });
            return m.get('autoPlace').append(source, shape).id;
        }"""
        return str(self.do(script, [after, kind]))

    def connect(self, source: str, target: str) -> str:
        """Draw a flow; its id."""
        script = """(m, [from, to]) => {
            const all = m.get('elementRegistry');
            return m.get('modeling').connect(all.get(from), all.get(to)).id;
        }"""
        return str(self.do(script, [source, target]))

    def cut_the_line(self) -> None:
        """Nothing that this page asks reaches the server any more, not even while it is left.

        A request that outlives its page would pass whatever the browser is told about it.
        """
        self.page.evaluate("() => (window.fetch = async () => { throw new TypeError('cut') })")

    def do(self, script: str, given: Any = None) -> Any:
        """Run `script(modeler, given)`."""
        return self.page.evaluate(f"given => ({script})({_MODELER}, given)", given)
