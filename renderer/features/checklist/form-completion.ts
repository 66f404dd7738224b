import { checklistJsonSchema } from "../../../app/conformity/form-json-schema.ts";
import type { CodeCompletion, CodeCompletions } from "../../ui/code/code-field.tsx";

/* What can stand at a place of a checklist's text, by its published schema. The place is told by indentation and brackets, so
 * that it is known while the text cannot be read. */

/** What is known of the library and the text beside the schema. */
export interface KnownIds {
  readonly categories: readonly string[];
  readonly questions: readonly string[];
}

interface Node {
  readonly $ref?: string;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly allOf?: readonly Node[];
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly type?: string;
  readonly description?: string;
  readonly $defs?: Readonly<Record<string, Node>>;
}

let schema: Node | null = null;

/**
 * What can be written at a place of a checklist's text.
 *
 * @param text up to the cursor.
 */
export function completionsAt(text: string, known: KnownIds): CodeCompletions | null {
  schema ??= checklistJsonSchema() as Node;
  return completionsBySchema(schema, text, (key) =>
    key === "category" ? known.categories : key === "question" ? known.questions : null,
  );
}

/**
 * What can be written at a place of a text by its schema.
 *
 * @param text up to the cursor.
 * @param idsOf what a key may name; null where the schema says it.
 */
export function completionsBySchema(
  whole: object,
  text: string,
  idsOf: (key: string) => readonly string[] | null,
): CodeCompletions | null {
  const place = placeOf(text);
  if (place === null) return null;
  const { path, key, word } = place;
  const from = text.length - word.length;
  const ids = idsOf(key ?? path.at(-1) ?? "")?.map((label): CodeCompletion => ({ label, kind: "value", detail: "" })) ?? null;
  if (ids !== null && key !== null) return { from, options: ids };
  const nodes = nodesAt(whole as Node, key === null ? path : [...path, key]);
  // An entry of a list may be a name, or be written in its place.
  const options = key === null ? [...(ids ?? []), ...keysOf(nodes)] : valuesOf(nodes);
  return options.length === 0 ? null : { from, options };
}

interface Place {
  /** Names of the keys that the cursor stands under. */
  readonly path: readonly string[];
  /** The key whose value is written; null where a key is. */
  readonly key: string | null;
  readonly word: string;
}

const keyAtStart = /^(?<indent>[ ]*(?:- +)*)(?<key>[$\w-]+):(?:\s|$)/u;

/** Where the end of a text stands; null within a comment or a quoted text. */
function placeOf(text: string): Place | null {
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  if (/^\s*#/u.test(last)) return null;
  const indent = /^[ ]*(?:- +)*/u.exec(last)?.[0].length ?? 0;
  const path = pathAbove(lines, indent, /^\s*- /u.test(last));
  return inLine(last.slice(indent), path);
}

/** The keys above a line that it stands under, the outermost first. */
function pathAbove(lines: readonly string[], indent: number, isItem: boolean): string[] {
  const path: string[] = [];
  // An entry of a list may stand as far left as the key of the list.
  let limit = isItem ? indent - 1 : indent;
  for (let index = lines.length - 1; index >= 0 && limit > 0; index--) {
    const groups = keyAtStart.exec(lines[index] ?? "")?.groups;
    if (groups === undefined) continue;
    const column = groups["indent"]?.length ?? 0;
    if (column >= limit) continue;
    path.unshift(groups["key"] ?? "");
    // The dash belongs to the list above.
    limit = column - (groups["indent"]?.includes("-") === true ? 1 : 0);
  }
  return path;
}

/** Where the end of a line stands, among the brackets that are open in it. */
function inLine(line: string, above: readonly string[]): Place | null {
  let path = [...above];
  let key: string | null = null;
  let word = "";
  const open: { readonly path: readonly string[]; readonly key: string | null }[] = [];
  let quote: string | null = null;
  for (let index = 0; index < line.length; index++) {
    const sign = line.charAt(index);
    if (quote !== null) {
      if (sign === quote) quote = null;
      continue;
    }
    if ((sign === '"' || sign === "'") && word === "") quote = sign;
    else if (sign === "{" || sign === "[") {
      open.push({ path, key });
      if (key !== null) path = [...path, key];
      // A list repeats what stands in its key; an object has keys of its own.
      key = sign === "{" ? null : key;
      if (sign === "[" && key !== null) path = path.slice(0, -1);
      word = "";
    } else if (sign === "}" || sign === "]") {
      const before = open.pop();
      if (before !== undefined) {
        path = [...before.path];
        key = before.key;
      }
      word = "";
    } else if (sign === ",") {
      const inList = line.slice(0, index).lastIndexOf("[") > line.slice(0, index).lastIndexOf("{");
      if (open.length > 0 && !inList) key = null;
      word = "";
    } else if (sign === ":" && /^(?:\s|$)/u.test(line.slice(index + 1))) {
      key = word.trim();
      word = "";
    } else if (sign === " " && word === "") continue;
    else word += sign;
  }
  return quote === null && !/\s/u.test(word) ? { path, key, word } : null;
}

/** The parts of the schema that describe what stands at a path; lists are looked through. */
function nodesAt(root: Node, path: readonly string[]): Node[] {
  let nodes = expanded(root, [root]);
  for (const key of path) {
    nodes = nodes.flatMap(({ properties }) => {
      const found = properties?.[key];
      return found === undefined ? [] : expanded(root, [found]);
    });
  }
  return nodes;
}

/** Parts of the schema with what they refer to and choose among, and what their lists hold; each once. */
function expanded(root: Node, nodes: readonly Node[]): Node[] {
  const found = new Set<Node>();
  const take = (node: Node): void => {
    if (found.has(node)) return;
    found.add(node);
    const name = node.$ref === undefined ? undefined : /^#\/\$defs\/(.+)$/u.exec(node.$ref)?.[1];
    const definition = name === undefined ? undefined : root.$defs?.[name];
    if (definition !== undefined) take(definition);
    for (const one of [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])]) take(one);
    if (node.items !== undefined) take(node.items);
  };
  for (const node of nodes) take(node);
  return [...found];
}

function keysOf(nodes: readonly Node[]): CodeCompletion[] {
  const found = new Map<string, CodeCompletion>();
  for (const { properties = {} } of nodes) {
    for (const [label, { description = "" }] of Object.entries(properties)) {
      if (label !== "$schema" && !found.has(label)) found.set(label, { label, kind: "key", detail: description });
    }
  }
  return [...found.values()];
}

function valuesOf(nodes: readonly Node[]): CodeCompletion[] {
  const values = nodes.flatMap((node) => [
    ...(node.enum ?? []),
    ...(node.const === undefined ? [] : [node.const]),
    ...(node.type === "boolean" ? [true, false] : []),
  ]);
  return [...new Set(values.map(String))].map((label) => ({ label, kind: "value", detail: "" }));
}
