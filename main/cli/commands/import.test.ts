import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatSamples } from "../../../app/formats/format-samples.test-data.ts";
import { otherMapping, otherTable } from "../../../app/formats/message-samples.test-data.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";
import { importFiles } from "./import.ts";

let folder: string;
let library: string;
let out: string;
let err: string;
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
const path = (name: string) => join(folder, name);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-cli é "));
  library = join(folder, "library");
  out = "";
  err = "";
  await writeFile(path("chat.json"), formatSamples["connect-chat"]);
  await writeFile(path("other.csv"), otherTable);
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

describe("import", () => {
  it("--report json prints one object a file: what came of it, and what became of its parts and where", async () => {
    const code = await importFiles([path("chat.json"), path("other.csv")], { library, report: "json" }, terminal);
    expect(code).toBe(exitCodes.unreadable);
    const [chat, table] = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(chat).toMatchObject({
      name: "chat.json",
      failure: null,
      report: { format: "Amazon Connect chat transcript", turns: 2, notes: expect.arrayContaining([]) },
    });
    expect(table).toMatchObject({ name: "other.csv", conversationId: null, failure: { code: "format-unknown" }, report: null });
    expect(err).toContain("other.csv");
  });

  it("--report text prints it below each file", async () => {
    await importFiles([path("chat.json")], { library, report: "text" }, terminal);
    expect(out).toContain("Amazon Connect chat transcript: 2 participants, 2 turns, 0 words with times\n");
    expect(out).toMatch(/ignored {2}.*\(Transcript\)\n/u);
  });

  it("--mapping reads tables by a file with a mapping, and from then on by its name or by itself", async () => {
    await writeFile(path("mapping.json"), JSON.stringify(otherMapping));
    const first = await importFiles([path("other.csv")], { library, mapping: path("mapping.json") }, terminal);
    expect([first, out.trim().split("\n").length]).toEqual([exitCodes.done, 2]);
    await writeFile(path("more.csv"), otherTable.replaceAll("Good morning", "Good evening"));
    expect(await importFiles([path("more.csv")], { library, mapping: "Old desk" }, terminal)).toBe(exitCodes.done);
    await expect(importFiles([path("more.csv")], { library, mapping: "nobody's" }, terminal)).rejects.toMatchObject({
      code: "not-found",
    });
    await writeFile(path("wrong.json"), "{}");
    await expect(importFiles([path("more.csv")], { library, mapping: path("wrong.json") }, terminal)).rejects.toMatchObject({
      code: "format-malformed",
    });
  });
});
