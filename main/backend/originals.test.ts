import { existsSync, readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CallOutput, exportFormats } from "../../app/contract/api.ts";
import { formatHolds } from "../../app/formats/export.ts";
import { defaultSealingPolicy } from "../../app/insight/originals.ts";
import { everythingMasked } from "../../app/insight/redaction-policy.ts";
import { exportedText } from "./exported-text.test-data.ts";
import { type OpenedLibrary, openLibrary } from "./pipeline/opened-library.test-data.ts";
import { forThisSession } from "./secret-keeper.ts";

const day = 24 * 60 * 60 * 1_000;
const begun = Date.UTC(2026, 10, 21, 9);
let now: number;
let library: OpenedLibrary;
const clock = { now: () => now };

/** Keeps what it is given over every opening, as a keychain does. */
const keychain = () => {
  const kept = new Map<string, string>();
  return {
    kept,
    get: async (name: string) => kept.get(name) ?? null,
    set: async (name: string, value: string) => void kept.set(name, value),
    remove: async (name: string) => void kept.delete(name),
  };
};
let secrets: ReturnType<typeof keychain>;

beforeEach(async () => {
  now = begun;
  secrets = keychain();
  library = await openLibrary({ clock, secrets });
  await library.call("settings.set", { redaction: everythingMasked, reviewer: "Ann" });
});
afterEach(() => library.close());

const chat = [
  "Agent: Who am I speaking with?",
  "Customer: Ottoline Braithwaite",
  "Agent: Your card number?",
  "Customer: 4012 8888 8888 1881, security code 739, and my email is o.braith@tangerine.example",
  "Agent: Your account?",
  "Customer: account number 73920185",
  "Agent: What is your PIN?",
  "Customer: my PIN is 8264",
].join("\n");

/** A call with a time for each word, as Amazon Transcribe writes one. */
const spoken = (() => {
  const said = [
    ["spk_0", "Who am I speaking with?"],
    ["spk_1", "My name is Ottoline Braithwaite and my account number is 73920185 thanks"],
  ] as const;
  let at = 0;
  const items = said.flatMap(([speaker, text]) =>
    text.split(" ").map((content) => {
      at += 0.5;
      return {
        type: "pronunciation",
        start_time: String(at),
        end_time: String(at + 0.4),
        speaker_label: speaker,
        alternatives: [{ confidence: "0.99", content }],
      };
    }),
  );
  const segments = said.map(([speaker_label]) => {
    const own = items.filter((item) => item.speaker_label === speaker_label);
    const [first = { start_time: "0" }] = own;
    return { speaker_label, start_time: first.start_time, end_time: own.at(-1)?.end_time ?? "0", items: own };
  });
  return JSON.stringify({
    jobName: "j",
    accountId: "1",
    status: "COMPLETED",
    results: {
      transcripts: [{ transcript: said.map(([, text]) => text).join(" ") }],
      speaker_labels: { speakers: 2, segments },
      items,
    },
  });
})();

async function bring(text: string, name: string): Promise<string> {
  const path = join(library.folder, name);
  await writeFile(path, text);
  const result = await library.bring(path);
  if (result?.conversationId == null) throw new Error(JSON.stringify(result));
  expect((await library.settled(result.conversationId)).state).toBe("done");
  return result.conversationId;
}
const list = async (conversationId: string) => (await library.call("original.list", { conversationId })).originals;
const texts = ({ conversation }: CallOutput<"conversation.get">) => conversation.turns.map(({ text }) => text).join("\n");
const get = (id: string) => library.call("conversation.get", { id });

/** Files of the library, the imported file aside, in which a text can be read. */
function readable(...wanted: string[]): string[] {
  return readdirSync(join(library.folder, "library"), { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || path.includes(`${sep}originals${sep}`)) return [];
    const bytes = readFileSync(path);
    const found = wanted.filter((one) =>
      [one, Buffer.from(one, "utf16le"), Buffer.from(one).toString("base64").slice(0, -4)].some((form) => bytes.includes(form)),
    );
    return found.map((one) => `${entry.name}: ${one}`);
  });
}

