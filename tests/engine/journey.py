"""A journey through every kind of wait, and the states that it left behind on its way.

Run as a script it writes the states of this release's format, once: what is written stays, for a
state that was ever written must be read for ever.
"""

import base64
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from playing import Play, draw

from clearway.engine.state import FORMAT
from clearway.engine.values import Bundle

FOLDER = Path(__file__).resolve().parent.parent / "data" / "states"

_BODY = (
    (
        "<startEvent id='s'/>"
        "<scriptTask id='keep' scriptFormat='feel' clearway:result='kept'>"
        '<script>{{day: date("2026-03-02"), span: duration("P1DT2H"), half: 0.5, names: ["a"]}}'
        "</script></scriptTask>"
        "<userTask id='first' clearway:state='new'/>"
        "<userTask id='each' clearway:state='in_progress'><multiInstanceLoopCharacteristics "
        "isSequential='true'><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
        "</userTask>"
        "<userTask id='all'><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
        "</multiInstanceLoopCharacteristics></userTask>"
        "<inclusiveGateway id='part'/><serviceTask id='fetch' clearway:step='fetch'/>"
        "<eventBasedGateway id='which'/>"
        "<intermediateCatchEvent id='said'><messageEventDefinition messageRef='m1'/>"
        "</intermediateCatchEvent><intermediateCatchEvent id='late'><timerEventDefinition>"
        "<timeDuration>P2D</timeDuration></timerEventDefinition></intermediateCatchEvent>"
        "<task id='never'/><exclusiveGateway id='met'/><inclusiveGateway id='join'/>"
        "<subProcess id='stay' clearway:state='on_hold'><startEvent id='s2'/>"
        "<userTask id='inside'/><boundaryEvent id='hourly' attachedToRef='inside' "
        "cancelActivity='false'><timerEventDefinition><timeCycle>R/PT1H</timeCycle>"
        "</timerEventDefinition></boundaryEvent><task id='rung'/><endEvent id='e2'/>"
        "{s2>inside inside>e2 hourly>rung}"
        "<subProcess id='aside' triggeredByEvent='true'><startEvent id='s3' isInterrupting='false'>"
        "<messageEventDefinition messageRef='m2'/></startEvent><userTask id='answer'/>"
        "<endEvent id='e3'/>{s3>answer answer>e3}</subProcess></subProcess>"
        "<task id='book'/><boundaryEvent id='undo' attachedToRef='book'>"
        "<compensateEventDefinition/></boundaryEvent>"
        "<userTask id='unbook' isForCompensation='true'/>"
        "<association id='back' sourceRef='undo' targetRef='unbook' associationDirection='One'/>"
        "<callActivity id='call' calledElement='q'/><intermediateThrowEvent id='tell'>"
        "<messageEventDefinition messageRef='m1'/></intermediateThrowEvent><userTask id='decide'/>"
        "<intermediateCatchEvent id='told'><messageEventDefinition messageRef='m1'/>"
        "</intermediateCatchEvent><intermediateCatchEvent id='sign'><signalEventDefinition "
        "signalRef='g1'/></intermediateCatchEvent>"
        "<intermediateThrowEvent id='regret'><compensateEventDefinition/></intermediateThrowEvent>"
        "<endEvent id='e' clearway:state='closed'/>"
        "{s>keep keep>first first>each each>all all>part part>fetch[true] part>which[true]"
        " part>never[false] which>said which>late said>met late>met fetch>join met>join never>join"
        " join>stay stay>book book>call call>tell tell>decide"
        " decide>told told>sign sign>regret regret>e}"
    )
    .replace("{{", "\x01")
    .replace("}}", "\x02")
)
_CALLED = (
    "<process id='q' isExecutable='true'><startEvent id='sq'/><userTask id='deep'/>"
    "<endEvent id='eq'/>{sq>deep deep>eq}</process>"
)
STEPS: list[list[Any]] = [
    ["complete", "first"],
    ["complete", "each"],
    ["complete", "each"],
    ["complete", "each"],
    ["complete", "all"],
    ["complete", "all"],
    ["finish", "fetch"],
    ["wait", 48],
    ["wait", 3],
    ["message", "m2"],
    ["message", "m2"],
    ["complete", "answer"],
    ["complete", "inside"],
    ["complete", "answer"],
    ["complete", "deep"],
    ["complete", "decide"],
    ["signal", "g1"],
    ["complete", "unbook"],
]
DONE = {
    "each": 3,
    "all": 2,
    "late": 1,
    "said": 0,
    "never": 0,
    "rung": 3,
    "answer": 2,
    "told": 1,
    "unbook": 1,
}
"""How often some of its elements are done when it has ended."""


def journey() -> Play:
    """At its beginning: nothing of it has run."""
    bundle = draw(_BODY, _CALLED)
    path = "p/p.bpmn"
    xml = bundle.files[path].decode().replace("\x01", "{").replace("\x02", "}")
    return Play(Bundle("p", {path: xml.encode()}))


def step(run: Play, what: str, value: Any) -> None:
    """One step of the journey."""
    if what == "wait":
        run.wait(hours=value)
    else:
        getattr(run, what)(value)


def written() -> dict[str, Any]:
    """The journey's file, and after each step: the state, the time, and what was done so far."""
    run = journey()
    run.start()
    stops = [_stop(run)]
    for what, value in STEPS:
        step(run, what, value)
        stops.append(_stop(run))
    files = {path: data.decode() for path, data in run.bundle.files.items()}
    return {"files": files, "steps": STEPS, "stops": stops}


def resumed(kept: dict[str, Any], number: int) -> Play:
    """The journey as it stood after so many steps, from the file."""
    stop = kept["stops"][number]
    return Play(
        Bundle("p", {path: text.encode() for path, text in kept["files"].items()}),
        now=datetime.fromisoformat(stop["now"]),
        done=list(stop["done"]),
        saved=base64.b64decode(stop["state"]),
    )


def _stop(run: Play) -> dict[str, Any]:
    state = base64.b64encode(run.last.state).decode()
    return {"now": run.now.isoformat(), "done": list(run.done), "state": state}


if __name__ == "__main__":
    target = FOLDER / f"format-{FORMAT}.json"
    if target.exists():
        raise SystemExit(f"{target} is there already; states that were written stay as they are.")
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(written(), indent=1) + "\n")
    print(f"{target} is written: {len(STEPS) + 1} states.")
