import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { api } from "../../app/contract/api.ts";
import { made } from "../../app/insight/categories.test-data.ts";
import { categorise } from "../../app/insight/categories.ts";
import { tried } from "../../app/insight/ready-made.test-data.ts";
import { categorySchema } from "../../app/insight/rules.ts";
import { categoryHandlers, readReadyMade } from "./category-handlers.ts";
import { libraryPaths } from "./library-paths.ts";
import { bringCategories, createCategoriser } from "./pipeline/categoriser.ts";
import { publishRevision } from "./pipeline/revision.ts";
import { openStore, type Store } from "./store/store.ts";
import { earmarkFolder } from "./surroundings.ts";

const readyMade = await readReadyMade(join(earmarkFolder, "resources"));

describe("the ready-made categories", () => {
  it("are tried, each and all", () => {
    expect(readyMade.map(({ id }) => id).sort()).toEqual(Object.keys(tried).sort());
  });

  it.each(Object.entries(tried))("%s is found where it is and not where it is not", (id, { present, absent }) => {
    const outcome = (lines: typeof present) =>
      categorise({ conversation: made(lines), sentiments: null }, readyMade).get(id)?.outcome;
    expect(outcome(present)).toBe("present");
    expect(outcome(absent)).toBe("absent");
  });
});

