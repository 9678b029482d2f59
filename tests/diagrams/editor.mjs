// What the browser's editor does with a file, without the browser: each line of standard input
// is a request, each line of standard output its answer, both JSON.
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const { BpmnModdle } = await import(pathToFileURL(process.argv[2]));
const moddle = new BpmnModdle();
const OWN = 'urn:clearway:bpmn:1';

const write = async (root) => (await moddle.toXML(root, { format: true })).xml;
const read = async (xml) => (await moddle.fromXML(xml)).rootElement;

function dice(seed) {
  let state = seed * 2654435761 + 1;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) | 0;
    return ((state ^ (state >>> 13)) >>> 0) % below;
  };
}

function collect(root) {
  const scopes = [], nodes = [], flows = [], shapes = [], edges = [], lanes = [], planes = [];
  const visit = (scope) => {
    scopes.push(scope);
    for (const it of scope.flowElements || []) {
      if (it.$instanceOf('bpmn:SequenceFlow')) flows.push([it, scope]);
      else if (it.$instanceOf('bpmn:FlowNode')) nodes.push([it, scope]);
      if (it.flowElements) visit(it);
    }
    for (const set of scope.laneSets || []) lanes.push(...(set.lanes || []));
  };
  for (const it of root.rootElements || []) if (it.$instanceOf('bpmn:Process')) visit(it);
  for (const diagram of root.diagrams || []) {
    planes.push(diagram.plane);
    for (const it of diagram.plane?.planeElement || []) {
      (it.$instanceOf('bpmndi:BPMNShape') ? shapes : edges).push([it, diagram.plane]);
    }
  }
  return { scopes, nodes, flows, shapes, edges, lanes, planes };
}

const without = (list, it) => { const at = list?.indexOf(it) ?? -1; if (at >= 0) list.splice(at, 1); };

function remove(all, node, scope) {
  without(scope.flowElements, node);
  for (const lane of all.lanes) without(lane.flowNodeRef, node);
  for (const [shape, plane] of all.shapes) if (shape.bpmnElement === node) without(plane.planeElement, shape);
  for (const [flow, around] of all.flows) {
    if (flow.sourceRef !== node && flow.targetRef !== node) continue;
    without(around.flowElements, flow);
    without(flow.sourceRef?.outgoing, flow);
    without(flow.targetRef?.incoming, flow);
    for (const [edge, plane] of all.edges) if (edge.bpmnElement === flow) without(plane.planeElement, edge);
  }
}

function add(all, roll, number) {
  const scope = all.scopes[roll(all.scopes.length)];
  const types = ['bpmn:UserTask', 'bpmn:ExclusiveGateway', 'bpmn:EndEvent', 'bpmn:ServiceTask'];
  const node = moddle.create(types[roll(types.length)], { id: `added_${number}`, name: `New & <${number}> "x"` });
  node.$parent = scope;
  scope.get('flowElements').push(node);
  const from = all.nodes.filter(([, around]) => around === scope)[0]?.[0];
  if (from) {
    const flow = moddle.create('bpmn:SequenceFlow', { id: `added_flow_${number}`, sourceRef: from, targetRef: node });
    if (roll(2)) flow.conditionExpression = moddle.create('bpmn:FormalExpression', { body: 'record.a < 3 and\n"b"' });
    scope.flowElements.push(flow);
    from.get('outgoing').push(flow);
    node.get('incoming').push(flow);
    const plane = all.planes[0];
    if (plane) plane.get('planeElement').push(moddle.create('bpmndi:BPMNEdge', {
      id: `added_edge_${number}`, bpmnElement: flow,
      waypoint: [moddle.create('dc:Point', { x: 1, y: 2 }), moddle.create('dc:Point', { x: 3.5, y: 4 })] }));
  }
  if (all.planes[0]) all.planes[0].get('planeElement').push(moddle.create('bpmndi:BPMNShape', {
    id: `added_shape_${number}`, bpmnElement: node,
    bounds: moddle.create('dc:Bounds', { x: 10, y: 20, width: 100, height: 80 }) }));
  if (all.lanes.length) all.lanes[roll(all.lanes.length)].get('flowNodeRef').push(node);
}

function replace(all, node, scope) {
  const made = moddle.create(node.$type === 'bpmn:UserTask' ? 'bpmn:ManualTask' : 'bpmn:UserTask', { id: node.id, name: node.name });
  for (const list of ['incoming', 'outgoing']) if (node[list]?.length) made[list] = [...node[list]];
  made.$parent = scope;
  scope.flowElements[scope.flowElements.indexOf(node)] = made;
  for (const [flow] of all.flows) {
    if (flow.sourceRef === node) flow.sourceRef = made;
    if (flow.targetRef === node) flow.targetRef = made;
  }
  for (const lane of all.lanes) {
    const at = lane.flowNodeRef?.indexOf(node) ?? -1;
    if (at >= 0) lane.flowNodeRef[at] = made;
  }
  for (const [shape] of all.shapes) if (shape.bpmnElement === node) shape.bpmnElement = made;
  for (const [other] of all.nodes) if (other.attachedToRef === node) other.attachedToRef = made;
}

