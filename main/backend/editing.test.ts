import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CallInput, CallOutput } from "../../app/contract/api.ts";
import type { AnchorInput } from "../../app/conversation/anchors.ts";
import { shortCall, spoken } from "../../app/conversation/call.test-data.ts";
import type { Operation } from "../../app/conversation/operations.ts";
import { type EditingLibrary, openLibrary } from "./editing-library.test-process.ts";
import { publishRevision } from "./pipeline/revision.ts";

let folder: string;
let library: EditingLibrary;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "earmark-editing-"));
  library = openLibrary(folder);
});
afterEach(() => {
  library.store.close();
  rmSync(folder, { recursive: true, force: true });
});

const reopen = (): void => {
  library.store.close();
  library = openLibrary(folder);
};
const correct = (operation: Operation, more: Partial<CallInput<"conversation.correct">> = {}) =>
  library.call("conversation.correct", { id: "call", operation, ...more });
const texts = ({ conversation }: { conversation: CallOutput<"conversation.get">["conversation"] }) =>
  conversation.turns.map((turn) => turn.text);
const elm: Operation = { kind: "retext-words", wordIds: ["t2e"], text: "Oak" };
const hide: Operation = { kind: "redact", target: { kind: "words", wordIds: ["t2d", "t2e", "t2f"] }, label: "address" };
const author = (reviewer: string) => library.store.settings.set({ reviewer });

