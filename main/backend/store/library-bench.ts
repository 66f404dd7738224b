// biome-ignore-all lint/suspicious/noConsole: a measurement prints what it measured
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { api, type CallInput } from "../../../app/contract/api.ts";
import { sortKeys } from "../../../app/contract/library-views.ts";
import { libraryPaths } from "../library-paths.ts";
import { generateLibrary } from "./generated-library.ts";
import { openStore, type Store } from "./store.ts";

/*
 * How long the list of a large library takes to answer: opening, sorting by each column, filtering, each key of a search as
 * it is typed, and scrolling far down. Every answer is counted anew (something is written between any two), none is the
 * second of its kind from a cache of Earmark's own. Times are those of the backend: what the page adds is drawing 40 rows.
 *
 * node main/backend/store/library-bench.ts [--conversations 100000] [--turns 20] [--rounds 12] [--keep FOLDER]
 *
 * With --keep the made-up library is left in the folder and used again by the next run.
 */

const { values: options } = parseArgs({
  options: {
    conversations: { type: "string", default: "100000" },
    turns: { type: "string", default: "20" },
    rounds: { type: "string", default: "12" },
    keep: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

const filters = [
  "channel:chat",
  'agent="Agent C1 Novak"',
  "agent:novak",
  "customer:4711",
  "queue:billing direction:inbound",
  "duration>10m",
  "silence>40% interruptions>=10",
  "date>=2025-06-01 date<2025-07-01",
  "language:en talk>80%",
  "tag:vip",
  "-tag:vip channel:voice",
  "is:unread",
  "is:reviewed has:tags",
  "is:assigned",
  "said:cancel by:customer before:60s",
  'said:"cancel contract" by:agent',
  "said:the by:customer before:60s",
  "channel:chat OR channel:sms refund",
];
const typed = ["cancel", "refund card", "the account", '"wrong amount"', "agent:novak cancel", "said:refund by:customer"];

const rounds = Number(options.rounds);
const folder = options.keep ?? mkdtempSync(join(tmpdir(), "earmark-library-bench-"));
const paths = libraryPaths(folder);
const open = (): Store => openStore(paths, { clock: { now: () => Date.now() }, version: "0.1.0" });

try {
  if (!existsSync(paths.database)) {
    const store = open();
    const begun = performance.now();
    generateLibrary(store, { conversations: Number(options.conversations), turns: Number(options.turns) }, (done) => {
      if (done % 10_000 === 0) console.error(`${done} conversations made`);
    });
    console.error(`made in ${((performance.now() - begun) / 1_000).toFixed(0)} s`);
    store.close();
  }
  measure();
} finally {
  if (options.keep === undefined) rmSync(folder, { recursive: true, force: true });
}

function measure(): void {
  const store = open();
  const some = store.library.ids("", 1)[0] ?? "";
  const times = new Map<string, number[]>();
  const list = (group: string, input: CallInput<"library.list">, note = true): void => {
    store.reviews.open(some, "bench");
    const query = api["library.list"].input.parse(input);
    const begun = performance.now();
    store.library.list(query, "bench");
    const took = performance.now() - begun;
    if (!note) return;
    const known = times.get(group);
    if (known === undefined) times.set(group, [took]);
    else known.push(took);
  };

  const total = store.library.list(api["library.list"].input.parse({ limit: 1 })).total;
  for (let round = -1; round < rounds; round++) {
    const note = round >= 0;
    list("open", {}, note);
    for (const sortBy of sortKeys) {
      for (const direction of ["ascending", "descending"] as const) list(`sort ${sortBy}`, { sortBy, direction }, note);
    }
    for (const text of filters) {
      list(`filter ${text}`, { text }, note);
      list("filter, sorted by agent", { text, sortBy: "agent", direction: "ascending" }, note);
      list("filter, sorted by duration", { text, sortBy: "durationMs" }, note);
    }
    for (const text of typed) {
      for (let length = 1; length <= text.length; length++) {
        // What cannot be understood yet is not asked: the page says so in place.
        try {
          list(`keys of ${text}`, { text: text.slice(0, length), sortBy: "relevance" }, note);
        } catch {}
      }
    }
    for (const offset of [1_000, Math.floor(total / 2), Math.max(0, total - 100)]) list(`scroll to ${offset}`, { offset }, note);
    list("scroll, sorted by agent, to the middle", { offset: Math.floor(total / 2), sortBy: "agent" }, note);
  }
  store.close();

  const rows = [...times].map(([what, took]) => ({ what, ...summary(took) }));
  const groups = ["open", "sort", "filter", "keys", "scroll"].map((group) => ({
    what: `all: ${group}`,
    ...summary([...times].filter(([what]) => what.startsWith(group)).flatMap(([, took]) => took)),
  }));
  if (options.json) console.log(JSON.stringify({ conversations: total, rows: [...rows, ...groups] }));
  else {
    const bytes = statSync(paths.database).size;
    console.log(
      `${total} conversations, ${(bytes / 1e6).toFixed(0)} MB, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}`,
    );
    console.log("   p50 ms    p95 ms    max ms  times");
    for (const { what, p50, p95, max, count } of [...rows, ...groups]) {
      const figure = (value: number): string => value.toFixed(1).padStart(9);
      console.log(`${figure(p50)} ${figure(p95)} ${figure(max)} ${String(count).padStart(6)}  ${what}`);
    }
  }
}

function summary(took: readonly number[]): { p50: number; p95: number; max: number; count: number } {
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95), max: at(1), count: sorted.length };
}
