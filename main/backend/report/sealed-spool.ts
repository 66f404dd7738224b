import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { canonicalJson, type Json } from "../../../app/report/canonical-json.ts";
import { hashOf, toHex, utf8 } from "../../../app/report/digests.ts";
import { type SealedDocument, sealedFormat } from "../../../app/report/sealed.ts";
import { treeOf } from "../../../app/report/sealed-tree.ts";
import type { Sealer } from "../ledger/ledger.ts";
import { sha256 } from "../ledger/node-crypto.ts";

/*
 * Sealed data that are too long to be held: one of their sections is a list, whose items are written into a file beside as they come,
 * and read from there as often as they are needed. What comes of it is the very document that `seal` makes of the same data.
 */

/** Bytes read at a time. */
const pieceBytes = 65_536;

/** A list of a sealed document, item by item. */
export interface SealedSpool {
  /** Adds an item at the end. Throws a `NotJsonError` where it is not plain JSON. */
  add(item: Json): void;
  readonly length: number;
  /** The items, in order, as they were added. */
  items(): Generator<unknown>;
  /**
   * The integrity block of the document that has the list as its section `name` and these others beside. Nothing may be added any
   * more.
   */
  integrity(name: string, others: { readonly [section: string]: Json }, sealer: Sealer): SpooledIntegrity;
  /** The document in pieces of its canonical text. */
  text(name: string, others: { readonly [section: string]: Json }, integrity: SpooledIntegrity): Generator<Uint8Array>;
  close(): void;
}

/** An integrity block, without the tree of the data. */
export type SpooledIntegrity = Omit<SealedDocument["integrity"], "tree">;

/** Makes two files in a folder that has to be there: the items, and the tree of each. They are the caller's to remove. */
export function openSpool(itemsPath: string, treePath: string): SealedSpool {
  const items = list(itemsPath);
  const trees = list(treePath);

  /** The canonical text of an object of which one member is written from a file. */
  function* member(name: string, of: List, others: { readonly [section: string]: unknown }): Generator<Uint8Array> {
    const names = [...Object.keys(others), name].sort();
    yield utf8("{");
    for (const [index, own] of names.entries()) {
      yield utf8(`${index === 0 ? "" : ","}${JSON.stringify(own)}:`);
      if (own === name) yield* of.text();
      else yield utf8(canonicalJson(others[own]));
    }
    yield utf8("}");
  }
  function* treeText(name: string, others: { readonly [section: string]: Json }): Generator<Uint8Array> {
    const own = Object.entries(others).map(([section, value]) => [section, treeOf(value, sha256)] as const);
    yield* member(name, trees, Object.fromEntries(own));
  }

  return {
    add(item) {
      items.add(canonicalJson(item));
      trees.add(canonicalJson(treeOf(item, sha256)));
    },
    get length() {
      return items.length;
    },
    *items() {
      for (const line of items.lines()) yield JSON.parse(line);
    },
    integrity(name, others, { parts, sign }) {
      const sections: Record<string, string> = { [name]: hashOfPieces(items.text()) };
      for (const [section, value] of Object.entries(others)) sections[section] = hashOf(value, sha256);
      const { checkpoint, publicKey } = parts;
      const hash = createHash("sha256");
      hash.update(`{"format":${canonicalJson(sealedFormat)},"integrity":{"checkpoint":${canonicalJson(checkpoint)},`);
      hash.update(`"publicKey":${canonicalJson(publicKey)},"sections":${canonicalJson(sections)},"tree":`);
      for (const piece of treeText(name, others)) hash.update(piece);
      const whole = hash.update(`},"version":1}`).digest("hex");
      return { checkpoint, publicKey, sections, whole, signature: sign(whole) };
    },
    *text(name, others, { checkpoint, publicKey, sections, whole, signature }) {
      yield utf8(`{"data":`);
      yield* member(name, items, others);
      yield utf8(`,"format":${canonicalJson(sealedFormat)},"integrity":{"checkpoint":${canonicalJson(checkpoint)},`);
      yield utf8(`"publicKey":${canonicalJson(publicKey)},"sections":${canonicalJson(sections)},`);
      yield utf8(`"signature":${canonicalJson(signature)},"tree":`);
      yield* treeText(name, others);
      yield utf8(`,"whole":${canonicalJson(whole)}},"version":1}`);
    },
    close() {
      items.close();
      trees.close();
    },
  };
}

/** Canonical texts in a file, one in a line: canonical JSON has no line break of its own. */
interface List {
  add(text: string): void;
  readonly length: number;
  lines(): Generator<string>;
  /** All of them as the text of one JSON array. */
  text(): Generator<Uint8Array>;
  close(): void;
}

function list(path: string): List {
  const file = openSync(path, "wx+", 0o600);
  let length = 0;
  function* lines(): Generator<string> {
    const buffer = Buffer.alloc(pieceBytes);
    let rest = Buffer.alloc(0);
    for (let position = 0; ; ) {
      const read = readSync(file, buffer, 0, buffer.length, position);
      if (read === 0) return;
      position += read;
      const all = Buffer.concat([rest, buffer.subarray(0, read)]);
      let from = 0;
      for (let end = all.indexOf(0x0a, from); end >= 0; end = all.indexOf(0x0a, from)) {
        yield all.toString("utf8", from, end);
        from = end + 1;
      }
      rest = all.subarray(from);
    }
  }
  return {
    add(text) {
      // The position is the file's own: everything is written at its end.
      writeSync(file, `${text}\n`);
      length += 1;
    },
    get length() {
      return length;
    },
    lines,
    *text() {
      let isFirst = true;
      yield utf8("[");
      for (const line of lines()) {
        yield utf8(isFirst ? line : `,${line}`);
        isFirst = false;
      }
      yield utf8("]");
    },
    close: () => closeSync(file),
  };
}

function hashOfPieces(pieces: Iterable<Uint8Array>): string {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return toHex(hash.digest());
}
