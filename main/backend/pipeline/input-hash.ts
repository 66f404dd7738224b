import { createHash } from "node:crypto";

/**
 * JSON with the names of every object in order, so that equal data gives equal text however it was put together. Values that JSON
 * does not know are treated as `JSON.stringify` treats them.
 */
export function canonicalJson(value: unknown): string {
  const text = JSON.stringify(value);
  return text === undefined ? "null" : JSON.stringify(JSON.parse(text, inOrder));
}

function inOrder(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** The SHA-256 (hex) of a stage's result, by which later stages know it. */
export function resultHash(result: unknown): string {
  return sha256(canonicalJson(result));
}

/** The SHA-256 (hex) of everything a stage's result depends on. */
export function inputHash(input: {
  readonly stage: string;
  readonly version: number;
  readonly facts: unknown;
  /** Result hashes of the stages it reads, by name; null for an optional one without a result. */
  readonly reads: Readonly<Record<string, string | null>>;
}): string {
  return sha256(canonicalJson([input.stage, input.version, input.facts ?? null, input.reads]));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
