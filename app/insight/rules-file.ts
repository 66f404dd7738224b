import { type Document, isMap, isSeq, LineCounter, parseDocument, type YAMLError } from "yaml";
import { EarmarkError } from "../contract/errors.ts";
import { type Category, categoriesFileSchema, categorySchema, plainIssue } from "./rules.ts";
import { categoriesFromCallAnalytics, isCallAnalyticsCategories, type Refuse } from "./rules-call-analytics.ts";
import { patternFault } from "./rules-pattern.ts";

/** Largest file of rules that is read, in characters. */
export const largestRulesFile = 4_000_000;

/** What was read from a file of categories. */
export interface RulesFile {
  readonly categories: readonly Category[];
  /** Where it comes from: Earmark's own language, or Call Analytics' definitions. */
  readonly format: "earmark" | "call-analytics";
  /** What is worth telling of the reading. */
  readonly notes: readonly string[];
}

/**
 * Reads a file of categories, YAML or JSON (which is YAML): Earmark's own, or what Call Analytics takes
 * (`create-call-analytics-category`) and answers (`get-`, `list-call-analytics-categories`).
 *
 * @throws EarmarkError `format-malformed` whose message names the line, what is wrong, and what to write instead
 * (details: line, column, path).
 */
export function readRulesFile(text: string): RulesFile {
  const { document, value, refuse } = readText(text);

  if (isCallAnalyticsCategories(value)) {
    const read = categoriesFromCallAnalytics(value, refuse);
    return { ...read, format: "call-analytics" };
  }
  const list = Array.isArray(value) ? { categories: value } : value;
  const inList = Array.isArray(value);
  if (!isMap(document.contents) && !isSeq(document.contents)) {
    refuse([], "A file of rules has a list called 'categories'. Begin with `categories:`.");
  }
  const parsed = categoriesFileSchema.safeParse(list);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path ?? [];
    refuse(inList ? path.slice(1) : path, issue === undefined ? "" : plainIssue(issue));
  }
  const { categories } = categoriesFileSchema.parse(list);
  for (const [index, { rule }] of categories.entries())
    refusePatterns(rule, [...(inList ? [] : ["categories"]), index, "rule"], refuse);
  return { categories, format: "earmark", notes: [] };
}

/**
 * Reads one category of Earmark's own language as a person edits it: the fields of a category without the list around them,
 * or a file of rules with one category in it.
 *
 * @throws EarmarkError as `readRulesFile` does.
 */
export function readCategory(text: string): Category {
  const { document, value, refuse } = readText(text);
  if (!isMap(document.contents)) refuse([], "A category has an id, a name and a rule. Begin with `id:`.");
  if (isCallAnalyticsCategories(value) || document.has("categories")) {
    const [category, ...others] = readRulesFile(text).categories;
    if (category === undefined || others.length > 0) return refuse([], "Here stands one category. Bring in several as a file.");
    return category;
  }
  const parsed = categorySchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return refuse(issue?.path ?? [], issue === undefined ? "" : plainIssue(issue));
  }
  refusePatterns(parsed.data.rule, ["rule"], refuse);
  return parsed.data;
}

/** A text of rules as plain data, and how to refuse it at one of its lines. */
function readText(text: string): { readonly document: Document; readonly value: unknown; readonly refuse: Refuse } {
  if (text.length > largestRulesFile) throw new EarmarkError("file-too-large", "This file is too large for rules.");
  if (text.trim() === "") throw new EarmarkError("file-empty", "There are no rules in this file.");
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: "1.2", uniqueKeys: true });
  const fault = document.errors[0];
  if (fault !== undefined) throw atLine(plainly(fault), lines.linePos(fault.pos[0]), "");
  let value: unknown;
  try {
    // Aliases that multiply themselves are refused.
    value = document.toJS({ maxAliasCount: 100 });
  } catch {
    throw atLine("The aliases of this file multiply. Write them out.", { line: 1, col: 1 }, "");
  }
  const lineOf = (path: readonly PropertyKey[]): { line: number; col: number } => {
    for (let length = path.length; length >= 0; length--) {
      const node: unknown = document.getIn(path.slice(0, length), true);
      const range = isNode(node) ? node.range : null;
      if (range != null) return lines.linePos(range[0]);
    }
    return { line: 1, col: 1 };
  };
  const refuse = (path: readonly PropertyKey[], message: string): never => {
    throw atLine(message, lineOf(path), path.map(String).join("."));
  };
  return { document, value, refuse };
}

/** Refuses the first pattern that RE2 cannot take, at its own place. */
function refusePatterns(value: unknown, path: readonly PropertyKey[], refuse: Refuse): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const wrong = key === "pattern" && typeof inner === "string" ? patternFault(inner) : null;
    if (wrong !== null) refuse([...path, key], wrong);
    refusePatterns(inner, [...path, Array.isArray(value) ? Number(key) : key], refuse);
  }
}

function isNode(node: unknown): node is { range?: [number, number, number] | null } {
  return typeof node === "object" && node !== null && "range" in node;
}

function plainly({ message }: YAMLError): string {
  return `${message.split("\n")[0]?.replace(/ at line \d+, column \d+:?$/u, "") ?? ""}. Check the indentation, quotes and brackets.`;
}

function atLine(message: string, { line, col }: { line: number; col: number }, path: string): EarmarkError {
  return new EarmarkError("format-malformed", `Line ${line}: ${path === "" ? "" : `${path}: `}${message}`, {
    line,
    column: col,
    path,
  });
}
