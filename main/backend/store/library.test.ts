import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readForm } from "../../../app/conformity/form-text.ts";
import { api } from "../../../app/contract/api.ts";
import type { Speaker } from "../../../app/conversation/search-query.ts";
import { libraryPaths } from "../library-paths.ts";
import type { LibrarySummary, NewConversation } from "./conversations.ts";
import { openStore, type Store } from "./store.ts";

let folder: string;
let store: Store;
let now: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "earmark-list-"));
  now = new Date(2026, 10, 21, 9).getTime();
  store = openStore(libraryPaths(folder), { clock: { now: () => now }, version: "0.1.0" });
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function added(
  title: string,
  more: Partial<NewConversation & LibrarySummary> & { turns?: number; said?: [Speaker, number, string][] } = {},
): string {
  now += 1_000;
  const { id } = store.conversations.insert({
    kind: "call",
    channel: "voice",
    title,
    source: { name: `${title}.wav`, sha256: title, bytes: 5, format: "WAV" },
    ...more,
  });
  store.conversations.summarise(id, {
    language: null,
    agent: null,
    customer: null,
    turns: 1,
    agentTalkShare: null,
    nonTalkMs: null,
    interruptions: 0,
    lacksWords: false,
    ...more,
  });
  const said = more.said ?? [];
  store.search.index(
    id,
    said.map(([role, startMs, text], index) => ({ id: `t${index}`, startMs, text, role })),
  );
  return id;
}

function titles(text: string, reviewer = "Me", more: object = {}): string[] {
  const answer = store.library.list(api["library.list"].input.parse({ text, ...more }), reviewer);
  expect(api["library.list"].output.parse(answer).total).toBe(answer.rows.length);
  return answer.rows.map((row) => row.title);
}

describe("words by whom and when", () => {
  it("finds what a customer said in the first minute, and shows that turn", () => {
    added("early", {
      said: [
        ["agent", 0, "Do you want to cancel?"],
        ["customer", 59_990, "I cancel my contract."],
      ],
    });
    added("late", { said: [["customer", 60_000, "I cancel my contract."]] });
    added("agent", { said: [["agent", 5_000, "I cancel my contract."]] });
    expect(titles('said:"cancel" by:customer before:60s')).toEqual(["early"]);
    expect(titles("said:cancel by:customer")).toEqual(["late", "early"]);
    expect(titles("cancel by:agent")).toEqual(["agent", "early"]);
    expect(titles("said:cancel by:customer after:60s")).toEqual(["late"]);
    expect(titles("said:cancel after:59.99s before:60s")).toEqual(["early"]);
    expect(titles('said:"my contract" -said:cancel')).toEqual([]);
    expect(titles("-said:cancel")).toEqual([]);
    const { rows } = store.library.list(api["library.list"].input.parse({ text: "said:cancel by:customer before:60s" }));
    expect(rows[0]?.hit).toMatchObject({ turnId: "t1", startMs: 59_990 });
  });

  it("wants the words of `said:` in one turn, and those of the box anywhere", () => {
    added("one", {
      said: [
        ["agent", 0, "my card"],
        ["agent", 9_000, "number"],
      ],
    });
    expect(titles('said:"card number"')).toEqual([]);
    expect(titles("card number")).toEqual(["one"]);
  });

  it("forgets what was said when it is indexed again, when a role changes and when it is deleted", () => {
    const id = added("one", { said: [["customer", 0, "cancel"]] });
    store.search.index(id, [{ id: "t0", startMs: 0, text: "cancel", role: "agent" }]);
    expect(titles("said:cancel by:customer")).toEqual([]);
    expect(titles("said:cancel by:agent")).toEqual(["one"]);
    store.conversations.remove([id]);
    added("two", { said: [["customer", 0, "hello"]] });
    expect(titles("said:cancel")).toEqual([]);
    expect(titles("said:hello by:customer")).toEqual(["two"]);
  });
});

