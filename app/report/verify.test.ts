import { describe, expect, it } from "vitest";
import {
  at,
  bytesOf,
  found,
  madeUpLedger,
  madeUpReport,
  madeUpSigner,
} from "../../main/backend/ledger/made-up-ledger.test-data.ts";
import { nodeChecks } from "../../main/backend/ledger/node-crypto.ts";
import { canonicalJson } from "./canonical-json.ts";
import { type LedgerDocument, type LedgerEntry, signCheckpoint, signEntry } from "./chain.ts";
import { utf8 } from "./digests.ts";
import { entryKinds } from "./entries.ts";
import { findingText } from "./finding-text.ts";
import { fingerprint, seal, sealedIn, sealedText } from "./sealed.ts";
import { verifyFile } from "./verify-file.ts";

const ledger = madeUpLedger(60);

function changed(edit: (entries: LedgerEntry[]) => void): LedgerDocument {
  const copy = structuredClone(ledger);
  edit(copy.entries as LedgerEntry[]);
  return copy;
}

describe("a ledger as it was written", () => {
  it("verifies, over changes of key and a segment that owns up to a break", async () => {
    const verification = await verifyFile(bytesOf(ledger), nodeChecks);
    expect(verification).toMatchObject({ sound: true, format: "ledger", findings: [], entries: 60 });
    expect(verification.keys.map((key) => key.fromSeq)).toEqual([1, 21, 44]);
    expect(verification.breaks).toEqual([{ seq: 44, reason: "key-missing", at: expect.any(String) }]);
  });

  it.each([1, 2, 3, 5, 12, 33])("verifies with %i entries", async (entries) => {
    expect(await found(madeUpLedger(entries))).toEqual([]);
  });

  it("verifies empty, and in any of its prefixes with a checkpoint of theirs", async () => {
    expect(await found({ format: "earmark-ledger", version: 1, entries: [], checkpoints: [], head: null })).toEqual([]);
    const entries = ledger.entries.slice(0, 15);
    const head = signCheckpoint(at(entries, 14), at(entries, 14).at, madeUpSigner(1), nodeChecks.sha256);
    expect(await found({ ...ledger, entries, checkpoints: [], head })).toEqual([]);
  });
});

