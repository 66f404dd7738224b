import { describe, expect, it } from "vitest";
import {
  at,
  bytesOf,
  found,
  madeUpLedger,
  madeUpReport,
  madeUpSigner,
  randomFrom,
} from "../../main/backend/ledger/made-up-ledger.test-data.ts";
import { nodeChecks } from "../../main/backend/ledger/node-crypto.ts";
import { type LedgerEntry, signEntry } from "./chain.ts";
import { utf8 } from "./digests.ts";
import { findingText } from "./finding-text.ts";
import { placeIn } from "./json-place.ts";
import { sealedText } from "./sealed.ts";
import { verifyChain } from "./verify-chain.ts";
import { verifyFile } from "./verify-file.ts";

const ledger = madeUpLedger(60);
const { document: sealed } = madeUpReport(madeUpSigner(3));

describe("a thousand random tamperings", () => {
  const random = randomFrom(20_261_121);
  const below = (limit: number): number => Math.floor(random() * limit);

  /** One byte made into any other. */
  function flipped(bytes: Uint8Array): { bytes: Uint8Array; at: number } {
    const copy = Uint8Array.from(bytes);
    const place = below(copy.length);
    copy[place] = ((copy[place] ?? 0) + 1 + below(255)) % 256;
    return { bytes: copy, at: place };
  }

  it("of one byte of a report are found, and name the place", async () => {
    const bytes = utf8(sealedText(sealed));
    const text = new TextDecoder().decode(bytes);
    for (let count = 0; count < 350; count += 1) {
      const { bytes: tampered, at: place } = flipped(bytes);
      const verification = await verifyFile(tampered, nodeChecks);
      expect(verification.sound).toBe(false);
      const [finding] = verification.findings;
      const touched = placeIn(text, new TextDecoder().decode(bytes.subarray(0, place)).length)?.path ?? "";
      // The value itself, or, where the text broke, the one that reading stopped in: it holds the other or stands beside it.
      const named = finding?.path ?? "";
      const parent = touched.slice(0, touched.lastIndexOf("/"));
      const near = verification.findings.some(
        (one) => one.path === touched || touched.startsWith(one.path) || one.path.startsWith(parent),
      );
      expect(near || Math.abs((finding?.byte ?? -1e9) - place) < 400, `${touched} was named ${named}`).toBe(true);
      expect(verification.findings.map(findingText).every((sentence) => sentence.length > 10)).toBe(true);
    }
  });

  it("of one byte of a ledger are found, and name the entry", async () => {
    const bytes = bytesOf(ledger);
    const text = new TextDecoder().decode(bytes);
    for (let count = 0; count < 350; count += 1) {
      const { bytes: tampered, at: place } = flipped(bytes);
      const verification = await verifyFile(tampered, nodeChecks);
      expect(verification.sound).toBe(false);
      const touched = placeIn(text, new TextDecoder().decode(bytes.subarray(0, place)).length)?.path ?? "";
      const entry = /^\/entries\/\d+|^\/checkpoints\/\d+|^\/head/u.exec(touched)?.[0] ?? "";
      const names = verification.findings.map((one) => one.path);
      // Where the text broke, what was read up to there has been named by byte.
      const [first] = verification.findings;
      const near = first?.byte === undefined ? names.some((name) => name.startsWith(entry)) : Math.abs(first.byte - place) < 900;
      expect(near, `${touched} was named ${names.join(", ")}`).toBe(true);
    }
  });

  it("of the entries of a ledger are found, and name them", async () => {
    for (let count = 0; count < 300; count += 1) {
      const list = structuredClone(ledger.entries) as LedgerEntry[];
      const place = below(list.length);
      const { seq } = at(list, place);
      const kind = below(6);
      let named: (one: string) => boolean = (one) => one.includes(String(seq));
      if (kind === 0) list.splice(place, 1);
      else if (kind === 1) {
        const to = (place + 1 + below(list.length - 1)) % list.length;
        list.splice(to, 0, ...list.splice(place, 1));
        named = (one) => one.startsWith("entry-moved");
      } else if (kind === 2) {
        list.length = place;
        named = (one) => one === `ledger-truncated ${(at(ledger.entries, Math.max(0, place - 1)).seq ?? 0) + 1}` || place === 0;
      } else if (kind === 3) list.splice(below(list.length), 0, structuredClone(at(list, place)));
      else if (kind === 4) {
        Object.assign(at(list, place).data, { tampered: below(1_000) });
      } else {
        const { hash: _hash, signature: _signature, key: _key, ...body } = at(list, place);
        list[place] = signEntry({ ...body, author: "Somebody else" }, madeUpSigner(99), nodeChecks.sha256);
        named = (one) => one === `key-unknown ${seq}` || one.includes(String(seq));
      }
      const findings = await found({ ...ledger, entries: list });
      expect(findings.length, `${kind} at ${place}`).toBeGreaterThan(0);
      expect(findings.some(named), `${kind} of ${seq}: ${findings.join(", ")}`).toBe(true);
    }
  });

  it("and nothing is found where nothing was done", async () => {
    for (let seed = 0; seed < 40; seed += 1) {
      const size = 1 + below(90);
      const signers = [madeUpSigner(seed), madeUpSigner(seed + 1), madeUpSigner(seed + 2)];
      expect(await found(madeUpLedger(size, signers))).toEqual([]);
    }
    const { findings } = await verifyChain({ entries: [], checkpoints: [], head: undefined }, nodeChecks);
    expect(findings).toEqual([]);
  });
});
