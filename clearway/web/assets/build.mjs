// Bundles what the portal's pages load into ../static/build: one file for each entry in src/, named
// after its content, and manifest.json, which maps the entry's name to that file.

import { build } from "esbuild";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const sources = join(here, "src");
const target = join(here, "..", "static", "build");
const ENTRIES = ["portal.css", "portal.js", "viewer.js", "compare.js", "editor.js", "files.js", "tables.js", "trying.js"];

// dmn-js brings an editor for FEEL that knows other names and injects styles, which our policy blocks:
// ours stands in its place.
const FEEL_CELL = "./src/tables/feel_cell.js";
const IN_THEIR_PLACE = {
  "@bpmn-io/feel-editor": FEEL_CELL,
  "@bpmn-io/dmn-variable-resolver": FEEL_CELL,
  "@codemirror/view": FEEL_CELL,
};

await main();

async function main() {
  const missing = ENTRIES.filter((entry) => !existsSync(join(sources, entry)));
  if (missing.length > 0) {
    fail(`the front-end source ${missing.join(", ")} is missing in ${relative(".", sources)}.`);
  }
  const outputs = { ...(await bundle()), "icons.svg": await collectIcons(), ...(await copyFonts()) };
  await writeManifest(outputs);
  await removeAllBut(Object.values(outputs));
}

/** The logical name of each entry -> its file name below `target`. */
async function bundle() {
  const result = await build({
    absWorkingDir: here,
    entryPoints: ENTRIES.map((entry) => join("src", entry)),
    outdir: target,
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    format: "iife",
    target: ["es2022", "chrome110", "firefox115", "safari16"],
    // Licence notes stay beside the code, the ones of bpmn.io and Bootstrap among them.
    legalComments: "eof",
    alias: IN_THEIR_PLACE,
    loader: { ".woff": "file", ".woff2": "file", ".svg": "dataurl" },
    metafile: true,
    logLevel: "warning",
  }).catch(() => fail("the front end does not build: mend what is named above."));
  return named(result.metafile.outputs);
}

function named(outputs) {
  const names = {};
  for (const [path, output] of Object.entries(outputs)) {
    const file = relative(target, join(here, path));
    if (output.entryPoint) {
      names[relative("src", output.entryPoint)] = file;
    } else {
      names[file] = file;
    }
  }
  // Styles that a script imports come out beside it: viewer.js -> viewer.css.
  for (const [path, output] of Object.entries(outputs)) {
    if (output.entryPoint && output.cssBundle) {
      const script = relative("src", output.entryPoint);
      const style = relative(target, join(here, output.cssBundle));
      delete names[style];
      names[script.replace(/\.js$/, ".css")] = style;
    }
  }
  return Object.fromEntries(Object.entries(names).sort());
}

/** One file with a symbol for each icon that src/icons.json names; answers its file name. */
async function collectIcons() {
  const names = JSON.parse(await readFile(join(sources, "icons.json"), "utf8"));
  const require = createRequire(import.meta.url);
  const symbols = [];
  for (const name of names) {
    const path = require.resolve(`bootstrap-icons/icons/${name}.svg`);
    const drawing = await readFile(path, "utf8");
    const inner = drawing.slice(drawing.indexOf(">") + 1, drawing.lastIndexOf("</svg>")).trim();
    symbols.push(`<symbol id="${name}" viewBox="0 0 16 16">${inner}</symbol>`);
  }
  const sheet = `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
  const hash = createHash("sha256").update(sheet).digest("hex").slice(0, 8).toUpperCase();
  await mkdir(target, { recursive: true });
  await writeFile(join(target, `icons-${hash}.svg`), sheet);
  return `icons-${hash}.svg`;
}

/** What PDFs are set in, under their own names: Python reads them, no page does. */
async function copyFonts() {
  const require = createRequire(import.meta.url);
  const names = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"];
  await mkdir(target, { recursive: true });
  for (const name of names) {
    await copyFile(require.resolve(`dejavu-fonts-ttf/ttf/${name}`), join(target, name));
  }
  return Object.fromEntries(names.map((name) => [name, name]));
}

/** Written aside and renamed: a portal that runs never reads half of it. */
async function writeManifest(outputs) {
  await mkdir(target, { recursive: true });
  const draft = join(target, "manifest.json.new");
  await writeFile(draft, JSON.stringify(outputs, null, 2) + "\n");
  await rename(draft, join(target, "manifest.json"));
}

async function removeAllBut(files) {
  const kept = new Set([...files, "manifest.json"]);
  for (const file of await readdir(target)) {
    if (!kept.has(file)) await rm(join(target, file));
  }
}

function fail(sentence) {
  console.error(`clearway: ${sentence}`);
  process.exit(1);
}
