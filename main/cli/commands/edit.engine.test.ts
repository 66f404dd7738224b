import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { exitCodes } from "../exit-codes.ts";
import { openLibrary, withLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";
import { type EditOptions, edit } from "./edit.ts";
import { importFiles } from "./import.ts";

let folder: string;
let id: string;
const chat = ["Customer: My parcel never came, this is terrible.", "Agent: I am sorry to hear that.", "Customer: Thank you."];

/** Runs a command on the test's library and answers with what it printed. */
async function run(work: (terminal: Terminal) => Promise<number>): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const terminal: Terminal = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    interactive: false,
    signal: new AbortController().signal,
  };
  return { code: await work(terminal), out, err };
}
const edited = (options: EditOptions) => run((terminal) => edit(id, { library: folder, ...options }, terminal));
const operation = (value: unknown): EditOptions => ({ operation: [JSON.stringify(value)] });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-edit-"));
  const file = join(folder, "chat.txt");
  await writeFile(file, chat.join("\n"));
  const { out } = await run((terminal) => importFiles([file], { library: folder, json: true }, terminal));
  ({ conversationId: id } = JSON.parse(out) as { conversationId: string });
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

const texts = () =>
  withLibrary(openLibrary({ library: folder }), async (library) => {
    const { conversation, insight } = await library.call("conversation.get", { id });
    return { texts: conversation.turns.map(({ text }) => text), unread: insight?.unread };
  });

it("corrects, takes back, makes again and lists, as the page does, and leaves nothing unread behind", async () => {
  const [first = ""] = chat;
  const changed = await edited(operation({ kind: "retext-turn", turnId: "t1", text: "My parcel came." }));
  expect(changed).toMatchObject({ code: exitCodes.done, out: "Changed: retext-turn.\n" });
  expect(await texts()).toEqual({ texts: ["My parcel came.", "I am sorry to hear that.", "Thank you."], unread: 0 });
  expect((await edited({ undo: true })).out).toBe("Taken back: retext-turn.\n");
  expect((await texts()).texts[0]).toBe(first.replace("Customer: ", ""));
  expect((await edited({ undo: true })).out).toBe("There is nothing to take back.\n");

  const again = JSON.parse((await edited({ redo: true, json: true })).out) as Record<string, unknown>;
  expect(again).toMatchObject({ id, changed: true, undo: { kind: "retext-turn" }, redo: null });
  expect((await edited({ redo: true })).out).toBe("There is nothing to make again.\n");

  const both = { operation: ['{"kind":"swap-roles"}', '[{"kind":"rename-speaker","participantId":"p1","name":"Ann"}]'] };
  expect((await edited(both)).out).toBe("Changed: swap-roles, rename-speaker.\n");
  await edited({ undo: true });
  const { out } = await edited({ history: true, json: true });
  const lines = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { state: string; operations: unknown[] });
  expect(lines.map(({ state, operations }) => [state, operations.length])).toEqual([
    ["holds", 1],
    ["undone", 2],
  ]);
  expect((await edited({ history: true })).out).toMatch(/retext-turn\n.*swap-roles, rename-speaker \(taken back 20/su);
});

it("refuses what is no operation or does not fit, and changes nothing", async () => {
  await expect(edited({ operation: ["{oops"] })).rejects.toMatchObject({ code: "input-invalid" });
  await expect(edited(operation({ kind: "sing" }))).rejects.toMatchObject({ code: "input-invalid" });
  await expect(edited(operation({ kind: "rename-speaker", participantId: "", name: "x" }))).rejects.toThrow(/participantId/u);
  await expect(edited(operation({ kind: "retext-turn", turnId: "t99", text: "x" }))).rejects.toMatchObject({
    code: expect.stringMatching(/input-invalid|conflict|not-found/u) as string,
  });
  const none = await edited({ history: true });
  expect(none.out).toBe("");
  expect(none.err).toMatch(/Nobody/u);
});
