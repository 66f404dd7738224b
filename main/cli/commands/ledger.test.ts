import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { earmarkFolder } from "../../backend/surroundings.ts";
import { exitCodes } from "../exit-codes.ts";
import { type OpenLibrary, openLibrary, withLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";
import { exportLedger, rotateKey, verifyLedger } from "./ledger.ts";
import { verify } from "./verify.ts";

let folder: string;
let library: string;
let printed: string;

const terminal: Terminal = {
  out: (text) => {
    printed += text;
  },
  err: () => undefined,
  interactive: false,
  signal: new AbortController().signal,
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "earmark-ledger-command-"));
  library = join(folder, "library");
  printed = "";
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

/** Brings a chat in and waits until all that is read of it has been read. */
async function broughtIn(opened: OpenLibrary): Promise<string> {
  const path = join(earmarkFolder, "resources", "samples", "metro-travel-chat.json");
  const { results } = await opened.call("import.begin", { sources: [{ kind: "path", path }] });
  const id = results[0]?.conversationId ?? "";
  await expect.poll(async () => (await opened.call("conversation.get", { id })).job?.state, { timeout: 20_000 }).toBe("done");
  await expect.poll(async () => (await opened.call("journey.list", {})).waiting).toBe(0);
  return id;
}

it("a conversation's whole way is recorded, certified when it is deleted, exported, and verified without the library", async () => {
  await withLibrary(openLibrary({ library }), async (opened) => {
    const id = await broughtIn(opened);
    await opened.call("settings.set", { reviewer: "Ann" });
    await opened.call("conversation.export", { id, format: "txt" });
    const preview = await opened.call("library.deletion", { ids: [id] });
    expect(preview).toMatchObject({ conversations: 1, files: 1 });
    await opened.call("conversation.delete", { ids: [id] });
    const found = await opened.call("ledger.find", { subject: id, limit: 1_000 });
    const entries = found.entries.toReversed();
    expect(found).toMatchObject({ total: entries.length, titles: {} });
    const kinds = entries.map((entry) => entry.kind);
    expect(kinds[0]).toBe("import");
    expect(kinds.slice(-3)).toEqual(["export", "deletion", "files-deleted"]);
    const stages = entries.filter((entry) => entry.kind === "analysis").map((entry) => entry.data["stage"]);
    expect(stages).toEqual(expect.arrayContaining(["parse", "index", "insight", "categories"]));
    const [certificate] = entries.filter((entry) => entry.kind === "deletion");
    expect(certificate).toMatchObject({ author: "Ann", data: { rows: preview.rows, files: 1, bytes: preview.fileBytes } });
    expect(entries.at(-1)?.data).toMatchObject({ files: 1, left: 0 });
    // Nothing of what was said, of the title or of the file's name is in it.
    expect(JSON.stringify(entries)).not.toMatch(/metro|ticket|refund/iu);
    expect(await opened.call("ledger.verify", {})).toMatchObject({ sound: true, findings: [] });
  });

  expect(await verifyLedger({ library }, terminal)).toBe(exitCodes.done);
  expect(printed).toContain("The ledger is as it was sealed.");
  expect(await rotateKey({ library }, terminal)).toBe(exitCodes.done);
  const out = join(folder, "ledger.json");
  expect(await exportLedger("ledger", { library, out }, terminal)).toBe(exitCodes.done);
  printed = "";
  expect(await exportLedger("ledger", { library }, terminal)).toBe(exitCodes.done);
  const again = join(folder, "again.json");
  writeFileSync(again, printed);

  for (const file of [out, again]) {
    printed = "";
    expect(await verify(file, { json: true }, terminal)).toBe(exitCodes.done);
    expect(JSON.parse(printed)).toMatchObject({ sound: true, format: "ledger", findings: [], breaks: [] });
  }
  expect(await verify(again, { checkpoint: out }, terminal)).toBe(exitCodes.done);
  // The earlier one lacks what the later one's checkpoint vouches for.
  printed = "";
  expect(await verify(out, { checkpoint: again }, terminal)).toBe(exitCodes.altered);
  expect(printed).toMatch(/The ledger was cut off: entry \d+ is missing/u);

  const bytes = readFileSync(out);
  const at = bytes.indexOf('"author":"Ann"');
  bytes[at + 10] = "O".charCodeAt(0);
  writeFileSync(out, bytes);
  printed = "";
  expect(await verify(out, {}, terminal)).toBe(exitCodes.altered);
  expect(printed).toMatch(/Entry \d+ was changed: author is not what it was\./u);
  expect(await verify(again, { key: ["00"] }, terminal)).toBe(exitCodes.altered);
}, 60_000);

it("a file that is not there is said to be missing", async () => {
  await expect(verify(join(folder, "nothing.json"), {}, terminal)).rejects.toMatchObject({ code: "file-missing" });
});
