import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { evaluationViewSchema } from "../../../app/contract/conformity-views.ts";
import { exitCodes } from "../exit-codes.ts";
import { openLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";
import { score } from "./score.ts";

let folder: string;
let library: string;
let out: string;
const terminal: Terminal = {
  out: (text) => {
    out += text;
  },
  err: () => {},
  interactive: false,
  signal: new AbortController().signal,
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-score é "));
  library = join(folder, "library");
  out = "";
  await writeFile(join(folder, "chat.txt"), "Customer: My refund is late.\nAgent: I am so sorry. I will send it today.\n");
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

async function imported(): Promise<string> {
  const open = await openLibrary({ library });
  try {
    const { results } = await open.call("import.begin", { sources: [{ kind: "path", path: join(folder, "chat.txt") }] });
    const id = results[0]?.conversationId ?? "";
    await expect.poll(async () => (await open.call("conversation.get", { id })).job?.state, { timeout: 10_000 }).toBe("done");
    return id;
  } finally {
    await open.close();
  }
}

it("judges a conversation by a file's checklist or by one of the library, with quotes", async () => {
  const id = await imported();
  const form = join(folder, "form.yaml");
  await writeFile(
    form,
    `schema: earmark-checklist/1
id: apology
version: 1
title: Apology
sections:
  - id: start
    title: Start
    questions:
      - id: sorry
        type: yes-no
        ask: Did the agent apologise?
        answeredBy: { rule: { holds: { said: sorry, by: agent } } }
`,
  );
  expect(await score(id, { library, form }, terminal)).toBe(exitCodes.done);
  expect(out).toContain("Apology, version 1 (not submitted)");
  expect(out).toMatch(/Score: 100/u);
  expect(out).toMatch(/1\. Did the agent apologise\?\n {3}Yes, by the machine/u);
  expect(out).toContain("“sorry”");

  out = "";
  await score(id, { library, form: "service-quality", json: true }, terminal);
  const view = evaluationViewSchema.parse(JSON.parse(out));
  expect(view.evaluation.form.id).toBe("service-quality");
  await expect(score(id, { library, form: "none-such" }, terminal)).rejects.toMatchObject({ code: "not-found" });
  await writeFile(form, "schema: earmark-checklist/1\nid: apology\n");
  await expect(score(id, { library, form }, terminal)).rejects.toMatchObject({ code: "format-malformed" });
});
