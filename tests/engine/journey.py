"""Journeys through everything that a state keeps, and the states that they left on their way.

Run as a script it writes the states of this release's format, once: what is written stays, for a
state that was ever written must be read for ever.
"""

import base64
import json
from dataclasses import dataclass
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
_UNDO = (
    "<boundaryEvent id='b{0}' attachedToRef='{0}'><compensateEventDefinition/></boundaryEvent>"
    "<userTask id='undo_{0}' isForCompensation='true'/>"
    "<association id='as{0}' associationDirection='One' sourceRef='b{0}' targetRef='undo_{0}'/>"
)
# Two tasks that can be undone go round inside a subprocess that goes round itself, and each of two
# at the same time can be undone from within: then all is regretted, in the order of a stack.
_REGRETS = (
    "<startEvent id='s'/><exclusiveGateway id='in'/>"
    f"<subProcess id='round'><startEvent id='s1'/><userTask id='a'/>{_UNDO.format('a')}"
    f"<task id='b'/>{_UNDO.format('b')}<endEvent id='e1'/>{{s1>a a>b b>e1}}</subProcess>"
    "<scriptTask id='count' scriptFormat='feel' clearway:result='record.rounds'>"
    "<script>record.rounds + 1</script></scriptTask><exclusiveGateway id='out' default='out_in'/>"
    "<subProcess id='each'><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
    "</multiInstanceLoopCharacteristics><startEvent id='s2'/><userTask id='c'/>"
    f"{_UNDO.format('c')}<endEvent id='e2'/>{{s2>c c>e2}}</subProcess><userTask id='look'/>"
    "<intermediateThrowEvent id='regret'><compensateEventDefinition/></intermediateThrowEvent>"
    "<endEvent id='e'/>"
    "{s>in in>round round>count count>out out>in out>each[record.rounds > 1] each>look"
    " look>regret regret>e}"
)
_LOOK_BACK = ["undo_c", "undo_c", "undo_b", "undo_a", "undo_b", "undo_a"]


@dataclass(frozen=True)
class Journey:
    """What is drawn, what is done with it, and how often some elements are done at its end."""

    body: str
    called: str
    steps: list[list[Any]]
    done: dict[str, int]

    def play(self) -> Play:
        """At its beginning: nothing of it has run."""
        bundle = draw(self.body, self.called)
        path = "p/p.bpmn"
        xml = bundle.files[path].decode().replace("\x01", "{").replace("\x02", "}")
        return Play(Bundle("p", {path: xml.encode()}), record={"rounds": 0})


_WAITS_STEPS: list[list[Any]] = [
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
_WAITS_DONE = {
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
JOURNEYS = {
    "waits": Journey(_BODY, _CALLED, _WAITS_STEPS, _WAITS_DONE),
    "regrets": Journey(
        _REGRETS,
        "",
        [["complete", it] for it in ("a", "a", "c", "c", "look", *_LOOK_BACK)],
        dict.fromkeys(("a", "b", "c", "undo_a", "undo_b", "undo_c"), 2),
    ),
}


def step(run: Play, what: str, value: Any) -> None:
    """One step of the journey."""
    if what == "wait":
        run.wait(hours=value)
    else:
        getattr(run, what)(value)


def written(journey: Journey) -> dict[str, Any]:
    """The journey's file, and after each step: state, time, record, and what was done so far."""
    run = journey.play()
    run.start()
    stops = [_stop(run)]
    for what, value in journey.steps:
        step(run, what, value)
        stops.append(_stop(run))
    files = {path: data.decode() for path, data in run.bundle.files.items()}
    return {"files": files, "steps": journey.steps, "stops": stops}


def resumed(kept: dict[str, Any], number: int) -> Play:
    """The journey as it stood after so many steps, from the file."""
    stop = kept["stops"][number]
    return Play(
        Bundle("p", {path: text.encode() for path, text in kept["files"].items()}),
        record=dict(stop.get("record", {})),
        now=datetime.fromisoformat(stop["now"]),
        done=list(stop["done"]),
        saved=base64.b64decode(stop["state"]),
    )


def _stop(run: Play) -> dict[str, Any]:
    state = base64.b64encode(run.last.state).decode()
    now, record = run.now.isoformat(), {"rounds": int(run.record["rounds"])}
    return {"now": now, "record": record, "done": list(run.done), "state": state}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, journey in JOURNEYS.items():
        target = FOLDER / f"format-{FORMAT}-{name}.json"
        if target.exists():
            print(f"{target} is there already; states that were written stay as they are.")
            continue
        target.write_text(json.dumps(written(journey), indent=1) + "\n")
        print(f"{target} is written: {len(journey.steps) + 1} states.")