describe("corrections", () => {
  it("are taken back and made again in any number, over a restart, and change figures and search at once", async () => {
    const before = await library.call("conversation.undo", { id: "call" });
    expect([before.undo, before.redo, before.operations]).toEqual([null, null, []]);
    author("Ann");
    const first = await correct({ kind: "reassign-turn", turnId: "t3", participantId: "p2" });
    expect(first.undo).toMatchObject({ kind: "reassign-turn", author: "Ann", operations: 1 });
    const talk = (view: typeof first) => view.conversation.measures.participants.map(({ talkMs }) => talkMs);
    expect(talk(before)).toEqual([2_000, 1_400]);
    expect(talk(first)).toEqual([1_400, 2_000]);
    await correct(elm);
    const found = (text: string) => library.store.search.hits("call", text).length;
    expect([found("Oak"), found("Elm")]).toEqual([1, 0]);
    expect(library.events.map(({ name }) => name)).toContain("conversation.changed");

    reopen();
    expect(texts(await library.call("conversation.undo", { id: "call" }))[1]).toContain("Elm");
    expect([found("Oak"), found("Elm")]).toEqual([0, 1]);
    await library.call("conversation.undo", { id: "call" });
    reopen();
    await library.call("conversation.redo", { id: "call" });
    const again = await library.call("conversation.redo", { id: "call" });
    expect([texts(again)[1], again.redo]).toEqual(["I live at nine Oak Street now", null]);
    expect(talk(again)).toEqual([1_400, 2_000]);

    const machine = await library.call("conversation.machine", { id: "call" });
    expect(machine.conversation.turns).toEqual(shortCall().turns);
    const back = await library.call("conversation.restoreMachine", { id: "call" });
    expect(back.conversation.turns).toEqual(shortCall().turns);
    const { changes } = await library.call("conversation.history", { id: "call" });
    expect(changes.map(({ state, operations }) => [state, operations[0]?.kind])).toEqual([
      ["undone", "reassign-turn"],
      ["undone", "retext-words"],
    ]);
    // Which can be taken back as well: what was made first comes back first.
    expect(talk(await library.call("conversation.redo", { id: "call" }))).toEqual([1_400, 2_000]);
  });

  it("of many words at once are one change, and none is made when one cannot be", async () => {
    const operations: Operation[] = [elm, { kind: "retext-turn", turnId: "t4", text: "Anything more" }];
    const after = await library.call("conversation.correctAll", { id: "call", operations });
    expect(after.undo).toMatchObject({ kind: "retext-words", operations: 2 });
    expect(texts(await library.call("conversation.undo", { id: "call" }))).toEqual(
      texts({ conversation: (await library.call("conversation.machine", { id: "call" })).conversation }),
    );
    const broken: Operation[] = [...operations, { kind: "retext-words", wordIds: ["ghost"], text: "x" }];
    await expect(library.call("conversation.correctAll", { id: "call", operations: broken })).rejects.toMatchObject({
      code: "input-invalid",
      details: { reason: "word-unknown", operation: 2 },
    });
    expect(library.store.operations.list("call")).toEqual([]);
  });

  it("that change nothing are not recorded, and those of nothing are refused", async () => {
    await correct({ kind: "set-role", participantId: "p1", role: "agent" });
    const { operations } = await correct({ kind: "set-role", participantId: "p1", role: "agent" });
    expect(operations).toHaveLength(1);
    expect((await correct({ kind: "retext-turn", turnId: "t4", text: "Anything  else" })).operations).toHaveLength(1);
    await expect(library.call("conversation.correct", { id: "ghost", operation: elm })).rejects.toMatchObject({
      code: "not-found",
    });
  });

  it("made in two windows go together where they touch nothing of one another, and conflict where they do", async () => {
    const { revision } = await library.call("conversation.undo", { id: "call" });
    const first = await correct(elm, { revision });
    const second = await correct({ kind: "retext-words", wordIds: ["t2a"], text: "We" }, { revision });
    expect(texts(second)[1]).toBe("We live at nine Oak Street now");
    await expect(correct(elm, { revision })).rejects.toMatchObject({ code: "conflict", details: { revision: second.revision } });
    const third: Operation = { kind: "retext-words", wordIds: ["t2a"], text: "They" };
    await expect(correct(third, { revision: first.revision })).rejects.toMatchObject({ code: "conflict" });
    await expect(correct(elm, { revision: second.revision })).rejects.toMatchObject({ details: { reason: "word-unknown" } });
    // What was taken back meanwhile is as if it had not been.
    await library.call("conversation.undo", { id: "call" });
    const undone = await library.call("conversation.undo", { id: "call" });
    expect(texts(await correct(elm, { revision: undone.revision }))[1]).toContain("Oak");
    await expect(correct(elm, { revision: "something else" })).rejects.toMatchObject({ code: "conflict" });
  });

  it("made on another hearing stay in the history, and what they hid stays hidden", async () => {
    await correct({ kind: "retext-words", wordIds: ["t2a"], text: "They" });
    await correct(hide);
    await correct({ kind: "rename-speaker", participantId: "p1", name: "Sue" });
    library.store.transcripts.put("call", shortCall({ turns: [spoken("w1", "p2", 2_000, "We live at nine Elm Street now")] }));
    publishRevision(library.store, "call");
    const view = await library.call("conversation.correct", {
      id: "call",
      operation: { kind: "set-role", participantId: "p2", role: "customer" },
    });
    // What hides is carried over; what was written is not.
    expect([texts(view), view.leftBehind]).toEqual([["We live at [address] now"], 1]);
    expect(view.conversation.participants[0]?.name).toBe("Sue");
    expect(library.store.search.hits("call", "Elm")).toEqual([]);
    const { changes } = await library.call("conversation.history", { id: "call" });
    expect(changes.map(({ state }) => state)).toEqual(["left-behind", "left-behind", "holds", "holds"]);
    // Undo passes over what has no effect here, and comes to what is hidden.
    const kinds: (string | undefined)[] = [];
    for (let { undo } = view; undo !== null; { undo } = await library.call("conversation.undo", { id: "call" }))
      kinds.push(undo.kind);
    expect(kinds).toEqual(["set-role", "rename-speaker", "redact"]);
    expect(texts(await library.call("conversation.machine", { id: "call" }))).toEqual(["We live at nine Elm Street now"]);
  });
});

