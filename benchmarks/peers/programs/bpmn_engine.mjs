// bpmn-engine as it comes: recover and resume a state of JSON text, signal a user task, save.

import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [environment, diagram, , loops] = process.argv.slice(2);
const { Engine } = createRequire(`${environment}/`)('bpmn-engine');
const ROUND = ['work', 'check', 'review'];

const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

const userTasks = (execution) =>
  execution
    .getPostponed()
    .flatMap((it) => (it.type === 'bpmn:SubProcess' ? it.getPostponed() : [it]))
    .filter((it) => it.type === 'bpmn:UserTask')
    .map((it) => it.id)
    .sort();

async function resumed(text) {
  const engine = new Engine({ name: 'rounds' });
  engine.recover(JSON.parse(text));
  return engine.resume();
}

async function saved(execution) {
  const text = JSON.stringify(await execution.getState());
  // Otherwise its timers would go on beside the next one.
  await execution.stop();
  return text;
}

async function onceRound(text) {
  for (const element of ROUND) {
    const execution = await resumed(text);
    execution.signal({ id: element, found: 'nothing' });
    text = await saved(execution);
  }
  return text;
}

async function open(text) {
  const execution = await resumed(text);
  const found = userTasks(execution);
  await execution.stop();
  return found;
}

async function facts(text) {
  const after = await open(await onceRound(text));
  return { bytes: Buffer.byteLength(text), open: await open(text), 'open after a round': after };
}

// Conditions are JavaScript to this engine.
const source = readFileSync(diagram, 'utf8').replace(
  'record.enough = true',
  '${environment.variables.enough}',
);
const variables = { what: 'A long story', enough: false };
const begun = await new Engine({ name: 'rounds', source, variables }).execute();
const first = await saved(begun);
let later = first;
for (let number = 0; number < Number(loops); number += 1) later = await onceRound(later);
const states = { first, later };
say({ facts: { first: await facts(first), later: await facts(later) } });

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  // `rest` is for garbage, which node collects when it likes.
  const count = asked.work === 'rest' ? 0 : asked.count;
  for (let number = 0; number < count; number += 1) await onceRound(states[asked.work]);
  const spent = process.cpuUsage(cpu);
  say({ wall: (performance.now() - wall) / 1e3, cpu: (spent.user + spent.system) / 1e6 });
}
process.exit(0);
