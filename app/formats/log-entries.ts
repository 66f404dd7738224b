import { tryJson } from "./json-text.ts";

/** One entry of a log, unwrapped from what a log service put around it. */
export interface LogEntry {
  readonly value: Record<string, unknown>;
  /** When the log service took it in; null where nothing says so. */
  readonly loggedAt: string | number | null;
  /** "line 3" or "[2]". */
  readonly where: string;
}

/** The entries of a log, and where it has pieces that are none. */
export interface LogEntries {
  readonly entries: readonly LogEntry[];
  /** The first of them, `mostUnreadableNamed` at most. */
  readonly unreadable: readonly string[];
}

/** Pieces beyond this are not named: a file of numbers has millions of them. */
const mostUnreadableNamed = 100;

/** Wrappers in wrappers in wrappers: deeper than any log service goes. */
const deepestWrapper = 4;

/** The entries of a parsed log: a list, one entry alone, or `events` and `logEvents` as CloudWatch answers. */
export function logEntriesOf(value: unknown): LogEntries {
  const entries: LogEntry[] = [];
  const unreadable: string[] = [];
  unwrap(value, null, "", 0, entries, unreadable);
  return { entries, unreadable };
}

/**
 * The entries of a log with one JSON object a line, each with or without a time stamp of the log service before it.
 * Null where the first line that says anything is no such thing.
 */
export function logEntriesOfLines(text: string): LogEntries | null {
  const entries: LogEntry[] = [];
  const unreadable: string[] = [];
  let number = 0;
  for (const line of linesOf(text)) {
    number++;
    const written = line.trim();
    if (written === "") continue;
    const stamp = /^\d{4}-\d\d-\d\d[T ][\d:.,]{5,20}(?:Z|[+-]\d\d:?\d\d)?(?=\s)/u.exec(written)?.[0] ?? null;
    const from = stamp === null ? 0 : written.indexOf("{");
    const value = from < 0 || written[from] !== "{" ? undefined : tryJson(written.slice(from));
    if (value === undefined) {
      if (entries.length === 0) return null;
      if (unreadable.length < mostUnreadableNamed) unreadable.push(`line ${number}`);
      continue;
    }
    unwrap(value, stamp, `line ${number}`, 0, entries, unreadable);
  }
  return entries.length === 0 ? null : { entries, unreadable };
}

/** The lines of a text, one after the other, without a list of all of them. */
export function* linesOf(text: string): Generator<string> {
  let from = 0;
  while (from <= text.length) {
    const end = text.indexOf("\n", from);
    const to = end < 0 ? text.length : end;
    yield text.charCodeAt(to - 1) === 13 ? text.slice(from, to - 1) : text.slice(from, to);
    from = to + 1;
  }
}

function unwrap(
  value: unknown,
  loggedAt: string | number | null,
  where: string,
  depth: number,
  entries: LogEntry[],
  unreadable: string[],
): void {
  if (typeof value !== "object" || value === null || depth > deepestWrapper) {
    if (unreadable.length < mostUnreadableNamed) unreadable.push(where === "" ? "the whole file" : where);
    return;
  }
  if (Array.isArray(value)) {
    for (const [index, one] of value.entries()) unwrap(one, loggedAt, `${where}[${index}]`, depth + 1, entries, unreadable);
    return;
  }
  const object = value as Record<string, unknown>;
  for (const key of ["events", "logEvents", "results"]) {
    const list = object[key];
    if (Array.isArray(list) && list.some((one) => isWrapped(one))) {
      unwrap(list, loggedAt, where === "" ? key : `${where}.${key}`, depth + 1, entries, unreadable);
      return;
    }
  }
  const message = messageOf(object);
  if (message === null) {
    entries.push({ value: object, loggedAt, where: where === "" ? "the whole file" : where });
    return;
  }
  // The message may bear the stamp of the log once more before its JSON.
  const inner = typeof message === "string" ? tryJson(message.slice(Math.max(0, message.indexOf("{")))) : message;
  const stamp = object["timestamp"] ?? object["@timestamp"];
  unwrap(
    inner,
    typeof stamp === "string" || typeof stamp === "number" ? stamp : loggedAt,
    where === "" ? "message" : `${where}.message`,
    depth + 1,
    entries,
    unreadable,
  );
}

function isWrapped(value: unknown): boolean {
  return typeof value === "object" && value !== null && messageOf(value as Record<string, unknown>) !== null;
}

/** What a log service wrapped: text or an object under `message`; null where the object is the entry itself. */
function messageOf(object: Record<string, unknown>): string | object | null {
  if ("messageVersion" in object) return null;
  const message = object["message"] ?? object["@message"];
  if (typeof message === "string") return message.includes("{") ? message : null;
  return typeof message === "object" ? message : null;
}