describe("filters", () => {
  it("go by every column", () => {
    added("ann", {
      agent: "Ann Lee",
      customer: "Óscar",
      queue: "Billing",
      direction: "inbound",
      language: "en-GB",
      durationMs: 120_000,
      nonTalkMs: 60_000,
      agentTalkShare: 0.7,
      interruptions: 3,
      turns: 12,
      startedAt: new Date(2026, 0, 5, 0, 30).toISOString(),
    });
    added("joanna", { agent: "Joanna", channel: "chat", kind: "chat", language: "en", durationMs: 30_000, lacksWords: true });
    added("nobody", { language: "eng" });
    expect(titles("agent:ann")).toEqual(["joanna", "ann"]);
    expect(titles('agent="ann lee"')).toEqual(["ann"]);
    expect(titles("-agent:ann")).toEqual(["nobody"]);
    expect(titles("no:agent")).toEqual(["nobody"]);
    expect(titles("channel:chat OR queue:bill")).toEqual(["joanna", "ann"]);
    expect(titles("kind:chat")).toEqual(["joanna"]);
    expect(titles("direction:inbound")).toEqual(["ann"]);
    expect(titles("language:en")).toEqual(["joanna", "ann"]);
    expect(titles("duration>1m")).toEqual(["ann"]);
    expect(titles("duration:2:00")).toEqual(["ann"]);
    expect(titles("silence>40%")).toEqual(["ann"]);
    expect(titles("silence<=1m")).toEqual(["ann"]);
    expect(titles("talk:70%")).toEqual(["ann"]);
    expect(titles("interruptions:1..3 turns>=12")).toEqual(["ann"]);
    expect(titles("date:2026-01-05")).toEqual(["ann"]);
    expect(titles("date<2026-01-05")).toEqual([]);
    expect(titles("added:today").length).toBe(3);
    expect(titles("is:wordless")).toEqual(["joanna"]);
    expect(titles("file:anna.wav")).toEqual(["joanna"]);
    expect(titles("agent:100%")).toEqual([]);
  });

  it("go by tags, comments, corrections and reviews", () => {
    const a = added("a");
    const b = added("b");
    added("c");
    store.tags.set(a, ["Late", "VIP"], "Me");
    expect(titles("tag:late")).toEqual(["a"]);
    expect(titles("-tag:late")).toEqual(["c", "b"]);
    store.reviews.assign([b], "me", null, "Boss");
    store.reviews.open(a, "Me");
    store.reviews.finish(a, "Me", true);
    expect(titles("is:mine")).toEqual(["b"]);
    expect(titles("is:unread")).toEqual(["c", "b"]);
    expect(titles("is:reviewed")).toEqual(["a"]);
    expect(titles("assigned:me is:unreviewed")).toEqual(["b"]);
    const row = store.library.list(api["library.list"].input.parse({ text: "tag:vip" })).rows[0];
    expect(row).toMatchObject({ tags: ["Late", "VIP"], unread: false, corrected: false });
  });

  it("go by how it felt and what it was about, and sort by them with the unknown last", () => {
    const feel = (id: string, agent: number | null, customer: number | null, topic: string | null) =>
      store.conversations.putFigures(id, {
        agentSentiment: agent === null ? null : { score: agent, trend: "up", vendor: null },
        customerSentiment: customer === null ? null : { score: customer, trend: "down", vendor: "Post call analytics result" },
        topic: topic === null ? null : { name: topic, vendor: null },
      });
    feel(added("glad"), 3, 2.25, "Billing question");
    feel(added("cross"), 0.5, -2.1, "Cancellation");
    feel(added("tired"), -1, null, null);
    added("new");
    expect(titles("sentiment<0")).toEqual(["tired", "cross"]);
    expect(titles("customer-sentiment<0")).toEqual(["cross"]);
    expect(titles("customer-sentiment:-2.1")).toEqual(["cross"]);
    expect(titles("Agent-Sentiment:0..5")).toEqual(["cross", "glad"]);
    expect(titles("topic:billing")).toEqual(["glad"]);
    expect(titles("topic=cancellation")).toEqual(["cross"]);
    expect(titles("no:topic has:sentiment")).toEqual(["tired"]);
    expect(titles("-sentiment<0")).toEqual(["new", "glad"]);
    expect(titles("", "Me", { sortBy: "customerSentiment", direction: "ascending" })).toEqual(["cross", "glad", "tired", "new"]);
    expect(titles("", "Me", { sortBy: "topic", direction: "ascending" }).slice(0, 2)).toEqual(["glad", "cross"]);
    const { rows } = store.library.list(api["library.list"].input.parse({ text: "topic:cancel" }));
    expect(rows[0]).toMatchObject({
      agentSentiment: { score: 0.5, trend: "up", vendor: null },
      customerSentiment: { score: -2.1, trend: "down", vendor: "Post call analytics result" },
      topic: { name: "Cancellation", vendor: null },
    });
    expect(store.library.values("topic", "c", 10)).toEqual([{ value: "Cancellation", count: 1 }]);
  });

  it("say where a search cannot be understood", () => {
    expect(() => titles("refund channel:fax")).toThrow(
      expect.objectContaining({ code: "input-invalid", details: expect.objectContaining({ start: 7, end: 18 }) }),
    );
  });

  it("answer with the values of a field, and with all ids", () => {
    const a = added("a", { agent: "Ann" });
    const b = added("b", { agent: "Ann" });
    added("c", { agent: "Ben" });
    expect(store.library.values("agent", "", 10)).toEqual([
      { value: "Ann", count: 2 },
      { value: "Ben", count: 1 },
    ]);
    expect(store.library.ids("agent=Ann", 10)).toEqual([b, a]);
  });
});

