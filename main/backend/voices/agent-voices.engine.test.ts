import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Ffmpeg, findFfmpeg } from "../media/ffmpeg.ts";
import { type OpenedLibrary, openLibrary } from "../pipeline/opened-library.test-data.ts";
import { earmarkFolder } from "../surroundings.ts";

/* Agents' voices across calls, with the development models: two parts of one call are two calls of one agent. */

const ffmpeg: Ffmpeg | null = await findFfmpeg().catch(() => null);
const shared = join(earmarkFolder, "../shared");
const recording = join(shared, "audio/demo-calls/call1.wav");
const other = join(shared, "audio/demo-calls/call2.wav");
const present = ffmpeg !== null && existsSync(recording) && existsSync(join(shared, "models/speaker-embedding-lda"));

let folder = "";
let library: OpenedLibrary | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-voices-"));
  if (!present) process.stderr.write("The development models are not here: no voice was remembered.\n");
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(async () => {
  await library?.close();
  library = undefined;
});

function partOf(path: string, from: number, seconds: number, name: string): string {
  const target = join(folder, name);
  const cut = ["-ss", String(from), "-t", String(seconds), "-i", path, target];
  spawnSync(ffmpeg?.path ?? "", ["-nostdin", "-y", "-loglevel", "error", ...cut]);
  return target;
}

async function opened(memory: boolean): Promise<OpenedLibrary> {
  library = await openLibrary({ modelFolders: [join(shared, "models")] });
  if (memory) await library.call("settings.set", { voiceMemory: true });
  return library;
}

async function heard(here: OpenedLibrary, path: string): Promise<string> {
  const result = await here.bring(path);
  const id = result?.conversationId ?? "";
  expect((await here.settled(id)).state).toBe("done");
  return id;
}

async function agentOf(here: OpenedLibrary, id: string) {
  const view = await here.call("conversation.get", { id });
  const agent = view.conversation.participants.find(({ role }) => role === "agent");
  if (agent === undefined) throw new Error("Nobody is the agent.");
  return { agent, proposed: view.proposedNames, view };
}

/** The prints in the library's file, read past Earmark. */
function printsIn(here: OpenedLibrary): { conversation_id: string; print: Buffer }[] {
  const database = new Database(join(here.folder, "library", "library.sqlite"), { readonly: true });
  try {
    return database.prepare("SELECT conversation_id, print FROM voice_prints").all() as {
      conversation_id: string;
      print: Buffer;
    }[];
  } finally {
    database.close();
  }
}

/** Whether bytes lie anywhere in the library's database, its log included. */
function holds(here: OpenedLibrary, bytes: Buffer): boolean {
  const root = join(here.folder, "library");
  return readdirSync(root)
    .filter((name) => name.startsWith("library.sqlite"))
    .some((name) => readFileSync(join(root, name)).includes(bytes));
}

describe.runIf(present)("agents' voices", () => {
  it("are not made into prints unless somebody asks", async () => {
    const here = await opened(false);
    const id = await heard(here, partOf(recording, 0, 34, "off.wav"));
    const { proposed, view } = await agentOf(here, id);
    expect(view.conversation.turns.length).toBeGreaterThan(2);
    expect(proposed).toEqual([]);
    expect(printsIn(here)).toEqual([]);
    const root = join(here.folder, "library");
    for (const name of readdirSync(root).filter((one) => one.startsWith("library.sqlite"))) {
      const text = readFileSync(join(root, name), "latin1");
      expect(text).not.toMatch(/"prints?":/u);
      expect(text).not.toMatch(/"embeddings?":/u);
    }
  });

  it("are proposed by name from a call that a person has named, and forgotten with it, and when turned off", async () => {
    const here = await opened(true);
    const first = await heard(here, partOf(recording, 0, 34, "first.wav"));
    const [print] = printsIn(here);
    // The agent's alone: one print for a call of two.
    expect(printsIn(here).map((one) => one.conversation_id)).toEqual([first]);
    expect(holds(here, print?.print ?? Buffer.alloc(0))).toBe(true);

    const second = await heard(here, partOf(recording, 34, 34, "second.wav"));
    // Nobody has a name yet, so nobody can be proposed.
    expect((await agentOf(here, second)).proposed).toEqual([]);
    const { agent } = await agentOf(here, first);
    await here.call("conversation.correct", {
      id: first,
      operation: { kind: "rename-speaker", participantId: agent.id, name: "Chris" },
    });
    const found = await agentOf(here, second);
    expect(found.proposed).toEqual([expect.objectContaining({ participantId: found.agent.id, name: "Chris", calls: 1 })]);
    expect(found.proposed[0]?.confidence).toBeGreaterThan(0.5);
    // A proposal is no name: not on the agent, not in the list, not in an export.
    expect(found.agent.name).toBeNull();
    for (const format of ["json", "txt", "csv", "vtt"] as const) {
      const { text } = await here.call("conversation.export", { id: second, format });
      expect(text).not.toContain("Chris");
      expect(text).not.toMatch(/print|embedding/iu);
    }
    // Who has a name gets none proposed.
    expect((await agentOf(here, first)).proposed).toEqual([]);

    // Another agent sounds like nobody.
    const stranger = await heard(here, partOf(other, 0, 40, "stranger.wav"));
    expect((await agentOf(here, stranger)).proposed).toEqual([]);

    // It goes with the recording it came from.
    await here.call("conversation.delete", { ids: [first] });
    expect((await agentOf(here, second)).proposed).toEqual([]);
    expect(holds(here, print?.print ?? Buffer.alloc(1))).toBe(false);

    // And all of it when a person changes their mind.
    const left = printsIn(here);
    expect(left.map((one) => one.conversation_id).sort()).toEqual([second, stranger].sort());
    await here.call("settings.set", { voiceMemory: false });
    expect(printsIn(here)).toEqual([]);
    for (const one of left) expect(holds(here, one.print)).toBe(false);
  });

  it("are let go of when a person finds that it was no agent", async () => {
    const here = await opened(true);
    const id = await heard(here, partOf(recording, 0, 34, "swapped.wav"));
    expect(printsIn(here)).toHaveLength(1);
    await here.call("conversation.correct", { id, operation: { kind: "swap-roles" } });
    expect(printsIn(here)).toEqual([]);
  });
});
