import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";

/* Earmark is killed again and again while it takes in a folder of chats. In the end each of them is there, once. */

const script = fileURLToPath(new URL("intake-kill.test-process.ts", import.meta.url));
const chats = 150;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-killed-"));
  await mkdir(join(folder, "inbox"));
  for (let number = 0; number < chats; number++) {
    const text = `Agent: Hello, how can I help?\nCustomer: My order ${number} has not come yet.\n`;
    await writeFile(join(folder, "inbox", `chat ${number}.txt`), text);
  }
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

function run(killAfterMs: number): Promise<{ signal: string | null; output: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [script, join(folder, "library"), join(folder, "inbox"), String(killAfterMs)],
      { maxBuffer: 2 ** 26 },
      (_error, stdout, stderr) => resolve({ signal: child.signalCode, output: stdout === "" ? stderr : stdout }),
    );
  });
}

it("survives a kill at any point: nothing is lost, nothing comes twice, nothing is left behind", {
  timeout: 300_000,
}, async () => {
  let killed = 0;
  for (const after of [60, 250, 600, 1_100, 1_700, 2_400]) {
    const { signal } = await run(after);
    if (signal === "SIGKILL") killed++;
  }
  expect(killed).toBeGreaterThan(2);
  const { output } = await run(0);
  const seen = JSON.parse(output) as { sources: Record<string, number>[]; total: number; states: string[] };
  expect(seen.total).toBe(chats);
  expect(new Set(seen.states)).toEqual(new Set(["done"]));
  expect(seen.sources.every(({ failed }) => failed === 0)).toBe(true);
  expect(readdirSync(join(folder, "library", "incoming"))).toEqual([]);
  const originals = readdirSync(join(folder, "library", "originals"), { recursive: true, withFileTypes: true });
  expect(originals.filter((entry) => entry.isFile())).toHaveLength(chats);
  expect(existsSync(join(folder, "inbox", "chat 0.txt"))).toBe(true);
});
