import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { exitCodes } from "../exit-codes.ts";
import { openLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";
import { report } from "./report.ts";
import { verify } from "./verify.ts";

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
  folder = await mkdtemp(join(tmpdir(), "earmark-report é "));
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

it("writes a sealed report that verifies, and says what was changed in one that was", async () => {
  const id = await imported();
  const file = join(folder, "report.pdf");
  expect(await report([id], { library, format: "pdf", out: file }, terminal)).toBe(exitCodes.done);
  expect(out).toMatch(/report\.pdf: \d+ bytes, SHA-256 [0-9a-f]{64}\n$/u);
  expect(await verify(file, {}, terminal)).toBe(exitCodes.done);
  expect(out).toContain("The document is as it was sealed.");
  const bytes = await readFile(file);
  const at = bytes.indexOf("earmark-checklist");
  expect(at).toBeGreaterThan(0);
  bytes[at] = 0x52;
  await writeFile(file, bytes);
  expect(await verify(file, {}, terminal)).toBe(exitCodes.altered);

  await expect(report([id], { library, format: "csv", form: "none", out: file }, terminal)).rejects.toMatchObject({
    code: "not-found",
  });
});
