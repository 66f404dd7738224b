/*
 * RFC 8785, JSON Canonicalization Scheme: one text for one value, whoever writes it. Our own, because what a signature
 * stands on must refuse what the scheme refuses: lone surrogates, numbers that are none, and whatever is not plain data.
 */

/**
 * Thrown for what JSON cannot carry. Not one of Earmark's failures: whoever verifies has none of them, and whoever writes
 * hands in plain data.
 */
export class NotJsonError extends TypeError {
  override readonly name = "NotJsonError";
  /** JSON Pointer to the place. */
  readonly path: string;

  constructor(what: string, path: string) {
    super(`Canonical JSON cannot hold ${what}.`);
    this.path = path;
  }
}

/** Plain JSON data. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json | undefined };

/**
 * The canonical text of a value (RFC 8785): no white space, names in the order of their UTF-16 code units, numbers and
 * strings as ECMAScript writes them. Members that are undefined are left out. Throws a `NotJsonError`
 * with the place for what JSON cannot carry: NaN and infinities, lone surrogates, functions, dates, loops.
 */
export function canonicalJson(value: unknown): string {
  return write(value, "", []);
}

/** One step of a JSON Pointer (RFC 6901): `~` and `/` in a name are written `~0` and `~1`. */
export function pointerStep(name: string | number): string {
  return `/${String(name).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** Compares two names by their UTF-16 code units, as RFC 8785 orders them; this is what `<` does with strings. */
export function byCodeUnits(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function write(value: unknown, path: string, around: readonly object[]): string {
  switch (typeof value) {
    case "boolean":
      return value ? "true" : "false";
    case "number":
      if (!Number.isFinite(value)) throw refused("a number that is none", path);
      // ECMAScript's own form, the one the scheme takes over; -0 becomes 0.
      return JSON.stringify(value);
    case "string":
      if (!value.isWellFormed()) throw refused("half a character (a lone surrogate)", path);
      return JSON.stringify(value);
    case "object": {
      if (value === null) return "null";
      if (around.includes(value)) throw refused("an object inside itself", path);
      const within = [...around, value];
      if (Array.isArray(value)) {
        const items = Array.from(value, (item: unknown, index) => write(item, path + pointerStep(index), within));
        return `[${items.join(",")}]`;
      }
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype !== Object.prototype && prototype !== null) throw refused("an object that is not plain data", path);
      const members = Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .sort(([one], [other]) => byCodeUnits(one, other));
      return `{${members.map(([name, member]) => writeMember(name, member, path, within)).join(",")}}`;
    }
    default:
      throw refused(`a ${typeof value}`, path);
  }
}

function writeMember(name: string, member: unknown, path: string, within: readonly object[]): string {
  const place = path + pointerStep(name);
  if (!name.isWellFormed()) throw refused("half a character (a lone surrogate) in a name", path);
  return `${JSON.stringify(name)}:${write(member, place, within)}`;
}

function refused(what: string, path: string): NotJsonError {
  return new NotJsonError(what, path);
}