describe("corrections of an earlier hearing", () => {
  const leftBehind = async () => (await library.call("correction.leftBehind", { id: "call" })).changes;
  beforeEach(async () => {
    author("Ann");
    await correct(elm);
    await correct({ kind: "reassign-turn", turnId: "t3", participantId: "p2" });
    await correct({ kind: "retime-word", wordId: "t1a", startMs: 0, endMs: 100 });
    library.store.transcripts.put("call", shortCall({ turns: [spoken("n", "p2", 2_000, "I live at nine helm Street now")] }));
    publishRevision(library.store, "call");
  });

  it("are listed with when they were made, what stands there now, and whether they can be made on it", async () => {
    const [oak, given, moved] = await leftBehind();
    expect(oak).toMatchObject({
      author: "Ann",
      place: { startMs: 2_800, endMs: 3_000 },
      now: "helm",
      wordIds: ["ne"],
      fits: true,
    });
    expect([given?.now, given?.fits, moved?.fits]).toEqual(["", false, false]);
    expect((await library.call("conversation.undo", { id: "call" })).leftBehind).toBe(3);
  });

  it("are made again on what stands there now, which undo takes back", async () => {
    const [oak] = await leftBehind();
    const after = await library.call("correction.again", { id: "call", changeId: oak?.changeId ?? "" });
    expect([texts(after), after.leftBehind]).toEqual([["I live at nine Oak Street now"], 2]);
    expect(texts(await library.call("conversation.undo", { id: "call" }))).toEqual(["I live at nine helm Street now"]);
    await expect(library.call("correction.again", { id: "call", changeId: oak?.changeId ?? "" })).rejects.toMatchObject({
      code: "not-found",
    });
  });

  it("are let go of one by one and stay in the history; one that cannot be made says so", async () => {
    const [, given, moved] = await leftBehind();
    await expect(library.call("correction.again", { id: "call", changeId: moved?.changeId ?? "" })).rejects.toMatchObject({
      code: "input-invalid",
      details: { reason: "word-unknown" },
    });
    expect((await library.call("correction.dismiss", { id: "call", changeId: given?.changeId ?? "" })).leftBehind).toBe(2);
    reopen();
    const { changes } = await library.call("conversation.history", { id: "call" });
    expect(changes.map(({ state }) => state)).toEqual(["left-behind", "undone", "left-behind"]);
  });

  it("that also hide something cannot be let go of: it stays hidden", async () => {
    const operations: Operation[] = [
      { kind: "retext-words", wordIds: ["na"], text: "We" },
      { kind: "redact", target: { kind: "words", wordIds: ["nd", "ne"] }, label: "address" },
    ];
    await library.call("conversation.correctAll", { id: "call", operations });
    library.store.transcripts.put("call", shortCall({ turns: [spoken("m", "p2", 2_000, "I live at nine Elm Street now")] }));
    publishRevision(library.store, "call");
    const both = (await leftBehind()).find(({ hides }) => hides);
    expect(both?.fits).toBe(false);
    await expect(library.call("correction.dismiss", { id: "call", changeId: both?.changeId ?? "" })).rejects.toMatchObject({
      code: "not-allowed",
    });
    expect(texts(await library.call("conversation.undo", { id: "call" }))[0]).not.toContain("[address] Elm");
  });
});

