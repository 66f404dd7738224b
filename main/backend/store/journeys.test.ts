import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { libraryPaths } from "../library-paths.ts";
import type { Compared, ComparedKind } from "./identities.ts";
import { openStore, type Store } from "./store.ts";

let folder: string;
let store: Store;
let count = 0;
const start = Date.parse("2026-10-19T09:00:00Z");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "earmark-journeys-"));
  store = openStore(libraryPaths(folder), { clock: { now: () => start }, version: "0.1.0" });
  store.journeys.identities.hashWith(Buffer.alloc(32, 7));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A conversation that is known by these, joined. */
function added(known: Partial<Record<ComparedKind, string | readonly string[]>>, readable = true): string {
  count++;
  const { id } = store.conversations.insert({
    kind: "chat",
    channel: "chat",
    title: `Conversation ${count}`,
    startedAt: new Date(start + count * 60_000).toISOString(),
    source: { name: "a.json", sha256: `sha ${count}`, bytes: 1, format: "text" },
  });
  const compared = Object.entries(known).flatMap(([kind, values]) =>
    [values].flat().map((value): Compared => ({ kind: kind as ComparedKind, value, readable })),
  );
  store.journeys.identities.put(id, compared);
  store.journeys.join(id, "basis");
  return id;
}
const together = (...ids: string[]): boolean => new Set(ids.map((id) => store.journeys.journeyOf(id))).size === 1;

describe("journeys", () => {
  it("join what is the same as it comes in, and one more brings two together", () => {
    const one = added({ phone: "+441" });
    const two = added({ email: "a@b.example" });
    expect(together(one, two)).toBe(false);
    const bridge = added({ phone: "+441", email: "a@b.example" });
    expect(together(one, two, bridge)).toBe(true);
    expect(store.journeys.members(store.journeys.journeyOf(one) ?? "")).toEqual([one, two, bridge]);
  });

  it("fall apart when the one that held them together is deleted, which leaves nothing of it behind", () => {
    const one = added({ phone: "+441" });
    const two = added({ email: "a@b.example" });
    const bridge = added({ phone: "+441", email: ["a@b.example", "gone@b.example"] });
    const journey = store.journeys.journeyOf(one) ?? "";
    store.conversations.remove([bridge]);
    expect(store.journeys.stale(10)).toContainEqual({ id: journey, lost: true });
    store.journeys.rejoin(journey);
    expect(together(one, two)).toBe(false);
    store.close();
    expect(readFileSync(libraryPaths(folder).database).includes("gone@b.example")).toBe(false);
  });

  it("take a number for a household's or a company's as soon as two customers use it, and part whom it had joined", () => {
    const one = added({ phone: "+441", name: "anna fields" });
    const two = added({ phone: "+441" });
    expect(together(one, two)).toBe(true);
    const peter = added({ phone: "+441", name: "peter fields" });
    expect(new Set([one, two, peter].map((id) => store.journeys.journeyOf(id))).size).toBe(3);
    expect(store.journeys.identitiesOf(store.journeys.journeyOf(one) ?? "")).toEqual([
      { kind: "phone", value: "+441", shared: true },
    ]);
    store.conversations.remove([peter]);
    store.journeys.rejoin(store.journeys.journeyOf(one) ?? "");
    expect(together(one, two)).toBe(true);
  });

  it("keep nothing readable of what is hashed, and join by it all the same", () => {
    const one = added({ phone: "+447700900417" }, false);
    const two = added({ phone: "+447700900417" }, false);
    expect(together(one, two)).toBe(true);
    expect(store.journeys.identitiesOf(store.journeys.journeyOf(one) ?? "")).toEqual([
      { kind: "phone", value: null, shared: false },
    ]);
    const found = store.journeys.list({ text: "+44 7700 900417", filters: [], least: 1, sortBy: "last", offset: 0, limit: 10 });
    expect(found.rows.map(({ id }) => id)).toEqual([store.journeys.journeyOf(one)]);
    const three = added({ phone: "+447700900418" });
    expect(store.journeys.identities.conceal(["phone"])).toBe(1);
    expect(store.journeys.identitiesOf(store.journeys.journeyOf(three) ?? "")).toEqual([
      { kind: "phone", value: null, shared: false },
    ]);
    store.close();
    const bytes = readFileSync(libraryPaths(folder).database);
    expect([bytes.includes("7700900417"), bytes.includes("7700900418")]).toEqual([false, false]);
  });

  it("keep what was told when a conversation came in, whatever is read of it later", () => {
    const one = added({ customer: "nb-1" });
    const two = added({});
    store.journeys.identities.put(two, [{ kind: "customer", value: "nb-1", readable: true }], true);
    store.journeys.identities.put(two, []);
    store.journeys.join(two, "later");
    expect(together(one, two)).toBe(true);
  });
});