describe("what rules have hidden", () => {
  it("is sealed where the policy lets it be, and can be read in no file of the library", async () => {
    const id = await bring(chat, "chat.txt");
    const originals = await list(id);
    expect(originals.flatMap(({ types }) => types).sort()).toEqual(["bank-account", "email", "name"]);
    expect(new Set(originals.map(({ until }) => until))).toEqual(new Set(["2026-12-21"]));
    expect(secrets.kept.size).toBe(1);
    const said = ["Ottoline", "Braithwaite", "tangerine", "73920185", "4012 8888", "8264", "739,"];
    expect(existsSync(join(library.folder, "library", "library.sqlite-wal"))).toBe(true);
    expect(readable(...said)).toEqual([]);

    await library.call("original.restore", { conversationId: id, ids: originals.map((one) => one.id), reason: "A complaint" });
    expect(readable(...said)).toEqual([]);
    await library.backend.close();
    expect(readable(...said)).toEqual([]);
  });

  it("comes back on the page alone, with a reason, and goes again by undo or by hand", async () => {
    const id = await bring(chat, "chat.txt");
    const masked = texts(await get(id));
    const [name, email] = await list(id);
    const view = await library.call("original.restore", { conversationId: id, ids: [name?.id ?? ""], reason: "To call back" });
    expect(texts(view)).toContain("Ottoline Braithwaite");
    expect(texts(view)).not.toContain("tangerine");
    expect(view.undo).toMatchObject({ kind: "restore", author: "Ann", operations: 1 });
    const { changes } = await library.call("conversation.history", { id });
    expect(changes.at(-1)).toMatchObject({
      author: "Ann",
      at: new Date(begun).toISOString(),
      operations: [{ kind: "restore", reason: "To call back" }],
    });
    expect((await list(id)).map(({ restored }) => restored)).toEqual([true, false, false]);
    expect((await library.call("library.list", { text: "Ottoline" })).total).toBe(0);
    const { kind } = (await get(id)).conversation;
    for (const format of exportFormats.filter((one) => formatHolds(one, kind))) {
      expect(exportedText(await library.call("conversation.export", { id, format })), format).not.toContain("Ottoline");
      expect((await library.call("conversation.exportPreview", { id, format })).lines.join("\n")).not.toContain("Ottoline");
    }

    await library.call("original.restore", {
      conversationId: id,
      ids: [name?.id ?? "", email?.id ?? ""],
      reason: "To write back, to 4012 8888 8888 1881",
    });
    expect(texts(await get(id))).toContain("o.braith@tangerine.example");
    expect((await library.call("conversation.history", { id })).changes.at(-1)?.operations[0]).toMatchObject({
      reason: "To write back, to [card number]",
    });
    const covered = await library.call("original.cover", { conversationId: id, ids: [name?.id ?? ""] });
    expect(texts(covered)).not.toContain("Ottoline");
    expect(texts(covered)).toContain("tangerine");
    await library.call("conversation.undo", { id });
    expect(texts(await get(id))).toBe(masked);
  });

  it("comes back word by word, where a call has words, and stays what a person makes of it", async () => {
    const id = await bring(spoken, "call.json");
    const masked = texts(await get(id));
    expect(masked).not.toMatch(/Ottoline|73920185/u);
    const [name] = await list(id);
    const ids = [name?.id ?? ""];
    const view = await library.call("original.restore", { conversationId: id, ids, reason: "Checking the name" });
    expect(texts(view)).toContain("My name is Ottoline Braithwaite and my account number is [bank account] thanks");
    const word = view.conversation.turns.flatMap((turn) => turn.words).find(({ text }) => text === "Ottoline");
    expect(word).toMatchObject({ restored: name?.id });
    expect(word?.redaction).toBeUndefined();
    // What is brought back is not for writing over, and can be hidden by hand.
    const wordIds = [...(name?.wordIds ?? [])];
    await expect(
      library.call("conversation.correct", { id, operation: { kind: "retext-words", wordIds, text: "Jane" } }),
    ).rejects.toMatchObject({ code: "input-invalid" });
    await library.call("conversation.correct", {
      id,
      operation: { kind: "redact", target: { kind: "words", wordIds }, label: "person", reason: "Not needed" },
    });
    expect(texts(await get(id))).toContain("My name is [person] and");
    await library.call("conversation.undo", { id });
    expect(texts(await get(id))).toContain("Ottoline Braithwaite");
    // What is being typed with it before the eyes is not kept with it.
    await library.call("draft.save", { conversationId: id, place: "turn:t2", text: "It was Ottoline Braithwaite, I think" });
    expect((await library.call("draft.list", { conversationId: id })).drafts[0]?.text).toBe("It was [name], I think");
    // Nobody brings anything back by another door.
    const operation = { kind: "restore" as const, originals: [{ id: "x", turnId: "t", wordIds }], reason: "why" };
    await expect(library.call("conversation.correct", { id, operation })).rejects.toMatchObject({ code: "not-allowed" });
    await library.call("conversation.restoreMachine", { id });
    expect(texts(await get(id))).toBe(masked);
  });

  it("is over on the policy's day: removed, its key thrown away, and hidden again", async () => {
    const id = await bring(spoken, "call.json");
    const masked = texts(await get(id));
    const originals = await list(id);
    const ids = originals.map((one) => one.id);
    await library.call("original.restore", { conversationId: id, ids, reason: "A complaint" });
    now = begun + 30 * day;
    library = await library.again();
    expect(texts(await get(id))).toContain("Ottoline");
    now = begun + 31 * day;
    library = await library.again();
    await expect.poll(() => secrets.kept.size).toBe(0);
    expect(texts(await get(id))).toBe(masked);
    expect(await list(id)).toEqual([]);
    const { changes } = await library.call("conversation.history", { id });
    expect(changes.at(-1)).toMatchObject({ state: "undone", undoneBy: "Earmark", author: "Ann" });
    await library.call("conversation.redo", { id });
    expect(texts(await get(id))).toBe(masked);
    await expect(library.call("original.restore", { conversationId: id, ids, reason: "Again" })).rejects.toMatchObject({
      code: "not-found",
    });
    // Analysing again seals nothing whose day has passed.
    await library.call("queue.analyseAgain", { conversationId: id });
    expect((await library.settled(id)).state).toBe("done");
    expect(await list(id)).toEqual([]);
  });

  it("follows a policy that becomes stricter at once, and seals card numbers only where a policy says so", async () => {
    const id = await bring(chat, "chat.txt");
    const types = async () => (await list(id)).flatMap((one) => one.types);
    await library.call("settings.set", { sealing: { days: 30, types: ["name"] } });
    expect(await types()).toEqual(["name"]);
    await library.call("settings.set", { sealing: { days: 0, types: ["name"] } });
    expect(await types()).toEqual([]);
    await library.call("settings.set", { sealing: { days: 7, types: [...defaultSealingPolicy.types, "card-number", "pin"] } });
    const other = await bring(`${chat}\nAgent: Thanks.`, "other.txt");
    const found = await list(other);
    expect(found.flatMap((one) => one.types).sort()).toEqual(["bank-account", "card-number", "email", "name", "pin"]);
    expect(found[0]?.until).toBe("2026-11-28");
    await expect(
      library.call("settings.set", { sealing: { days: 7, types: ["card-security-code"] as never } }),
    ).rejects.toMatchObject({ code: "input-invalid" });
  });

  it("cannot be opened under another key, nor where nobody keeps one", async () => {
    const id = await bring(chat, "chat.txt");
    const [name] = await list(id);
    await library.call("original.restore", { conversationId: id, ids: [name?.id ?? ""], reason: "A complaint" });
    for (const others of [{ clock, secrets: forThisSession() }, { clock }]) {
      library = await library.again(others);
      expect(await list(id)).toEqual([]);
      expect(texts(await get(id))).not.toContain("Ottoline");
    }
    const unsealed = await bring(`${chat}\nAgent: Bye.`, "third.txt");
    expect(await list(unsealed)).toEqual([]);
  });
});
