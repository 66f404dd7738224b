import { type Document, isMap, isNode, LineCounter, parseDocument, type YAMLError } from "yaml";
import type { z } from "zod";
import { EarmarkError } from "../contract/errors.ts";
import { type FormFault, faultText } from "./form-faults.ts";

/* Texts that people write by a schema (checklists, prompts, workflows), read so that every mistake has its line and its remedy. */

/** What is said of a text besides its schema. */
interface TextKind {
  /** What it is: "checklist". */
  readonly what: string;
  /** What to begin with where it is none at all. */
  readonly begin: string;
  /** Every name that means something in it. */
  readonly names: () => readonly string[];
}

/** What came of reading a text: its value, or every mistake in order of lines. */
export interface CheckedText<T> {
  readonly value: T | null;
  readonly faults: readonly FormFault[];
  /** A mistake at a path, for what fits together in ways that no schema says. */
  readonly placed: (path: readonly PropertyKey[], what: Pick<FormFault, "message" | "remedy">) => FormFault;
}

/** Reads YAML or JSON (which is YAML) by a schema. */
export function checkText<T>(text: string, schema: z.ZodType<T>, { what, begin, names }: TextKind): CheckedText<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: "1.2", uniqueKeys: true });
  const at = (offset: number, path: readonly PropertyKey[], fault: Pick<FormFault, "message" | "remedy">): FormFault => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col, path: path.map(String).join("."), ...fault };
  };
  const placed = (path: readonly PropertyKey[], fault: Pick<FormFault, "message" | "remedy">, key?: string): FormFault =>
    at(offsetOf(document, path, key), path, fault);
  const refused = (faults: readonly FormFault[]): CheckedText<T> => ({ value: null, faults, placed });
  if (document.errors.length > 0) return refused(document.errors.map((error) => at(error.pos[0], [], plainly(error))));
  let value: unknown;
  try {
    // Aliases that multiply themselves are refused.
    value = document.toJS({ maxAliasCount: 100 });
  } catch {
    return refused([at(0, [], { message: "The aliases of this file multiply.", remedy: "Write them out." })]);
  }
  if (!isMap(document.contents)) return refused([at(0, [], { message: `This is no ${what}.`, remedy: begin })]);
  const parsed = parsedBy(schema, value);
  if (parsed === null) {
    const message = "Something in this file stands within itself, or too deep.";
    return refused([at(0, [], { message, remedy: "Take the circle of aliases away." })]);
  }
  if (parsed.success) return { value: parsed.data, faults: [], placed };
  const known = names();
  const faults = parsed.error.issues.map((issue) =>
    placed(issue.path, faultText(issue, known), issue.code === "unrecognized_keys" ? issue.keys[0] : unknownKey(issue.message)),
  );
  return refused(inOrder(faults));
}

/** Mistakes as an error that names the first one's line, what is wrong and what to write instead, and how many there are. */
export function refusalOf(faults: readonly FormFault[]): EarmarkError {
  const [first] = faults;
  if (first === undefined) return new EarmarkError("internal", "A text was refused without a reason.");
  const { line, column, path, remedy } = first;
  return new EarmarkError("format-malformed", faultLine(first), { line, column, path, remedy, faults: faults.length });
}

/** A mistake as one line: "Line 12, column 5: sections.0.id: ... ...". */
export function faultLine({ line, column, path, message, remedy }: FormFault): string {
  return `Line ${line}, column ${column}: ${path === "" ? "" : `${path}: `}${message} ${remedy}`;
}

/** Mistakes as somebody meets them who reads on. */
export function inOrder(faults: readonly FormFault[]): FormFault[] {
  return [...faults].sort((a, b) => a.line - b.line || a.column - b.column);
}

/** The value or what is wrong with it; null where one part contains itself, which no depth of reading ends. */
function parsedBy<T>(schema: z.ZodType<T>, value: unknown): ReturnType<typeof schema.safeParse> | null {
  try {
    return schema.safeParse(value, { reportInput: true });
  } catch (thrown) {
    if (thrown instanceof RangeError) return null;
    throw thrown;
  }
}

/** Where a path stands in the file: its value, or the nearest above it that is there; with a key, where that is written. */
function offsetOf(document: Document, path: readonly PropertyKey[], key: string | undefined): number {
  for (let length = path.length; length >= 0; length--) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (length === path.length && key !== undefined && isMap(node)) {
      const pair = node.items.find((one) => isNode(one.key) && String(one.key) === key);
      if (pair !== undefined && isNode(pair.key) && pair.key.range != null) return pair.key.range[0];
    }
    if (isNode(node) && node.range != null) return node.range[0];
  }
  return 0;
}

function unknownKey(message: string): string | undefined {
  return /^Nothing is called '([^']*)'/u.exec(message)?.[1];
}

function plainly({ message }: YAMLError): Pick<FormFault, "message" | "remedy"> {
  if (/call stack/u.test(message)) return { message: "This is too deep.", remedy: "Write it with fewer brackets in brackets." };
  const first = message.split("\n")[0]?.replace(/ at line \d+, column \d+:?$/u, "") ?? "";
  return { message: `${first}.`, remedy: "Check the indentation, quotes and brackets." };
}