describe("what is hidden by hand", () => {
  it("is in no answer, no search and no export, is muted, and comes back when it is taken back", async () => {
    await correct({ kind: "retext-words", wordIds: ["t2e"], text: "Chestnut" });
    const { thread } = await library.call("comment.add", {
      conversationId: "call",
      anchor: { kind: "words", wordIds: ["t2d", "t2f"] },
      body: "Is this read back?",
    });
    expect(thread.anchor?.quote).toBe("nine Chestnut Street");
    const words = library.store.operations.list("call").map(({ id }) => `${id}.0`);
    const view = await correct({
      kind: "redact",
      target: { kind: "words", wordIds: ["t2d", ...words, "t2f"] },
      label: "address",
    });
    expect(texts(view)[1]).toBe("I live at [address] now");
    expect(view.muted.some((span) => span.startMs <= 2_600 && span.endMs >= 3_200)).toBe(true);
    const all = [
      view,
      await library.call("conversation.machine", { id: "call" }),
      await library.call("conversation.history", { id: "call" }),
      await library.call("comment.list", { conversationId: "call" }),
      library.store.search.hits("call", "live"),
    ];
    expect(JSON.stringify(all)).not.toMatch(/Chestnut|Elm/u);
    expect(library.store.search.hits("call", "Chestnut")).toEqual([]);
    // Going back to what the machine heard uncovers nothing.
    expect(texts(await library.call("conversation.restoreMachine", { id: "call" }))[1]).toContain("[address]");
    // Not even making again what was typed before it.
    const redone = await library.call("conversation.redo", { id: "call" });
    expect(texts(redone)[1]).toBe("I live at [address] now");
    expect(JSON.stringify([redone, await library.call("conversation.history", { id: "call" })])).not.toMatch(/Chestnut/u);
    await library.call("conversation.undo", { id: "call" });
    expect(texts(await library.call("conversation.undo", { id: "call" }))[1]).toBe("I live at nine Elm Street now");
  });

  it("in a message stays hidden when the message is written as it was", async () => {
    library.store.transcripts.put("call", shortCall({ turns: [{ ...spoken("m", "p1", 0, "I am Sue Smith"), words: [] }] }));
    await correct({ kind: "retext-turn", turnId: "m", text: "Well, I am Sue Smith, hello" });
    const target = { kind: "text", turnId: "m", start: 11, end: 20 } as const;
    expect(texts(await correct({ kind: "redact", target, label: "name" }))).toEqual(["Well, I am [name], hello"]);
    expect(texts(await library.call("conversation.restoreMachine", { id: "call" }))).toEqual(["[name]"]);
    const { changes } = await library.call("conversation.history", { id: "call" });
    expect(JSON.stringify(changes)).not.toMatch(/Smith/u);
  });

  it("is what a person typed too: no card number reaches the disk", async () => {
    const number = "4111 1111 1111 1111";
    await correct({ kind: "retext-words", wordIds: ["t2d"], text: number });
    await library.call("draft.save", { conversationId: "call", place: "turn:t1", text: `card ${number}` });
    await library.call("comment.add", { conversationId: "call", anchor: null, body: `The card is ${number}` });
    await library.call("bookmark.add", { conversationId: "call", anchor: { kind: "time", startMs: 0, endMs: 9 }, label: number });
    expect((await library.call("draft.list", { conversationId: "call" })).drafts[0]?.text).toBe("card [card number]");
    library.store.close();
    for (const name of readdirSync(folder).filter((entry) => entry.startsWith("library.sqlite")))
      expect(readFileSync(join(folder, name)).includes("1111")).toBe(false);
    library = openLibrary(folder);
  });
});

describe("longer texts", () => {
  const keep = (of: "checklist" | "category", id: string, text: string) => library.call("draft.keepText", { of, id, text });

  it("that are being written and not saved are kept by their kind, and let go of", async () => {
    await keep("checklist", "late", "schema: ear");
    await keep("checklist", "+new", "id: b");
    await keep("category", "late", "id: late");
    await keep("checklist", "late", "schema: earmark");
    reopen();
    expect(await library.call("draft.texts", { of: "checklist" })).toEqual({
      drafts: [
        { id: "+new", text: "id: b" },
        { id: "late", text: "schema: earmark" },
      ],
    });
    await keep("checklist", "late", "");
    expect((await library.call("draft.texts", { of: "checklist" })).drafts).toHaveLength(1);
    expect((await library.call("draft.texts", { of: "category" })).drafts).toEqual([{ id: "late", text: "id: late" }]);
  });
});

