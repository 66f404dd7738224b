import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { earmarkFolder } from "../../backend/surroundings.ts";
import { exitCodes } from "../exit-codes.ts";
import { openLibrary, withLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";
import { journeys } from "./journeys.ts";

let folder: string;
let library: string;
let printed: string;
let said: string;

const terminal: Terminal = {
  out: (text) => {
    printed += text;
  },
  err: (text) => {
    said += text;
  },
  interactive: false,
  signal: new AbortController().signal,
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "earmark-journeys-command-"));
  library = join(folder, "library");
  printed = "";
  said = "";
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

it("prints the customers who came more than once, and of one of them every conversation with the words of each claim", async () => {
  await withLibrary(openLibrary({ library }), async (opened) => {
    for (const name of ["northwind-mortgage-bot.jsonl", "northwind-mortgage-chat.json"]) {
      const path = join(earmarkFolder, "resources", "samples", name);
      const { results } = await opened.call("import.begin", { sources: [{ kind: "path", path }] });
      const id = results[0]?.conversationId ?? "";
      await expect.poll(async () => (await opened.call("conversation.get", { id })).job?.state, { timeout: 60_000 }).toBe("done");
    }
    return exitCodes.done;
  });
  expect(await journeys({ library }, terminal)).toBe(exitCodes.done);
  expect(printed).toMatch(/ 2 chat\+bot +Anna Fields: .*asked again \d.*handed over 1\n$/u);

  printed = "";
  await journeys({ library, customer: "+447700900417" }, terminal);
  expect(printed).toContain("Asked again: birth-date");
  expect(printed).toContain("“We will call you back by tomorrow on the number that we have for you.”");

  printed = "";
  await journeys({ library, customer: "Anna", json: true }, terminal);
  const view = JSON.parse(printed) as { steps: unknown[]; claims: { kind: string }[] };
  expect(view.steps).toHaveLength(2);
  expect(view.claims.map(({ kind }) => kind)).toContain("hand-over");

  printed = "";
  await journeys({ library, customer: "nobody at all" }, terminal);
  expect([printed, said]).toEqual(["", "Nobody was found.\n"]);
});