describe("categories in a library", () => {
  let root: string;
  let store: Store;
  const category = (id: string, rule: unknown, more: object = {}) => categorySchema.parse({ id, name: id, rule, ...more });
  const { turns, participants, durationMs, language, shortfalls, provenance } = made([
    ["customer", "My refund is late"],
    ["agent", "Sorry"],
  ]);
  const transcript = { turns, participants, durationMs, language, shortfalls, provenance };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "earmark-categories-"));
    store = openStore(libraryPaths(root), { clock: { now: () => 1_000 }, version: "0" });
    for (const id of ["a", "b"]) {
      store.conversations.insert({
        id,
        kind: "call",
        channel: "voice",
        title: id,
        startedAt: "2026-11-20T10:00:00.000Z",
        timeZone: null,
        source: { name: `${id}.wav`, sha256: id, bytes: 1, format: "" },
        durationMs,
        speechOptions: {},
      });
      store.transcripts.put(id, transcript);
    }
  });
  afterEach(async () => {
    store.close();
    await rm(root, { recursive: true, force: true });
  });

  it("are looked for once, and again only where a rule or the words changed", () => {
    store.categories.put(category("refund", { said: "refund" }), "person");
    expect(bringCategories(store, "a")).toBe(true);
    expect(bringCategories(store, "a")).toBe(false);
    expect(store.categories.of("a").get("refund")).toMatchObject({ outcome: "present", places: [{ wordIds: ["w0.1"] }] });
    expect(store.categories.conversations("refund", "present", 10)).toEqual(["a"]);

    // Another name is no other rule.
    store.categories.put(category("refund", { said: "refund" }, { description: "Money back" }), "person");
    expect(bringCategories(store, "a")).toBe(false);
    // A new rule is looked for; the other's result stays.
    store.categories.put(category("late", { said: "late" }), "person");
    expect(store.categories.missing("a", () => "").length).toBeGreaterThan(0);
    expect(bringCategories(store, "a")).toBe(true);
    expect([...store.categories.of("a").keys()].sort()).toEqual(["late", "refund"]);
    store.categories.put(category("refund", { said: "voucher" }), "person");
    expect(store.categories.of("a").has("refund")).toBe(false);
    bringCategories(store, "a");
    expect(store.categories.of("a").get("refund")?.outcome).toBe("absent");

    // Correcting lets go of all that was made of the words.
    publishRevision(store, "a");
    expect(store.categories.of("a").size).toBe(0);
    expect(store.categories.phrasesByConversation(null, null)).toEqual([]);
  });

  it("come up to date by themselves, and are counted as drivers", async () => {
    store.categories.putReadyMade(readyMade);
    const told: string[] = [];
    const categoriser = createCategoriser({ store, changed: (ids) => told.push(...ids), signal: new AbortController().signal });
    categoriser.sweep();
    await categoriser.settled();
    expect(told.sort()).toEqual(["a", "b"]);
    expect(store.categories.counts().get("complaint")).toEqual({ present: 0, absent: 2, unknown: 0 });
    expect(store.categories.phrasesByConversation(null, null)[0]?.terms).toEqual(["refund", "refund is late", "late"]);
  });

  it("count what is named beside what is said, when it has been read, and find its conversations", () => {
    const read = { name: "read", byTurn: () => null, entities: () => [{ type: "LOCATION", value: "Leeds" }] };
    store.categories.put(category("refund", { said: "refund" }, { name: "Late refunds" }), "person");
    expect(bringCategories(store, "a")).toBe(true);
    expect(store.categories.entitiesByConversation(null, null)[0]?.terms).toEqual([]);
    expect(bringCategories(store, "a", () => read)).toBe(true);
    expect(bringCategories(store, "a", () => read)).toBe(false);
    expect(store.categories.entitiesByConversation(null, null)[0]?.terms).toEqual(["LOCATION\tLeeds"]);
    expect(store.categories.phrasesByConversation(null, null)[0]?.terms).toEqual(["refund", "refund is late", "late"]);
    const found = (text: string) => store.library.list(api["library.list"].input.parse({ text })).rows.map(({ id }) => id);
    expect(found("about:leeds")).toEqual(["a"]);
    expect(found('about:"refund is late"')).toEqual(["a"]);
    expect(found('about:"refund is"')).toEqual([]);
    expect(found('category:"late refunds"')).toEqual(["a"]);
    expect(found("category:refund")).toEqual(["a"]);
    expect(found("lacks:refund")).toEqual([]);
    store.categories.put(category("refund", { said: "voucher" }), "person");
    bringCategories(store, "a", () => read);
    expect(found("lacks:refund")).toEqual(["a"]);
    expect(store.library.values("category", "", 5)).toEqual([]);
  });

  it("are tried a stretch of the library at a time, without keeping anything", async () => {
    const categoriser = createCategoriser({ store, changed: () => undefined, signal: new AbortController().signal });
    const handlers = categoryHandlers({ store, categoriser, changed: () => undefined });
    const ask = (more: object) =>
      handlers["category.try"](api["category.try"].input.parse({ rule: { said: "refund" }, ...more }));
    expect(await ask({})).toMatchObject({
      present: 2,
      looked: 2,
      of: 2,
      matches: [{ conversationId: "b" }, { conversationId: "a" }],
    });
    expect(await ask({ skip: 1 })).toMatchObject({ present: 1, looked: 1, of: 2, matches: [{ conversationId: "a" }] });
    expect(await ask({ skip: 2 })).toMatchObject({ present: 0, looked: 0, of: 2 });
    expect(await ask({ kind: "chat" })).toMatchObject({ present: 0, absent: 0, looked: 2 });
    expect(await ask({ conversationId: "a", limit: 1 })).toMatchObject({ present: 1, of: 1, matches: [{ conversationId: "a" }] });
    expect(store.categories.counts().size).toBe(0);
    const drivers = await handlers["drivers.list"](api["drivers.list"].input.parse({}));
    expect(drivers.periods).toEqual([{ startsAt: "2026-11-16T00:00:00.000Z", conversations: 2 }]);
    expect(api["drivers.list"].output.parse(drivers)).toEqual(drivers);
  });

  it("do not come back once a person has removed them", () => {
    store.categories.putReadyMade(readyMade);
    expect(store.categories.remove("greeting")).toBe(true);
    store.categories.put(category("empathy", { said: "there there" }), "person");
    store.categories.putReadyMade(readyMade);
    expect(store.categories.get("greeting")).toBeNull();
    expect(store.categories.get("empathy")?.category.rule).toEqual({ said: ["there there"] });
  });
});
