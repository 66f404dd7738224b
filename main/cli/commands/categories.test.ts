import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { categoryFindingSchema } from "../../../app/contract/category-views.ts";
import { conversationDocumentSchema } from "../../../app/conversation/conversation.ts";
import { categoryResultSchema } from "../../../app/insight/categories.ts";
import { insightViewSchema } from "../../../app/insight/insight.ts";
import { exitCodes } from "../exit-codes.ts";
import { openLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";
import { importCategories, listCategories, testCategories } from "./categories.ts";
import { drivers } from "./drivers.ts";
import { show } from "./show.ts";

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

const rules = `categories:
  - id: late-refund
    name: Late refund
    rule: { said: refund is late, by: customer }
  - id: promised
    name: Promised in time
    rule: { said: tomorrow, by: agent }
`;
const chat = "Customer: My refund is late, and it was $40.\nAgent: I am so sorry. I will send it today.\n";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-cli é "));
  library = join(folder, "library");
  out = "";
  err = "";
  await writeFile(join(folder, "rules.yaml"), rules);
  await writeFile(join(folder, "chat.txt"), chat);
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

const path = (name: string) => join(folder, name);
const lines = () =>
  out
    .trim()
    .split("\n")
    .map((line): unknown => JSON.parse(line));

/** Brings the chat into the library and answers with its id when all of it has been read. */
async function brought(): Promise<string> {
  const opened = await openLibrary({ library });
  const { results } = await opened.call("import.begin", { sources: [{ kind: "path", path: path("chat.txt") }] });
  const id = results[0]?.conversationId ?? "";
  for (;;) {
    const { job } = await opened.call("conversation.get", { id });
    if (job?.state === "done") break;
    expect(job?.state).not.toBe("failed");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await opened.close();
  return id;
}

describe("categories", () => {
  it("test prints what each rule of a file found, with the words or where it looked in vain, and keeps nothing", async () => {
    expect(await testCategories(path("rules.yaml"), [path("chat.txt")], {}, terminal)).toBe(exitCodes.done);
    expect(out).toMatch(/present Late refund \(late-refund\): .+\n {10}0:00 customer: refund is late\n/u);
    expect(out).toMatch(
      /absent {2}Promised in time \(promised\): .+\n {10}not found: .+ \(0:00 to 0:\d\d, 9 words of 1 turns\)/u,
    );
    out = "";
    expect(await testCategories(path("rules.yaml"), [path("chat.txt")], { json: true }, terminal)).toBe(exitCodes.done);
    const told = z.object({ file: z.string(), findings: z.array(categoryFindingSchema) }).parse(lines()[0]);
    expect(told.findings.map(({ id, outcome }) => [id, outcome])).toEqual([
      ["late-refund", "present"],
      ["promised", "absent"],
    ]);
  });

  it("test names the line of a rule that is none, and a file that is not there", async () => {
    await writeFile(path("wrong.yaml"), rules.replace("{ said: tomorrow", "{ sayed: tomorrow"));
    await expect(testCategories(path("wrong.yaml"), [path("chat.txt")], {}, terminal)).rejects.toMatchObject({
      code: "format-malformed",
      details: { line: 7 },
    });
    await expect(testCategories(path("none.yaml"), [path("chat.txt")], {}, terminal)).rejects.toMatchObject({
      code: "file-missing",
    });
  });

  it("import takes a file in, list shows it with its rule as a sentence and its counts, show has what it found", async () => {
    const id = await brought();
    expect(await importCategories(path("rules.yaml"), { library, json: true }, terminal)).toBe(exitCodes.done);
    expect(lines()).toEqual([{ ids: ["late-refund", "promised"], format: "earmark" }]);
    out = "";
    expect(await show(id, { library, json: true }, terminal)).toBe(exitCodes.done);
    const shown: unknown = JSON.parse(out);
    expect(conversationDocumentSchema.parse(shown).conversation.id).toBe(id);
    const { insight, categories, spans } = z
      .object({
        insight: insightViewSchema,
        categories: z.array(categoryFindingSchema),
        spans: z.array(z.object({ kind: z.string(), quote: z.string() })),
      })
      .parse(shown);
    expect(insight.sentiment.turns).toHaveLength(2);
    expect(insight.entities.map(({ type, value }) => `${type} ${value}`)).toContain("AMOUNT $40");
    const outcomes = new Map(categories.map((one) => [one.id, one.outcome]));
    expect([outcomes.get("late-refund"), outcomes.get("promised")]).toEqual(["present", "absent"]);
    expect(categories.length).toBeGreaterThan(2);
    for (const one of categories) expect(categoryResultSchema.shape.outcome.options).toContain(one.outcome);
    expect(spans.find(({ kind }) => kind === "action")?.quote).toBe("I will send it today.");

    out = "";
    expect(await listCategories({ library }, terminal)).toBe(exitCodes.done);
    expect(out).toMatch(/^late-refund {2}person, in 1 of 1\n {2}.*refund is late/mu);
    expect(out).toMatch(/^promised {2}person, in 0 of 1\n/mu);
    out = "";
    expect(await show(id, { library }, terminal)).toBe(exitCodes.done);
    expect(out).toContain("My refund is late");
  });
});

describe("drivers", () => {
  it("tells what conversations are about, for reading and as JSON, and says so where there are none", async () => {
    expect(await drivers({ library }, terminal)).toBe(exitCodes.done);
    expect([out, err]).toEqual(["", "There is no conversation to count.\n"]);
    await importCategories(path("rules.yaml"), { library }, terminal);
    await brought();
    out = "";
    err = "";
    expect(await drivers({ library, period: "month" }, terminal)).toBe(exitCodes.done);
    expect(err).toMatch(/^The period from \d{4}-\d\d-\d\d \(1 conversations\) beside all before it\.\n$/u);
    expect(out).toMatch(/ {2}steady {2}Late refund: 100%, before 0% \(G² .+\), 1 conversations\n/u);
    out = "";
    expect(await drivers({ library, json: true }, terminal)).toBe(exitCodes.done);
    const told = z
      .object({ categories: z.array(z.object({ term: z.string(), counts: z.array(z.int()) })) })
      .parse(JSON.parse(out));
    expect(told.categories.find(({ term }) => term === "late-refund")?.counts).toEqual([1]);
  });
});