describe("what was done to a ledger is named", () => {
  it.each<[string, (entries: LedgerEntry[]) => unknown, string[]]>([
    ["the author", (list) => Object.assign(at(list, 9), { author: "Åsa Ñ 漢字" }), ["entry-changed 10 author"]],
    ["the kind", (list) => Object.assign(at(list, 9), { kind: "redo" }), ["entry-changed 10 kind"]],
    ["the subject", (list) => Object.assign(at(list, 8), { subject: "c999" }), ["entry-changed 9"]],
    ["the time", (list) => Object.assign(at(list, 8), { at: "2020-01-01T00:00:00.000Z" }), ["entry-changed 9"]],
    ["data that are none of its kind", (list) => Object.assign(at(list, 8), { data: { sha256: 7 } }), ["entry-changed 9 data"]],
    ["the hash", (list) => Object.assign(at(list, 8), { hash: "0".repeat(64) }), ["entry-changed 9 hash"]],
    ["the signature", (list) => Object.assign(at(list, 8), { signature: "0".repeat(128) }), ["entry-changed 9 signature"]],
    ["the key", (list) => Object.assign(at(list, 8), { key: at(list, 30).key }), ["entry-changed 9 key"]],
    ["the link", (list) => Object.assign(at(list, 8), { previous: "0".repeat(64) }), ["entry-changed 9 previous"]],
    ["the number", (list) => Object.assign(at(list, 8), { seq: 500 }), ["entry-changed 9 seq"]],
    ["one removed", (list) => list.splice(8, 1), ["entry-removed 9"]],
    ["the first removed", (list) => list.splice(0, 1), ["key-unknown 2", "entry-removed 1"]],
    ["the last removed", (list) => list.pop(), ["ledger-truncated 63"]],
    ["two swapped", (list) => list.splice(8, 2, at(list, 9), at(list, 8)), ["entry-moved 10"]],
    ["one twice", (list) => list.splice(8, 0, at(list, 8)), ["entry-twice 9"]],
    ["a segment removed", (list) => list.splice(40, 1), ["key-unknown 45", "entry-removed 41"]],
    ["a change of key removed", (list) => list.splice(20, 1), ["key-unknown 22", "entry-removed 21"]],
  ])("%s", async (_, edit, expected) => {
    expect(await found(changed(edit))).toEqual(expect.arrayContaining(expected));
  });

  it("data changed and hashed anew without the key", async () => {
    const document = changed((list) => {
      const { hash: _, signature, ...body } = at(list, 8);
      const again = signEntry({ ...body, author: "Somebody" }, madeUpSigner(9), nodeChecks.sha256);
      list[8] = { ...again, key: body.key, signature };
    });
    expect((await found(document)).some((one) => one.startsWith("entry-changed 9"))).toBe(true);
  });

  it("an entry put in by somebody with another key", async () => {
    const forger = madeUpSigner(9);
    const document = changed((list) => {
      const { hash: previous } = at(list, 8);
      list.splice(9, 0, signEntry({ ...at(list, 9), previous, author: "Somebody" }, forger, nodeChecks.sha256));
    });
    const findings = await found(document);
    expect(findings).toContain("key-unknown 10");
  });

  it("a key that nobody handed over to", async () => {
    const forger = madeUpSigner(9);
    const document = changed((list) => {
      list.length = 10;
      const { hash: previous, seq, at: time } = at(list, 9);
      const data = { publicKey: forger.publicKey, protection: "memory", proof: "0".repeat(128) };
      const change = signEntry(
        { seq: seq + 1, at: time, kind: "key-changed", subject: null, author: "", data, previous },
        madeUpSigner(1),
        nodeChecks.sha256,
      );
      list.push(change);
    });
    expect(await found({ ...document, checkpoints: [], head: null })).toContain("key-forged 11");
  });

  it("the whole ledger written anew under another key, to whoever knows the right one or has a checkpoint", async () => {
    const forged = madeUpLedger(60, [madeUpSigner(7), madeUpSigner(8), madeUpSigner(9)]);
    expect(await found(forged)).toEqual([]);
    expect(await found(forged, { keyIds: [madeUpSigner(1).keyId] })).toEqual(["key-unexpected 1", "key-unexpected 44"]);
    expect(await found(forged, { checkpoints: [ledger.head] })).toEqual(["checkpoint-contradicts 63"]);
    expect(await found(ledger, { keyIds: [madeUpSigner(1).keyId, madeUpSigner(3).keyId], checkpoints: [ledger.head] })).toEqual(
      [],
    );
    // One that a segment brings in has to be expected, too; one that was handed over to need not.
    expect(await found(ledger, { keyIds: [madeUpSigner(1).keyId.slice(0, 16)] })).toEqual(["key-unexpected 44"]);
  });

  it("cut off together with its head, to whoever has a checkpoint", async () => {
    const [first] = ledger.checkpoints;
    const cut = { ...ledger, entries: ledger.entries.slice(0, first?.seq), checkpoints: [], head: first };
    expect(await found(cut)).toEqual([]);
    expect(await found(cut, { checkpoints: [ledger.checkpoints[1]] })).toEqual([`ledger-truncated ${(first?.seq ?? 0) + 1}`]);
  });

  it("an end that somebody cut off and owned up to under a key of their own", async () => {
    const forger = madeUpSigner(9);
    const entries = ledger.entries.slice(0, 12);
    const last = at(entries, 11);
    const data = {
      publicKey: forger.publicKey,
      protection: "memory",
      reason: "key-missing",
      break: { seq: last.seq, hash: last.hash, finding: null, at: null },
    };
    const body = { seq: 70, at: last.at, kind: "segment-begun", subject: null, author: "", data, previous: last.hash };
    const segment = signEntry(body, forger, nodeChecks.sha256);
    const head = signCheckpoint(segment, last.at, forger, nodeChecks.sha256);
    const forged = { ...ledger, entries: [...entries, segment], checkpoints: [], head };
    expect((await verifyFile(bytesOf(forged), nodeChecks)).breaks).toMatchObject([{ seq: 70, reason: "key-missing" }]);
    expect(await found(forged, { keyIds: [madeUpSigner(1).keyId] })).toEqual(["key-unexpected 70"]);
    expect(await found(forged, { checkpoints: [ledger.checkpoints[1]] })).toEqual([
      `checkpoint-contradicts ${ledger.checkpoints[1]?.seq}`,
    ]);
    // Nor does a segment hide what was put in the place of an entry before it.
    const other = signEntry({ ...at(entries, 11), author: "Ann II" }, madeUpSigner(1), nodeChecks.sha256);
    expect(await found({ ...forged, entries: [...entries.slice(0, 11), other, segment] })).toEqual(["chain-forked 70"]);
  });

  it("a checkpoint, a head, the format, something added", async () => {
    const [first, ...others] = ledger.checkpoints;
    expect(await found({ ...ledger, checkpoints: [{ ...first, seq: 5 }, ...others] })).toEqual([
      "checkpoint-changed /checkpoints/0",
    ]);
    expect(await found({ ...ledger, head: first })).toEqual([`checkpoint-changed ${first?.seq} seq`]);
    expect(await found({ ...ledger, head: null })).toEqual(["head-missing /head"]);
    expect(await found({ ...ledger, format: "earmark-lodger" })).toEqual(["format-unknown /format"]);
    expect(await found({ ...ledger, note: 1 })).toEqual(["malformed /note"]);
    const withMore = structuredClone(ledger) as unknown as { entries: Record<string, unknown>[] };
    Object.assign(withMore.entries[3] ?? {}, JSON.parse('{"__proto__":1}'), { extra: 1 });
    expect(await found(withMore)).toContain("malformed 4");
  });

  it("names a member that reading would pass over", async () => {
    const text = canonicalJson(ledger).replace('"data":{"bytes"', '"data":{"__proto__":{"a":1},"bytes"');
    const { findings } = await verifyFile(utf8(text), nodeChecks);
    expect(findings.map(({ kind }) => kind)).toContain("malformed");
  });
});

