// biome-ignore-all lint/suspicious/noConsole: a measurement prints what it measured
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { openBackend } from "../backend.ts";
import { forkProcess } from "../speech/start-process.ts";
import { earmarkFolder } from "../surroundings.ts";

/*
 * How many chats a second come out of a folder into the library with everything read off them: redaction, sentiment and
 * entities, categories, the ready-made checklists, the search index. The words are those of the samples, put together anew;
 * no two chats are alike. Fails below what Earmark promises, or where memory grows with what has been taken in.
 *
 * npm run bench -- bulk [--chats 10000] [--messages 40] [--json]
 */

/** What Earmark promises: chats of 40 messages a second, on two cores. */
const promisedPerSecond = 200;
/** Megabytes by which memory may be more in the last quarter than in the second. */
const mostGrowth = 64;
const lookMs = 250;

const { values: options } = parseArgs({
  options: {
    chats: { type: "string", default: "10000" },
    messages: { type: "string", default: "40" },
    json: { type: "boolean", default: false },
  },
});
const chats = Number(options.chats);
const messages = Number(options.messages);

const truthSchema = z.object({ turns: z.array(z.object({ text: z.string() })) });
const truths = join(earmarkFolder, "resources/samples/truth");
const said = readdirSync(truths)
  .filter((name) => name.endsWith(".json"))
  .flatMap((name) => truthSchema.safeParse(JSON.parse(readFileSync(join(truths, name), "utf8"))).data?.turns ?? [])
  .map(({ text }) => text.replaceAll("\n", " "))
  .filter((text) => text !== "" && text.length < 300);

const root = mkdtempSync(join(tmpdir(), "earmark-bulk-"));
const inbox = join(root, "inbox");
process.once("exit", () => rmSync(root, { recursive: true, force: true }));
for (let number = 0; number < chats; number++) {
  if (number % 1_000 === 0) mkdirSync(join(inbox, String(number / 1_000)), { recursive: true });
  writeFileSync(join(inbox, String(Math.floor(number / 1_000)), `chat-${number}.json`), JSON.stringify(transcriptOf(number)));
}

const backend = await openBackend({
  libraryPath: join(root, "library"),
  modelFolders: [],
  resourcesPath: join(earmarkFolder, "resources"),
  version: "0.0.0-bench",
  startProcess: forkProcess,
});
const used: number[] = [];
let slowestMs = 0;
const begun = performance.now();
const { id } = await backend.handlers["intake.begin"]({ paths: [inbox], recursive: true, include: [], exclude: [], speech: {} });
const listedMs = performance.now() - begun;
for (;;) {
  await new Promise((resolve) => setTimeout(resolve, lookMs));
  const asked = performance.now();
  const { sources } = await backend.handlers["intake.list"]({});
  const { jobs } = await backend.handlers["queue.list"]({ limit: 1 });
  slowestMs = Math.max(slowestMs, performance.now() - asked);
  used.push(process.memoryUsage().rss / 2 ** 20);
  const counts = sources.find((source) => source.id === id)?.counts;
  if (counts === undefined) throw new Error("The import is gone.");
  if (counts.failed > 0) throw new Error(`${counts.failed} chats could not be taken in.`);
  const open = jobs.some(({ state }) => state === "waiting" || state === "running");
  if (counts.waiting + counts.running === 0 && !open) break;
}
const seconds = (performance.now() - begun) / 1_000;
await backend.close();

const quarter = Math.floor(used.length / 4);
const second = average(used.slice(quarter, 2 * quarter));
const last = average(used.slice(3 * quarter));
const perSecond = chats / seconds;
const measured = {
  chats,
  messages,
  seconds,
  perSecond,
  listedMs,
  slowestMs,
  memoryMb: { second, last, most: Math.max(...used) },
};
if (options.json) console.log(JSON.stringify(measured));
else {
  console.log(
    `${chats} chats of ${messages} messages: ${seconds.toFixed(1)} s, ${perSecond.toFixed(0)} a second; ${promisedPerSecond} are promised`,
  );
  console.log(
    `  on the list after ${(listedMs / 1_000).toFixed(1)} s; the slowest answer to a page meanwhile took ${slowestMs.toFixed(0)} ms`,
  );
  console.log(`  memory: ${second.toFixed(0)} MB in the second quarter, ${last.toFixed(0)} MB in the last`);
}
if (perSecond < promisedPerSecond) fail("It takes longer than is promised.");
if (last - second > mostGrowth) fail("Memory grows with what has been taken in.");

function fail(reason: string): void {
  console.error(reason);
  process.exitCode = 1;
}

function average(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0) / Math.max(1, numbers.length);
}

/** A chat as Amazon Connect writes it, the same for the same number, unlike any other. */
function transcriptOf(number: number) {
  const id = (part: number): string => `${String(number).padStart(8, "0")}-0000-4000-8000-${String(part).padStart(12, "0")}`;
  const begin = Date.UTC(2026, 0, 1) + number * 60_000;
  return {
    Version: "2019-08-26",
    InitialContactId: id(0),
    ContactId: id(0),
    Participants: [{ ParticipantId: id(1) }, { ParticipantId: id(2) }],
    Transcript: Array.from({ length: messages }, (_, index) => ({
      AbsoluteTime: new Date(begin + index * 10_000).toISOString(),
      Content: said[(number * 31 + index * 7 + Math.floor(number / said.length)) % said.length],
      ContentType: "text/plain",
      Id: id(index + 10),
      Type: "MESSAGE",
      ParticipantId: id(1 + (index % 2)),
      DisplayName: index % 2 === 0 ? "Ann" : "Customer",
      ParticipantRole: index % 2 === 0 ? "AGENT" : "CUSTOMER",
    })),
  };
}
