// JSON as text: what it says, where it says it, and changes that touch only what they change.
import { parseTree } from "jsonc-parser";

const WORDS = {
  1: "there is a letter or a sign that does not belong here",
  2: "this is no number",
  3: "a name in quotes is missing",
  4: "a value is missing",
  5: "a colon is missing",
  6: "a comma is missing, or one is too many",
  7: "a } is missing",
  8: "a ] is missing",
  9: "something stands after the end",
  10: "JSON has no comments",
  11: "a comment does not end",
  12: "a text does not end: its closing quote is missing",
  13: "a number does not end",
  14: "after \\u four digits are missing",
  15: "only \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u may stand after a \\",
  16: "a text holds a line break or a tab; write \\n or \\t",
};

/** A text that is JSON; throws an Error with a sentence, the line and what to do when it is none. */
export class JsonText {
  constructor(text) {
    this.text = text;
    if (text.trim() === "") throw this._unread(0, "there is nothing in it");
    const errors = [];
    this.root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
    if (errors.length > 0) throw this._unread(errors[0].offset, WORDS[errors[0].error] ?? "it cannot be read");
    try {
      JSON.parse(text);
    } catch (error) {
      throw this._unread(0, error.message);
    }
    this._refuseTwice(this.root);
    this.unit = /\n([ \t]+)\S/.exec(text)?.[1] ?? "  ";
    this.eol = text.includes("\r\n") ? "\r\n" : "\n";
  }

  _unread(offset, what) {
    return new Error(`This is no JSON. Line ${this.line(offset)}: ${what}. Correct it in Source.`);
  }

  // JSON keeps only the last of two with one name: the other would be lost unseen.
  _refuseTwice(node) {
    const seen = new Set();
    for (const child of node.children ?? []) {
      const name = child.type === "property" ? child.children[0].value : null;
      if (name !== null && seen.has(name)) {
        throw new Error(`Line ${this.line(child.offset)}: “${name}” stands there twice, and only one of them counts. Remove one in Source.`);
      }
      if (name !== null) seen.add(name);
      this._refuseTwice(child);
    }
  }

  line(offset) {
    return this.text.slice(0, offset).split("\n").length;
  }

  /** The node at a path of names and numbers, or null. */
  at(path) {
    let node = this.root;
    for (const part of path) {
      if (node?.type === "object") node = property(node, part)?.children[1];
      else node = node?.type === "array" ? node.children[part] : undefined;
    }
    return node ?? null;
  }

  /** The value at a path, or undefined. */
  get(path) {
    const node = this.at(path);
    return node ? JSON.parse(this.slice(node)) : undefined;
  }

  /** The names of an object in the order of the text, or the numbers of a list. */
  keys(path) {
    const node = this.at(path);
    if (node?.type === "object") return node.children.map((one) => one.children[0].value);
    return node?.type === "array" ? node.children.map((_one, at) => at) : [];
  }

  slice(node) {
    return this.text.slice(node.offset, node.offset + node.length);
  }

  /** The whole text with this value at the path; objects and lists on the way there are made. */
  set(path, value) {
    const there = this.at(path);
    if (there) return this._replace(there.offset, there.length, this._written(value, this._depth(there)));
    const parent = this.at(path.slice(0, -1));
    if (!parent) return this.set(path.slice(0, -1), typeof path.at(-1) === "number" ? [value] : { [path.at(-1)]: value });
    return this._insert(parent, parent.type === "object" ? `${JSON.stringify(path.at(-1))}: ` : "", value);
  }

  /** The whole text without what stands at the path. */
  remove(path) {
    const parent = this.at(path.slice(0, -1));
    const nodes = parent?.children ?? [];
    const at = parent?.type === "object" ? nodes.findIndex((one) => one.children[0].value === path.at(-1)) : path.at(-1);
    if (!nodes[at]) return this.text;
    const only = nodes.length === 1;
    const from = only ? parent.offset + 1 : at > 0 ? end(nodes[at - 1]) : nodes[at].offset;
    const to = only ? end(parent) - 1 : at > 0 ? end(nodes[at]) : nodes[1].offset;
    return this._replace(from, to - from, "");
  }

  /** The whole text with the children of an object or a list in another order; the gaps stay. */
  reorder(path, order) {
    const nodes = this.at(path).children;
    const parts = order.map((at) => this.slice(nodes[at]));
    let text = "";
    let done = 0;
    nodes.forEach((node, at) => {
      text += this.text.slice(done, node.offset) + parts[at];
      done = end(node);
    });
    return text + this.text.slice(done);
  }

  _replace(offset, length, part) {
    return this.text.slice(0, offset) + part + this.text.slice(offset + length);
  }

  _insert(parent, name, value) {
    const depth = this._depth(parent) + 1;
    const inner = this._break(depth);
    const last = parent.children.at(-1);
    const part = name + this._written(value, depth);
    if (!last) return this._replace(parent.offset, parent.length, `${this.text[parent.offset]}${inner}${part}${this._break(depth - 1)}${parent.type === "object" ? "}" : "]"}`);
    const inLine = !this.slice(parent).includes("\n");
    return this._replace(end(last), 0, inLine ? `, ${name}${JSON.stringify(value)}` : `,${inner}${part}`);
  }

  _break(depth) {
    return this.eol + this.unit.repeat(depth);
  }

  _written(value, depth) {
    return JSON.stringify(value, null, this.unit).replaceAll("\n", this._break(depth));
  }

  _depth(node) {
    let depth = 0;
    for (let one = node.parent; one; one = one.parent) if (one.type !== "property") depth += 1;
    return depth;
  }
}

function property(node, name) {
  return node.children.find((one) => one.children[0].value === name);
}

function end(node) {
  return node.offset + node.length;
}

/** Several changes after each other: each gets what the one before made. */
export function changed(text, ...steps) {
  return steps.filter(Boolean).reduce((before, step) => step(new JsonText(before)), text);
}