describe("reviews", () => {
  it("wait for a person, what is due first, until they are finished", () => {
    const a = added("a");
    const b = added("b");
    const c = added("c");
    store.reviews.assign([a, c], "Me", null, "Boss");
    store.reviews.assign([b], "me", "2026-11-22T12:00:00.000Z", "Boss");
    expect(store.reviews.waiting("ME", 10).map((one) => one.conversationId)).toEqual([b, a, c]);
    expect(store.reviews.state(b, "Me")).toMatchObject({ next: a, waiting: 2, reason: { kind: "person" } });
    store.reviews.open(b, "Me");
    store.reviews.spend(b, "Me", 1_500);
    store.reviews.spend(b, "Me", 500);
    store.reviews.finish(b, "Me", true);
    expect(store.reviews.state(b, "Me")).toMatchObject({ assignee: null, spentMs: 2_000, next: a, waiting: 2 });
    expect(store.reviews.finishedSince("Me", now)).toEqual({ count: 1, spentMs: 2_000 });
    store.reviews.finish(b, "Me", false);
    expect(store.reviews.countWaiting("Me")).toBe(3);
    store.reviews.assign([a], null, null, "Boss");
    expect(store.reviews.countWaiting("Me")).toBe(2);
    expect(() => store.reviews.open("nobody", "Me")).toThrow(expect.objectContaining({ code: "not-found" }));
  });

  it("keep a drawing with its seed, and draw nothing twice", () => {
    const ids = ["a", "b", "c", "d"].map((title) => added(title, { agent: "Ann", durationMs: 10_000, nonTalkMs: 5_000 }));
    const plan = { kind: "random", search: "", size: 2 } as const;
    expect(store.reviews.candidates(ids)[0]).toMatchObject({ agent: "Ann", silenceShare: 0.5 });
    store.reviews.saveRun({
      name: "Two",
      plan,
      seed: "s",
      population: 4,
      picks: ids.slice(0, 2).map((id) => ({ id, reason: { kind: "random" } })),
      author: "Me",
      assignee: "Me",
      dueAt: null,
    });
    expect(store.reviews.candidates(ids).map(({ id }) => id)).toEqual(ids.slice(2));
    store.reviews.finish(ids[0] ?? "", "Me", true);
    expect(store.reviews.runs(5)).toMatchObject([{ name: "Two", seed: "s", population: 4, plan, chosen: 2, reviewed: 1 }]);
    store.conversations.remove(ids.slice(0, 1));
    expect(store.reviews.runs(5)).toMatchObject([{ chosen: 1 }]);
  });

  it("tell what goes with a deletion", () => {
    const a = added("a", { durationMs: 1_000 });
    store.jobs.add(a, ["probe"], now);
    expect(store.reviews.deletion([a, "nobody"])).toEqual({
      conversations: 1,
      calls: 1,
      originalBytes: 5,
      durationMs: 1_000,
      corrections: 0,
      comments: 0,
      bookmarks: 0,
      reviews: 0,
      inWork: 1,
      titles: ["a"],
    });
  });
});