describe("comments", () => {
  const put = (body: string) =>
    library.call("comment.add", {
      conversationId: "call",
      anchor: { kind: "words", wordIds: ["t2e"] },
      body,
      draft: "comment:new",
    });
  const listed = async () => (await library.call("comment.list", { conversationId: "call" })).threads;

  it("are answered, mention roles, are settled and opened again, and follow their words", async () => {
    author("Ann");
    await library.call("draft.save", { conversationId: "call", place: "comment:new", text: "Check" });
    const { thread } = await put("Check, @compliance");
    expect((await library.call("draft.list", { conversationId: "call" })).drafts).toEqual([]);
    author("Ben");
    await library.call("comment.reply", { threadId: thread.id, body: "Done" });
    await library.call("comment.resolve", { threadId: thread.id });
    reopen();
    expect(await listed()).toMatchObject([
      {
        anchor: { state: "same", quote: "Elm" },
        comments: [
          { author: "Ann", own: false, mentions: ["compliance"] },
          { author: "Ben", own: true, mentions: [] },
        ],
        resolved: { by: "Ben" },
      },
    ]);
    await correct(elm);
    await correct({ kind: "split-turn", turnId: "t2", at: { kind: "word", wordId: "t2d" } });
    expect((await listed())[0]?.anchor).toMatchObject({ state: "changed", quote: "Elm", text: "Oak" });
    expect((await library.call("comment.reopen", { threadId: thread.id })).thread.resolved).toBeNull();
  });

  it("are changed and deleted by who wrote them alone; an answered one leaves its place", async () => {
    author("Ann");
    const { thread } = await put("First");
    author("Ben");
    const { thread: answered } = await library.call("comment.reply", { threadId: thread.id, body: "Second" });
    await expect(library.call("comment.edit", { id: thread.id, body: "x" })).rejects.toMatchObject({ code: "not-allowed" });
    await expect(library.call("comment.delete", { id: thread.id })).rejects.toMatchObject({ code: "not-allowed" });
    author("Ann");
    const edited = await library.call("comment.edit", { id: thread.id, body: "First, @supervisor" });
    expect(edited.thread.comments[0]).toMatchObject({ body: "First, @supervisor", mentions: ["supervisor"] });
    expect(edited.thread.comments[0]?.editedAt).not.toBeNull();
    const left = await library.call("comment.delete", { id: thread.id });
    expect(left.thread?.comments.map(({ body, deleted }) => [body, deleted])).toEqual([
      ["", true],
      ["Second", false],
    ]);
    await expect(library.call("comment.edit", { id: thread.id, body: "x" })).rejects.toMatchObject({ code: "not-found" });
    author("Ben");
    const second = answered.comments[1]?.id ?? "";
    expect((await library.call("comment.delete", { id: second })).thread).toBeNull();
    expect(await listed()).toEqual([]);
    await expect(library.call("comment.reply", { threadId: thread.id, body: "x" })).rejects.toMatchObject({ code: "not-found" });
  });

  it("and bookmarks on what is not there are refused", async () => {
    const anchor: AnchorInput = { kind: "words", wordIds: ["ghost"] };
    await expect(library.call("comment.add", { conversationId: "call", anchor, body: "x" })).rejects.toMatchObject({
      code: "input-invalid",
      details: { reason: "word-unknown" },
    });
    await expect(library.call("bookmark.add", { conversationId: "ghost", anchor })).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("bookmarks and tags", () => {
  it("are kept, renamed and taken away", async () => {
    const { bookmark } = await library.call("bookmark.add", {
      conversationId: "call",
      anchor: { kind: "words", wordIds: ["t2e"] },
      label: "Street",
    });
    await correct(elm);
    await library.call("bookmark.rename", { id: bookmark.id, label: "Address" });
    const { bookmarks } = await library.call("bookmark.list", { conversationId: "call" });
    expect(bookmarks).toMatchObject([{ label: "Address", anchor: { state: "changed", text: "Oak" } }]);
    await library.call("bookmark.delete", { id: bookmark.id });
    expect((await library.call("bookmark.list", { conversationId: "call" })).bookmarks).toEqual([]);
    await expect(library.call("bookmark.rename", { id: bookmark.id, label: "x" })).rejects.toMatchObject({ code: "not-found" });
  });

  it("of one name are one tag, counted over the library, changed over many conversations, and gone with them", async () => {
    library.store.conversations.insert({
      id: "other",
      kind: "chat",
      channel: "chat",
      title: "A chat",
      source: { name: "b", sha256: "b", bytes: 1, format: "" },
    });
    expect((await library.call("tag.set", { conversationId: "call", tags: ["Refund", "vip", "refund"] })).tags).toEqual([
      "Refund",
      "vip",
    ]);
    await library.call("tag.change", { conversationIds: ["call", "other", "ghost"], add: ["REFUND", "due"], remove: ["VIP"] });
    const counts = async () => (await library.call("tag.list", {})).tags.map(({ name, count }) => `${name} ${count}`);
    expect(await counts()).toEqual(["due 2", "Refund 2"]);
    expect((await correct(elm)).tags).toEqual(["due", "Refund"]);
    await library.call("tag.rename", { name: "due", to: "refund" });
    expect(await counts()).toEqual(["Refund 2"]);
    library.store.conversations.remove(["other"]);
    expect(await counts()).toEqual(["Refund 1"]);
    await library.call("tag.rename", { name: "refund", to: "" });
    expect(await counts()).toEqual([]);
    await expect(library.call("tag.set", { conversationId: "ghost", tags: [] })).rejects.toMatchObject({ code: "not-found" });
  });
});

describe.skipIf(process.platform === "win32")("a process that is killed between corrections", () => {
  it("has lost none that it was promised, and at most the word being typed", async () => {
    library.store.close();
    const script = join(import.meta.dirname, "editing-library.test-process.ts");
    let promised = -1;
    let kills = 0;
    for (const lines of [5, 14]) {
      const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", script, folder], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let told = "";
      child.stdout.on("data", (chunk: Buffer) => {
        told += chunk.toString();
        if (told.split("\n").length > lines) child.kill("SIGKILL");
      });
      const [, signal] = (await once(child, "close")) as [number | null, string | null];
      expect(signal).toBe("SIGKILL");
      kills += 1;
      const done = [...told.matchAll(/^done (\d+)$/gmu)].map((match) => Number(match[1]));
      const typed = [...told.matchAll(/^draft (\d+)$/gmu)].map((match) => Number(match[1])).at(-1) ?? -1;
      promised = Math.max(promised, ...done);

      library = openLibrary(folder);
      expect(library.store.notices.list()).toEqual([]);
      const names = library.store.operations.list("call").map(({ operation }) => ("name" in operation ? operation.name : ""));
      // One may be taken back for a moment, between its undo and its redo; one more may be there than was told.
      const withdrawn = /undone\n$/u.test(told) || names.length === promised ? 1 : 0;
      expect(names.length).toBeGreaterThanOrEqual(promised + 1 - withdrawn);
      expect(names).toEqual(names.map((_, index) => `Name ${index}`));
      const { drafts } = await library.call("draft.list", { conversationId: "call" });
      const kept = drafts[0]?.text ?? `typing ${names.length - 1 + withdrawn}`;
      expect(Number(kept.slice("typing ".length))).toBeGreaterThanOrEqual(typed);
      // What is shown is what was recorded.
      const { conversation } = await library.call("conversation.machine", { id: "call" });
      expect(conversation.turns).toHaveLength(4);
      if (withdrawn === 1) await library.call("conversation.redo", { id: "call" });
      library.store.close();
    }
    expect(kills).toBe(2);
    library = openLibrary(folder);
  }, 60_000);
});