describe("proposals", () => {
  const alike = { name: "anna fields", place: "leeds", reason: "intent:OpenAccount" };

  it("name who is alike with the reasons, and join nobody by themselves", () => {
    const one = added({ phone: "+441", ...alike });
    const two = added({ email: "a@b.example", ...alike });
    const { proposals, total } = store.journeys.proposals({ offset: 0, limit: 10 });
    expect(total).toBe(1);
    expect(proposals[0]).toMatchObject({
      conversationId: one,
      otherId: two,
      confidence: 0.7,
      signs: ["same-name", "same-place", "same-reason", "close-in-time"],
    });
    expect(together(one, two)).toBe(false);
  });

  it("join when a person says so, fall apart when that is taken back, and the ledger has both in order", () => {
    const one = added({ phone: "+441", ...alike });
    const two = added({ email: "a@b.example", ...alike });
    const [proposal] = store.journeys.proposals({ offset: 0, limit: 10 }).proposals;
    const decision = store.journeys.decide(proposal?.id ?? "", "same", "Kim");
    expect(together(one, two)).toBe(true);
    expect(store.journeys.proposals({ offset: 0, limit: 10 }).total).toBe(0);
    expect(store.journeys.decisions(store.journeys.journeyOf(one) ?? "")).toEqual([decision]);
    store.journeys.undo(decision.id, "Kim");
    expect(together(one, two)).toBe(false);
    expect(store.journeys.proposals({ offset: 0, limit: 10 }).total).toBe(1);
    const actions = store.ledger
      .entries(0, 100)
      .flatMap(({ kind, author, data }) => (kind === "journey" ? [[author, data["action"]]] : []));
    expect(actions).toEqual([
      ["Kim", "confirmed"],
      ["Kim", "taken-back"],
    ]);
  });

  it("do not come again once a person has refused them, and even the same number does not join then", () => {
    const one = added({ phone: "+441", ...alike });
    const two = added({ email: "a@b.example", ...alike });
    const [proposal] = store.journeys.proposals({ offset: 0, limit: 10 }).proposals;
    store.journeys.decide(proposal?.id ?? "", "different", "Kim");
    store.journeys.join(two, "again");
    expect(store.journeys.proposals({ offset: 0, limit: 10 }).total).toBe(0);
    added({ phone: "+441", email: "a@b.example" });
    expect(together(one, two)).toBe(false);
  });

  it("leave a decision undone when its entry cannot be written", () => {
    added({ phone: "+441", ...alike });
    const two = added({ email: "a@b.example", ...alike });
    const before = store.journeys.journeyOf(two);
    expect(() =>
      store.transaction(() => {
        store.journeys.takeOut(two, "Kim");
        throw new Error("The disk is full.");
      }),
    ).toThrow();
    expect(store.journeys.journeyOf(two)).toBe(before);
    expect(store.journeys.decisions(before ?? "")).toEqual([]);
  });

  it("propose nobody because both call from one switchboard, nor whom a person took out", () => {
    const about = { phone: "+441", "near-phone": ["n1", "n2"], reason: "category:complaint", place: "leeds" };
    added({ ...about, customer: "1" });
    added({ ...about, customer: "2" });
    added(about);
    expect(store.journeys.proposals({ offset: 0, limit: 10 }).total).toBe(0);
    const one = added({ phone: "+442", ...alike });
    added({ phone: "+442", ...alike });
    store.journeys.takeOut(one, "Kim");
    expect(store.journeys.proposals({ offset: 0, limit: 10 }).total).toBe(0);
  });

  it("propose nobody to one who is known by another id", () => {
    added({ customer: "1", ...alike });
    added({ customer: "2", ...alike });
    expect(store.journeys.proposals({ offset: 0, limit: 10 }).total).toBe(0);
  });
});

describe("taking out", () => {
  it("leaves the others together, and taking it back brings it in again", () => {
    const ids = [added({ phone: "+441" }), added({ phone: "+441" }), added({ phone: "+441" })] as const;
    const decision = store.journeys.takeOut(ids[1], "Kim");
    expect(together(ids[0], ids[2])).toBe(true);
    expect(together(ids[0], ids[1])).toBe(false);
    store.journeys.undo(decision.id, "Kim");
    expect(together(...ids)).toBe(true);
  });
});

describe("a large library", () => {
  // Twelve milliseconds in a library of 100,000 on a quiet machine; what is asserted leaves room for a busy one.
  it("joins one more at once", () => {
    store.transaction(() => {
      for (let number = 0; number < 1_200; number++) {
        added({ phone: `+44${number % 600}`, name: `person number${number % 400}`, reason: "category:complaint" });
      }
    });
    const began = performance.now();
    const rounds = 50;
    store.transaction(() => {
      for (let round = 0; round < rounds; round++) added({ phone: `+44${round}`, name: `person number${round}` });
    });
    expect((performance.now() - began) / rounds).toBeLessThan(200);
    const { rows, total } = store.journeys.list({ text: "", filters: [], least: 1, sortBy: "last", offset: 0, limit: 10 });
    expect(rows).toHaveLength(10);
    expect(total).toBeGreaterThan(500);
  });
});