const EDITS = {
  name: (all, roll, n) => { const [it] = all.nodes[roll(all.nodes.length)]; it.name = `Named ${n}\nä€`; },
  unname: (all, roll) => { const [it] = all.nodes[roll(all.nodes.length)]; delete it.name; it.name = undefined; },
  add,
  remove: (all, roll) => { const [it, scope] = all.nodes[roll(all.nodes.length)]; if (!all.nodes.some(([b]) => b.attachedToRef === it) && !it.flowElements) remove(all, it, scope); },
  condition: (all, roll, n) => { const [it] = all.flows[roll(all.flows.length)]; if (it.conditionExpression) it.conditionExpression.body = `record.n > ${n}`; else it.conditionExpression = moddle.create('bpmn:FormalExpression', { body: `n = ${n}` }); },
  uncondition: (all, roll) => { const [it] = all.flows[roll(all.flows.length)]; it.conditionExpression = undefined; },
  move: (all, roll) => { const [it] = all.shapes[roll(all.shapes.length)]; if (it.bounds) { it.bounds.x += 10; it.bounds.y = 7.5; } },
  bend: (all, roll) => { const [it] = all.edges[roll(all.edges.length)]; if (it.waypoint) it.waypoint.splice(1, 0, moddle.create('dc:Point', { x: 5, y: roll(90) })); },
  straighten: (all, roll) => { const [it] = all.edges[roll(all.edges.length)]; if (it.waypoint?.length > 2) it.waypoint.splice(1, 1); },
  label: (all, roll) => { const [it] = all.shapes[roll(all.shapes.length)]; it.label = it.label ? undefined : moddle.create('bpmndi:BPMNLabel', { bounds: moddle.create('dc:Bounds', { x: 1, y: 1, width: 9, height: 9 }) }); },
  document: (all, roll, n) => { const [it] = all.nodes[roll(all.nodes.length)]; const list = it.get('documentation'); if (list.length) list[0].text = `Told ${n}`; else list.push(moddle.create('bpmn:Documentation', { text: ` Why\n  <${n}> ` })); },
  rename: (all, roll, n) => { const [it] = all.nodes[roll(all.nodes.length)]; it.id = `renamed_${n}`; },
  replace: (all, roll) => { const found = all.nodes.filter(([it]) => /Task$/.test(it.$type)); if (found.length) replace(all, ...found[roll(found.length)]); },
  lane: (all, roll) => { if (all.lanes.length < 2) return; const from = all.lanes[roll(all.lanes.length)], to = all.lanes[roll(all.lanes.length)]; const it = from.flowNodeRef?.[0]; if (it) { without(from.flowNodeRef, it); to.get('flowNodeRef').push(it); } },
  nest: (all, roll) => { const to = all.scopes[roll(all.scopes.length)]; const [it, from] = all.nodes[roll(all.nodes.length)]; if (to === from || it.flowElements) return; without(from.flowElements, it); to.get('flowElements').push(it); it.$parent = to; },
  reorder: (all, roll) => { const list = all.scopes[roll(all.scopes.length)].flowElements; if (list?.length > 1) list.push(list.shift()); },
  own: (all, roll, n, root) => { root.$attrs['xmlns:clearway'] = OWN; const [it] = all.nodes[roll(all.nodes.length)]; it.$attrs['clearway:state'] = `s${n}`; },
  extend: (all, roll, n, root) => { root.$attrs['xmlns:clearway'] = OWN; const [it] = all.nodes[roll(all.nodes.length)]; it.extensionElements = it.extensionElements || moddle.create('bpmn:ExtensionElements', { values: [] }); it.extensionElements.get('values').push(moddle.createAny('clearway:input', OWN, { name: `n${n}`, value: '1 < 2' })); },
  message: (all, roll, n, root) => { root.rootElements.unshift(moddle.create('bpmn:Message', { id: `message_${n}`, name: `m.${n}` })); },
};

function edit(root, seed, count, kinds) {
  const roll = dice(seed);
  const names = kinds || Object.keys(EDITS);
  const done = [];
  for (let n = 0; n < count; n++) {
    const all = collect(root);
    const name = names[roll(names.length)];
    const need = { condition: 'flows', uncondition: 'flows', move: 'shapes', label: 'shapes', bend: 'edges', straighten: 'edges', add: 'scopes', reorder: 'scopes', lane: 'scopes', message: null };
    const list = name in need ? need[name] : 'nodes';
    if (list && !all[list].length) continue;
    EDITS[name](all, roll, `${seed}_${n}`, root);
    done.push(name);
  }
  return done;
}

for await (const line of createInterface({ input: process.stdin })) {
  const { xml, seed, count, kinds } = JSON.parse(line);
  let answer;
  try {
    const root = await read(xml);
    const before = await write(root);
    const done = edit(root, seed || 0, count || 0, kinds);
    answer = { before, after: await write(root), done };
  } catch (error) {
    answer = { error: String(error.stack || error) };
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
