import pytest
from drawing_room import DrawingRoom, new_draft, stored
pytestmark = pytest.mark.browser
def test_look(live, open_browser):
    d = new_draft(live.house, live.actor("grace"), "incident", "look")
    room = DrawingRoom(open_browser("grace", width=1440), "incident", d).open()
    src = stored(live.house, live.actor("grace"), "incident", d).decode()
    before = room.page.evaluate("() => document.getElementById('editor').modeler.saveXML({format:true}).then(r=>r.xml)")
    room.do("m => m.get('modeling').updateProperties(m.get('elementRegistry').get('triage'), {name:'Another name'})")
    after = room.page.evaluate("() => document.getElementById('editor').modeler.saveXML({format:true}).then(r=>r.xml)")
    import difflib
    print("\n".join(list(difflib.unified_diff(before.splitlines(), after.splitlines(), n=0))[:30]))
    from clearway.diagrams.graft import graft
    import time; t=time.time()
    g = graft(src.encode(), before.encode(), after.encode()); print("graft s", time.time()-t)
    print("\n".join(list(difflib.unified_diff(src.splitlines(), g.decode().splitlines(), n=0))[:40]))
    open("/tmp/ed/src.xml","w").write(src); open("/tmp/ed/before.xml","w").write(before); open("/tmp/ed/after.xml","w").write(after)
