import { readFileSync } from "node:fs";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { earmarkFolder } from "../surroundings.ts";
import { type OpenedLibrary, openLibrary } from "./opened-library.test-data.ts";

/* A sample call whose transcript is plain text: its words find their times in the recording that comes with it. */

const samples = join(earmarkFolder, "resources/samples");
const truth = z
  .object({
    turns: z.array(
      z.object({ role: z.string(), words: z.array(z.object({ text: z.string(), startMs: z.number(), endMs: z.number() })) }),
    ),
  })
  .parse(JSON.parse(readFileSync(join(samples, "truth/city-telecom-fault.json"), "utf8")));

let library: OpenedLibrary;
beforeAll(async () => {
  library = await openLibrary();
});
afterAll(() => library.close());

describe("a transcript without times and its recording", () => {
  it("become one conversation whose words stand where they are said", async () => {
    const written = truth.turns
      .filter(({ words }) => words.length > 0)
      .map(({ role, words }) => `${role === "agent" ? "Agent" : "Customer"}: ${words.map(({ text }) => text).join(" ")}`);
    await writeFile(join(library.folder, "fault.txt"), `${written.join("\n")}\n`);
    await copyFile(join(samples, "city-telecom-fault.mp3"), join(library.folder, "fault.mp3"));
    const { results } = await library.call("import.begin", {
      sources: ["fault.mp3", "fault.txt"].map((name) => ({ kind: "path", path: join(library.folder, name) })),
    });
    expect(results.map(({ failure }) => failure)).toEqual([null, null]);
    const id = results[0]?.conversationId ?? "";
    const job = await library.settled(id);
    expect(job.stages.filter(({ state }) => state !== "done")).toEqual([]);
    const { conversation, mediaId } = await library.call("conversation.get", { id });
    expect([conversation.kind, mediaId === null]).toEqual(["call", false]);
    expect(conversation.shortfalls.some(({ lacks }) => lacks === "word-times")).toBe(false);
    const said = Map.groupBy(
      truth.turns.flatMap(({ words }) => words),
      ({ text }) => text,
    );
    const placed = conversation.turns.flatMap(({ words }) => words);
    const errors = placed
      // What is masked was said otherwise.
      .filter(({ text }) => said.has(text))
      .map(({ text, startMs }) => Math.min(...(said.get(text) ?? []).map((word) => Math.abs(word.startMs - startMs))))
      .toSorted((a, b) => a - b);
    expect(errors.length).toBeGreaterThan(300);
    // Nine of ten words begin within half a second of where they do.
    expect(errors[Math.floor(errors.length * 0.9)]).toBeLessThan(500);
    expect(errors[Math.floor(errors.length * 0.5)]).toBeLessThan(150);
  }, 300_000);
});