describe("entries", () => {
  it("say nothing but what their kind says", () => {
    const secret = { names: ["language"], value: "secret" };
    expect(entryKinds["settings-changed"].safeParse(secret).success).toBe(false);
    for (const entry of ledger.entries) {
      const kind = entryKinds[entry.kind as keyof typeof entryKinds];
      expect(kind.safeParse(entry.data).success).toBe(true);
    }
  });
});

// ── Sealed documents ─────────────────────────────────────────────────────────────────────────────────────────────────

const signer = madeUpSigner(3);
const { document: sealed, data, checkpoint: head } = madeUpReport(signer);

describe("a sealed document", () => {
  it("verifies as it was sealed, and says by whom and when", async () => {
    const verification = await verifyFile(utf8(sealedText(sealed)), nodeChecks, { keyIds: [signer.keyId] });
    expect(verification).toMatchObject({
      sound: true,
      format: "sealed",
      findings: [],
      keys: [{ keyId: signer.keyId }],
      checkpoint: { seq: 63 },
    });
    expect(fingerprint(signer.keyId)).toMatch(/^([0-9a-f]{4} ){3}[0-9a-f]{4}$/u);
  });

  it.each<[string, (copy: typeof sealed) => unknown, string[]]>([
    ["a value", (copy) => Object.assign(answerOf(copy, 3), { points: 99 }), ["data-changed /data/answers/3/points"]],
    ["a deep value", (copy) => evidenceOf(copy, 4).splice(1, 1, "w9"), ["data-changed /data/answers/4/evidence/0/words/1"]],
    ["a value gone", (copy) => delete answerOf(copy, 3)["points"], ["data-removed /data/answers/3/points"]],
    ["a value more", (copy) => Object.assign(answerOf(copy, 3), { x: 1 }), ["data-added /data/answers/3/x"]],
    ["an item gone", (copy) => listOf(copy).splice(5, 1), ["data-removed /data/answers/5"]],
    ["an item twice", (copy) => listOf(copy).splice(5, 0, listOf(copy)[5] ?? null), ["data-added /data/answers/6"]],
    ["an item moved", (copy) => listOf(copy).push(...listOf(copy).splice(2, 1)), ["data-moved /data/answers/11"]],
    ["a section gone", (copy) => delete copy.data["history"], ["data-removed /data/history"]],
    ["a section emptied", (copy) => Object.assign(copy.data, { answers: {} }), ["data-changed /data/answers"]],
    [
      "the proof's hash",
      (copy) => Object.assign(copy.integrity.sections, { answers: "0".repeat(64) }),
      ["integrity-changed /integrity/sections/answers"],
    ],
    [
      "the proof's whole",
      (copy) => Object.assign(copy.integrity, { whole: "0".repeat(64) }),
      ["integrity-changed /integrity/whole"],
    ],
    [
      "the signature",
      (copy) => Object.assign(copy.integrity, { signature: "0".repeat(128) }),
      ["signature-wrong /integrity/signature"],
    ],
    [
      "the checkpoint",
      (copy) => Object.assign(copy.integrity.checkpoint, { seq: 62 }),
      ["integrity-changed /integrity/checkpoint"],
    ],
    [
      "the checkpoint's key",
      (copy) => Object.assign(copy.integrity.checkpoint, { key: "0".repeat(64) }),
      ["integrity-changed /integrity/checkpoint/key"],
    ],
    [
      "the key",
      (copy) => Object.assign(copy.integrity, { publicKey: madeUpSigner(4).publicKey }),
      ["integrity-changed /integrity/publicKey"],
    ],
  ])("that was changed says where: %s", async (_, edit, expected) => {
    const copy = structuredClone(sealed);
    edit(copy);
    expect(await found(copy)).toEqual(expected);
  });

  it("sealed anew under another key is found by whoever knows the right one", async () => {
    const forger = madeUpSigner(9);
    const forged = seal(data, signCheckpoint(head, head.at, forger, nodeChecks.sha256), forger, nodeChecks.sha256);
    expect(await found(forged)).toEqual([]);
    expect(await found(forged, { keyIds: [signer.keyId] })).toEqual(["key-unexpected /integrity/publicKey"]);
  });

  it("written otherwise is the same data and another text", async () => {
    const { findings } = await verifyFile(utf8(JSON.stringify(sealed, null, 2)), nodeChecks);
    expect(findings).toEqual([{ kind: "not-canonical", path: "", byte: 1 }]);
    expect(findings.map(findingText).join("")).toContain("written otherwise");
  });

  it("is told from what is none", async () => {
    for (const text of ["", "%PDF-1.7", "[]", '"x"', "{}"]) {
      const { sound, findings } = await verifyFile(utf8(text), nodeChecks);
      expect([sound, findings.length]).toEqual([false, 1]);
      expect(findings.map(findingText).join("")).not.toBe("");
    }
    expect(sealedIn(utf8("%PDF-1.7"))).toBeNull();
  });
});

function listOf(copy: typeof sealed): unknown[] {
  return copy.data["answers"] as unknown[];
}
function answerOf(copy: typeof sealed, index: number): Record<string, unknown> {
  return listOf(copy)[index] as Record<string, unknown>;
}
function evidenceOf(copy: typeof sealed, index: number): string[] {
  return (answerOf(copy, index)["evidence"] as { words: string[] }[])[0]?.words ?? [];
}
