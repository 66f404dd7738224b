import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CallOutput } from "../../../app/contract/api.ts";
import { categorySchema } from "../../../app/insight/rules.ts";
import { type Ffmpeg, findFfmpeg } from "../media/ffmpeg.ts";
import { earmarkFolder } from "../surroundings.ts";
import { type OpenedLibrary, openLibrary } from "./opened-library.test-data.ts";

/* The same part of a sample call with a channel for each side, and mixed into one: both get all that is read off a call. */

const ffmpeg: Ffmpeg | null = await findFfmpeg().catch(() => null);
let folder = "";
let library: OpenedLibrary;

interface Read {
  readonly view: CallOutput<"conversation.get">;
  readonly categories: CallOutput<"category.results">;
}
const read = new Map<number, Read>();

beforeAll(async () => {
  if (ffmpeg === null) return;
  folder = await mkdtemp(join(tmpdir(), "earmark-mono-"));
  library = await openLibrary();
  await library.call("category.save", {
    category: categorySchema.parse({ id: "card", name: "Card", rule: { masked: ["card-number"] } }),
  });
  for (const channels of [2, 1]) {
    const path = join(folder, `call-${channels}.wav`);
    const sample = join(earmarkFolder, "resources/samples/bluebird-energy-bill.opus");
    const args = ["-ss", "85", "-t", "18", "-i", sample, "-ac", String(channels), "-ar", "16000", path];
    expect(spawnSync(ffmpeg.path, ["-nostdin", "-y", "-loglevel", "error", ...args]).status).toBe(0);
    const id = (await library.bring(path))?.conversationId ?? "";
    expect((await library.settled(id)).state).toBe("done");
    read.set(channels, {
      view: await library.call("conversation.get", { id }),
      categories: await library.call("category.results", { conversationId: id }),
    });
  }
});
afterAll(async () => {
  await library?.close();
  await rm(folder, { recursive: true, force: true });
});

describe.runIf(ffmpeg !== null)("a call", () => {
  it.each([
    ["a channel for each side", 2],
    ["one channel for both", 1],
  ])("with %s is hidden, muted, felt, searched for categories and drawn", (_what, channels) => {
    const found = read.get(channels);
    if (found === undefined) throw new Error("It was not read.");
    const { view, categories } = found;
    expect(view.recording?.layout).toBe(channels === 2 ? "separate" : "mono");
    expect(view.peakChannels).toBe(channels);
    expect(view.job?.stages.map(({ name, state }) => [name, state])).toEqual(
      read.get(2)?.view.job?.stages.map(({ name }) => [name, "done"]),
    );
    const { turns, redactions, measures } = view.conversation;
    expect(turns.flatMap((turn) => turn.words).length).toBeGreaterThan(20);
    expect(redactions?.map(({ type }) => type)).toContain("card-number");
    expect(view.muted.length).toBeGreaterThan(0);
    expect(view.mediaId).not.toBeNull();
    expect(view.insight?.sentiment.turns.length).toBe(turns.filter(({ text }) => text !== "").length);
    expect(view.insight?.engines).toEqual([{ by: "local", turns: view.insight?.sentiment.turns.length }]);
    expect(categories.findings.find(({ id }) => id === "card")?.outcome).toBe("present");
    expect(measures.participants.reduce((sum, one) => sum + one.talkMs, 0)).toBeGreaterThan(5_000);
  });
});