describe("scores in the list", () => {
  const formText = (id: string) =>
    `schema: earmark-checklist/1\nid: ${id}\nversion: 1\ntitle: ${id}\nsections:\n  - id: s\n    title: S\n    questions:\n      - { id: q, type: yes-no, ask: "So?" }\n`;
  const judged = (conversationId: string, formId: string, percent: number, stale = 0): string => {
    const { id } = store.evaluations.add({ conversationId, formId, formVersion: 1, stage: "machine" });
    store.evaluations.change(id, { percent, lowest: percent - 10, highest: percent, stale });
    return id;
  };
  beforeEach(() => {
    for (const id of ["one", "two"]) store.checklists.put(readForm(formText(id)), formText(id), "person");
  });

  it("are those of the evaluation that a person worked on last, and follow it in the same moment", () => {
    const a = added("a");
    const first = judged(a, "one", 92);
    const second = judged(a, "two", 40, 1);
    const shown = () => store.library.list(api["library.list"].input.parse({ text: "" })).rows[0]?.evaluation;
    expect(shown()).toMatchObject({ form: "one", stage: "machine", percent: 92, lowest: 82, highest: 92, stale: 0 });
    store.evaluations.change(second, { stage: "draft" });
    expect(shown()).toMatchObject({ form: "two", stage: "draft", percent: 40, stale: 1 });
    store.evaluations.remove(second);
    expect(shown()).toMatchObject({ form: "one" });
    store.evaluations.remove(first);
    expect(shown()).toBeNull();
    store.conversations.remove([a]);
  });

  it("are searched for by the checklist that is named, else by the one shown, and sorted", () => {
    judged(added("good"), "one", 95);
    const both = added("both");
    store.evaluations.change(judged(both, "one", 90), { stage: "submitted" });
    judged(both, "two", 50, 2);
    judged(added("bad"), "two", 30);
    added("nobody");
    expect(titles("score<80")).toEqual(["bad"]);
    expect(titles("score<80 form:two")).toEqual(["bad", "both"]);
    expect(titles("score:90 form:one")).toEqual(["both"]);
    expect(titles("stale:yes form:two")).toEqual(["both"]);
    expect(titles("stale:yes")).toEqual([]);
    expect(titles("review:submitted")).toEqual(["both"]);
    expect(titles("-form:one")).toEqual(["nobody", "bad"]);
    expect(titles("", "Me", { sortBy: "score", direction: "ascending" })).toEqual(["bad", "both", "good", "nobody"]);
    expect(titles("", "Me", { sortBy: "review", direction: "descending" })[0]).toBe("both");
    expect(store.library.values("form", "o", 5)).toEqual([
      { value: "one", count: 2 },
      { value: "two", count: 2 },
    ]);
  });
});

describe("saved views", () => {
  it("are kept by name, whatever the case, and one name is one view", () => {
    const look = { text: "tag:late", sortBy: "title", direction: "ascending", columns: [{ name: "title", width: 200 }] } as const;
    const id = store.views.save(null, "Late", { ...look, columns: [...look.columns] });
    expect(() => store.views.save(null, "late", { ...look, columns: [] })).toThrow(expect.objectContaining({ code: "conflict" }));
    store.views.save(id, "Later", { ...look, columns: [] });
    expect(store.views.list()).toEqual([{ id, name: "Later", value: { ...look, columns: [] } }]);
    store.views.remove(id);
    expect(store.views.get(id)).toBeNull();
  });
});
