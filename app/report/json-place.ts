import { pointerStep } from "./canonical-json.ts";

/** A place in a JSON text. */
export interface JsonPlace {
  /** Character of the text, from 0. */
  readonly at: number;
  /** JSON Pointer to the innermost value that the place lies in. */
  readonly path: string;
}

/** Deeper than any document of ours; a text of brackets alone must not exhaust the stack. */
const deepest = 500;

class Stop extends Error {
  readonly place: JsonPlace;

  constructor(place: JsonPlace) {
    super("stop");
    this.place = place;
  }
}

/**
 * Reads a JSON text up to a character, or up to where it stops being JSON, and answers with the place and the value that it
 * lies in. Null where all of it is JSON and `upTo` lies behind it.
 */
export function placeIn(text: string, upTo = Number.POSITIVE_INFINITY): JsonPlace | null {
  let at = 0;

  const stop = (path: string): never => {
    throw new Stop({ at, path });
  };
  const pass = (pattern: RegExp, path: string): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found === undefined) return stop(path);
    if (at + found.length > upTo) {
      at = upTo;
      return stop(path);
    }
    at += found.length;
    return found;
  };
  const space = (path: string): void => void pass(/[ \t\n\r]*/uy, path);
  const value = (path: string, depth: number): void => {
    space(path);
    const sign = text[at];
    if (depth > deepest) stop(path);
    if (sign === "{") members(path, depth);
    else if (sign === "[") items(path, depth);
    else if (sign === '"') pass(stringPattern, path);
    else pass(/true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/uy, path);
    space(path);
  };
  const members = (path: string, depth: number): void => {
    pass(/\{[ \t\n\r]*/uy, path);
    if (text[at] === "}") return void pass(/\}/uy, path);
    for (;;) {
      space(path);
      const place = path + pointerStep(nameOf(pass(stringPattern, path)));
      space(place);
      pass(/:/uy, place);
      value(place, depth + 1);
      if (text[at] !== ",") return void pass(/\}/uy, place);
      pass(/,/uy, path);
    }
  };
  const items = (path: string, depth: number): void => {
    pass(/\[[ \t\n\r]*/uy, path);
    if (text[at] === "]") return void pass(/\]/uy, path);
    for (let index = 0; ; index += 1) {
      const place = path + pointerStep(index);
      value(place, depth + 1);
      if (text[at] !== ",") return void pass(/\]/uy, place);
      pass(/,/uy, path);
    }
  };

  try {
    value("", 0);
    if (at < text.length) stop("");
    return null;
  } catch (thrown) {
    if (thrown instanceof Stop) return thrown.place;
    throw thrown;
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in strings.
const stringPattern = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;

function nameOf(quoted: string): string {
  const name: unknown = JSON.parse(quoted);
  return typeof name === "string" ? name : "";
}

/** The first byte that is not UTF-8; null where all are. */
export function firstBadByte(bytes: Uint8Array): number | null {
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] ?? 0;
    const length = first < 0x80 ? 1 : first >> 5 === 6 ? 2 : first >> 4 === 14 ? 3 : first >> 3 === 30 ? 4 : 0;
    if (length === 0) return at;
    let point = length === 1 ? first : first & (0x7f >> length);
    for (let next = 1; next < length; next += 1) {
      const byte = bytes[at + next] ?? 0;
      if (byte >> 6 !== 2) return at;
      point = (point << 6) | (byte & 0x3f);
    }
    const least = [0, 0, 0x80, 0x800, 0x10000][length] ?? 0;
    if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return at;
    at += length;
  }
  return null;
}
