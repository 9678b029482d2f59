// Answers, for each line of JSON, what the form editor's scripts make of a form's text.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";

const [, , root] = process.argv;
const { build } = createRequire(`${root}/package.json`)("esbuild");
const files = `${root}/clearway/web/assets/src/files`;
const contents = ["json_text", "form_conditions", "form_kinds"].map((name) => `export * from "./${name}.js";`).join("\n");
const bundle = await build({ stdin: { contents, resolveDir: files }, bundle: true, format: "esm", write: false });
const form = await import(`data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].text).toString("base64")}`);

const DOES = {
  edit: ({ text, edits }) => form.changed(text, ...edits.map(([what, ...given]) => (json) => json[what](...given))),
  fields: ({ text }) => fields(new form.JsonText(text)).map(({ name, kind, more, required }) => ({ name, kind, more, required })),
  conditions: ({ text }) => {
    const json = new form.JsonText(text);
    const all = fields(json);
    const titled = (name) => all.find((one) => one.name === name)?.title ?? name;
    const worded = (name, value) => form.wordFor(all.find((one) => one.name === name), value);
    return form.conditionsOf(json).map((one) => ({ ...one, words: form.inWords(one, titled, worded) }));
  },
  need: ({ text, at, name, is }) => form.changed(text, ...form.needing(form.conditionsOf(new form.JsonText(text))[at], name, is)),
  drop: ({ text, at }) => form.changed(text, ...form.removing(form.conditionsOf(new form.JsonText(text))[at])),
  ask: ({ text, at, field, test }) => form.changed(text, ...form.asking(form.conditionsOf(new form.JsonText(text))[at], field, test)),
  add: ({ text, field, test }) => form.changed(text, form.adding(field, test)),
  namers: ({ text, name }) => form.namers(new form.JsonText(text), name, fields(new form.JsonText(text))),
};

function fields(json) {
  return json.keys(["properties"]).map((name) => form.fieldOf(json, name));
}

for await (const line of createInterface({ input: process.stdin })) {
  const { what, ...given } = JSON.parse(line);
  let answer;
  try {
    answer = { made: DOES[what](given) };
  } catch (error) {
    answer = { error: error.message };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
