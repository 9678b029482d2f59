"""What BPMN 2.0 gives to what runs is honoured, harmless or refused, and nothing is overlooked."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from clearway.engine import check, conformance
from clearway.engine.gate import standard
from clearway.engine.model import FLOW_NODES
from clearway.engine.spiff import BPMN_SCHEMA
from clearway.engine.values import Bundle, Severity

ROOT = Path(__file__).resolve().parents[2]
XSD = "{http://www.w3.org/2001/XMLSchema}"
RUNS = (
    "process",
    "sequenceFlow",
    "formalExpression",
    "multiInstanceLoopCharacteristics",
    "standardLoopCharacteristics",
    "message",
    "signal",
    "error",
    "escalation",
)
TABLES = (standard.HONOURED, standard.HARMLESS, standard.REFUSED)


def _types() -> Mapping[str, Any]:
    trees = (etree.parse(BPMN_SCHEMA), etree.parse(BPMN_SCHEMA.with_name("Semantic.xsd")))
    return {it.get("name"): it for tree in trees for it in tree.iter(f"{XSD}complexType")}


def _declared(types: Mapping[str, Any]) -> dict[str, set[str]]:
    """Type -> the attributes and parts that it declares itself, for all that runs."""
    events = [name[1:] for name in types if name and name.endswith("EventDefinition")]
    wanted = [f"t{name[:1].upper()}{name[1:]}" for name in (*FLOW_NODES, *RUNS, "definitions")]
    found: dict[str, set[str]] = {}
    for name in [*wanted, *(f"t{it}" for it in events)]:
        for each in _bases(name, types):
            words = types[each].iter(f"{XSD}attribute", f"{XSD}element")
            found[each] = {word.get("name") or word.get("ref").rpartition(":")[2] for word in words}
    return found


def _bases(name: str, types: Mapping[str, Any]) -> Iterator[str]:
    while True:
        yield name
        extension = next(types[name].iter(f"{XSD}extension"), None)
        if extension is None:
            return
        name = extension.get("base")


def test_every_attribute_and_part_that_runs_is_in_one_of_the_tables():
    declared = _declared(_types())
    assert len(declared) > 40

    for name, words in declared.items():
        listed = [word for table in TABLES for word in table.get(name, ())]
        assert sorted(listed) == sorted(words), name


def test_the_tables_name_nothing_that_the_schema_lacks():
    declared = _declared(_types())

    assert {name for table in TABLES for name in table} <= set(declared)


def test_what_is_honoured_is_read():
    folder = ROOT / "clearway" / "engine"
    readers = ("reader", "event_reader", "lanes", "gate/drawing")
    source = "".join((folder / f"{name}.py").read_text("utf-8") for name in readers)
    groups = {"loopCharacteristics", "eventDefinition", "flowElement", "artifact", "rootElement"}

    words = {word for words in standard.HONOURED.values() for word in words} - groups

    assert [word for word in sorted(words) if f'"{word}"' not in source] == []


@pytest.mark.parametrize("table", ["HARMLESS", "REFUSED"])
def test_the_page_says_why_or_what_to_draw(table: str):
    page = (ROOT / "docs" / "reference" / "constructs.md").read_text("utf-8")

    words = {word for words in getattr(standard, table).values() for word in words}

    assert [word for word in sorted(words) if f"`{word}`" not in page] == []


HEAD = (
    "<definitions id='ds' xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "
    "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' targetNamespace='http://x'{}>{}"
    "<message id='m1' name='m1'/><signal id='g1' name='g1'/>{}"
    "<process id='p' isExecutable='true'>{}</process></definitions>"
)
FLOW = "<sequenceFlow id='f' sourceRef='s' targetRef='t'/>"


def _case(inside: str, head: str = "", extension: str = "", before: str = "") -> dict[str, Any]:
    return {"name": "case", "xml": HEAD.format(head, extension, before, inside), "done": True}


def _after_start(node: str, **named: str) -> dict[str, Any]:
    return _case(f"<startEvent id='s'/>{node}{FLOW}", **named)


def _events_after(attributes: str) -> dict[str, Any]:
    events = "".join(
        f"<intermediateCatchEvent id='c{n}'>{kind}</intermediateCatchEvent>"
        f"<sequenceFlow id='f{n}' sourceRef='t' targetRef='c{n}'/>"
        for n, kind in enumerate(
            (
                "<messageEventDefinition messageRef='m1'/>",
                "<signalEventDefinition signalRef='g1'/>",
            )
        )
    )
    return _after_start(f"<eventBasedGateway id='t' {attributes}/>{events}")


def _subprocess(tag: str, attributes: str, start: str = "") -> dict[str, Any]:
    inner = f"<startEvent id='i'>{start}</startEvent>" if tag != "adHocSubProcess" else ""
    return _after_start(
        f"<{tag} id='t' {attributes}>{inner}<task id='x'/>"
        + ("<sequenceFlow id='g' sourceRef='i' targetRef='x'/>" if inner else "")
        + f"</{tag}>"
    )


def _repeated(attributes: str) -> dict[str, Any]:
    return _after_start(
        f"<task id='t'><multiInstanceLoopCharacteristics {attributes}>"
        "<loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></task>"
    )


def _catching(attributes: str, more: str = "") -> dict[str, Any]:
    return _after_start(
        f"<intermediateCatchEvent id='t' {attributes}><messageEventDefinition messageRef='m1'>"
        f"{more}</messageEventDefinition><signalEventDefinition signalRef='g1'/>"
        "</intermediateCatchEvent>"
    )


SIGNAL = "<signalEventDefinition signalRef='g1'/>"
MEANS_MORE: list[tuple[dict[str, Any], str | None, str]] = [
    (_after_start("<task id='t' startQuantity='2'/>"), "t", "quantity"),
    (_after_start("<task id='t' completionQuantity='2'/>"), "t", "quantity"),
    (_after_start("<task id='t'><resourceRole/></task>"), "t", "performer"),
    (_after_start("<userTask id='t'><potentialOwner/></userTask>"), "t", "performer"),
    (
        _after_start(
            "<task id='t'><dataInputAssociation><targetRef>t</targetRef><assignment>"
            "<from>1</from><to>x</to></assignment></dataInputAssociation></task>"
        ),
        "t",
        "data-mapping",
    ),
    (
        _after_start(
            "<task id='t'><dataOutputAssociation><targetRef>t</targetRef>"
            "<transformation>1</transformation></dataOutputAssociation></task>"
        ),
        "t",
        "data-mapping",
    ),
    (_subprocess("adHocSubProcess", "ordering='Sequential'"), "t", "ad-hoc"),
    (_catching("parallelMultiple='true'"), "t", "event-parallel"),
    (_catching("parallelMultiple='1'"), "t", "event-parallel"),
    (_catching("", "<operationRef>o</operationRef>"), "t", "operation"),
    (
        _after_start(
            "<intermediateCatchEvent id='t'><eventDefinitionRef>d</eventDefinitionRef>"
            "</intermediateCatchEvent>",
            before="<signalEventDefinition id='d' signalRef='g1'/>",
        ),
        "t",
        "event-ref",
    ),
    (_after_start("<receiveTask id='t' messageRef='m1' instantiate='1'/>"), "t", "instantiate"),
    (_after_start("<receiveTask id='t' messageRef='m1' operationRef='o'/>"), "t", "operation"),
    (_after_start("<sendTask id='t' messageRef='m1' operationRef='o'/>"), "t", "operation"),
    (_after_start("<serviceTask id='t' operationRef='o'/>"), "t", "operation"),
    (
        _after_start("<scriptTask id='t' scriptFormat='groovy'><script>1</script></scriptTask>"),
        "t",
        "script-language",
    ),
    (_subprocess("transaction", "method='##Store'"), "t", "transaction-method"),
    (_subprocess("transaction", "triggeredByEvent='true'", SIGNAL), "t", "event-subprocess"),
    (_subprocess("adHocSubProcess", "triggeredByEvent='1'"), "t", "event-subprocess"),
    (
        _after_start(
            "<complexGateway id='t'><activationCondition>1 = 1</activationCondition>"
            "</complexGateway>"
        ),
        "t",
        "complex-gateway",
    ),
    (_events_after("instantiate='1'"), "t", "instantiate"),
    (_events_after("eventGatewayType='Parallel'"), "t", "event-gateway-type"),
    (_repeated("behavior='None'"), "t", "loop-behavior"),
    (
        _case(
            "<startEvent id='s'/><task id='t'/><sequenceFlow id='f' sourceRef='s' targetRef='t'>"
            "<conditionExpression xsi:type='tFormalExpression' "
            "language='http://www.w3.org/1999/XPath'>1 = 1</conditionExpression></sequenceFlow>"
        ),
        "f",
        "expression-language",
    ),
    (
        _case(
            "<startEvent id='s'/><task id='t'/><sequenceFlow id='f' sourceRef='s' targetRef='t'>"
            "<conditionExpression>1 = 1</conditionExpression></sequenceFlow>",
            head=" expressionLanguage='http://groovy.codehaus.org/'",
        ),
        "p",
        "expression-language",
    ),
    (
        _after_start(
            "<task id='t'/>",
            head=" xmlns:o='http://o'",
            extension="<extension definition='o:x' mustUnderstand='true'/>",
        ),
        "p",
        "extension",
    ),
    (
        _case(
            "<startEvent id='s'/><task id='t'/>" + FLOW + "<correlationSubscription "
            "correlationKeyRef='k'/>"
        ),
        "p",
        "correlation",
    ),
    (
        _after_start(
            "<intermediateCatchEvent id='t'><conditionalEventDefinition><condition>"
            "now > record.due</condition></conditionalEventDefinition></intermediateCatchEvent>"
        ),
        "t",
        "condition-now",
    ),
    (_after_start("<task id='t' isForCompensation='yes'/>"), "t", "attribute-value"),
]


@pytest.mark.parametrize(("case", "element", "rule"), MEANS_MORE)
def test_what_would_mean_something_else_is_refused_by_the_gate_and_by_conformance(
    case: dict[str, Any], element: str | None, rule: str
):
    bundle = Bundle("p", {"p/p.bpmn": case["xml"].encode()})

    for strict in (True, False) if rule != "attribute-value" else (False,):
        findings = check(bundle, strict=strict, trusted=True)
        errors = [it for it in findings if it.severity is Severity.ERROR]
        assert (element, rule) in [(it.element, it.rule) for it in errors]
        assert all(it.message and it.remedy for it in errors)
    report = conformance([case])
    assert [it.case for it in report.refused] == ["case"]
    assert str(element) in report.refused[0].reason


SPELT_OTHERWISE = [
    _after_start("<task id='t' startQuantity='01' completionQuantity='+1'/>"),
    _subprocess("transaction", "method='##Compensate'"),
    _subprocess("adHocSubProcess", "ordering='Parallel'"),
    _repeated("behavior='All' noneBehaviorEventRef='e' oneBehaviorEventRef='e'"),
    _after_start("<task id='t'/>", head=" expressionLanguage='http://www.w3.org/1999/XPath'"),
    _after_start("<task id='t'><ioSpecification><inputSet/><outputSet/></ioSpecification></task>"),
    _after_start("<exclusiveGateway id='t' gatewayDirection='Diverging'/>"),
]


@pytest.mark.parametrize("case", SPELT_OTHERWISE)
def test_what_means_the_same_runs(case: dict[str, Any]):
    report = conformance([case])

    assert [it.reason for it in (*report.refused, *report.wrong)] == []
    assert len(report.executed) == 1


def test_one_is_as_true_as_true(play: Callable[..., Any]):
    run = play(
        "<startEvent id='s'/><userTask id='u'/>{s>u}<subProcess id='e' triggeredByEvent='1'>"
        "<startEvent id='x' isInterrupting='0'><messageEventDefinition messageRef='m1'/>"
        "</startEvent><task id='h'/>{x>h}</subProcess>"
    )

    run.start()
    run.message("m1")

    assert "h" in run.done
    assert run.open() == ["u"]


def _pools(*named: str) -> Bundle:
    pools = "".join(
        f"<participant id='pool{number}' name='Desk' {ref}/>" for number, ref in enumerate(named)
    )
    case = _after_start("<task id='t'/>", before=f"<collaboration id='c'>{pools}</collaboration>")
    return Bundle("p", {"p/p.bpmn": case["xml"].encode()})


def test_a_pool_of_a_process_that_is_not_in_the_file_is_refused():
    findings = check(_pools("processRef='renamed'", ""), trusted=True)

    [found] = [it for it in findings if it.rule == "pool-process"]
    assert (found.file, found.element, found.severity) == ("p/p.bpmn", "pool0", Severity.ERROR)
    assert found.message == "The pool `Desk` is of the process `renamed`, which is not in the file."
    assert 'processRef="p"' in found.remedy


@pytest.mark.parametrize("ref", ["processRef='p'", "processRef='x:p'", ""])
def test_a_pool_of_its_process_or_of_somebody_outside_is_fine(ref: str):
    findings = check(_pools(ref), trusted=True)

    assert "pool-process" not in [it.rule for it in findings]
