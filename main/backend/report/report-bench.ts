// biome-ignore-all lint/suspicious/noConsole: a measurement prints what it measured
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { choice } from "../../../app/conformity/answer-value.ts";
import { readForm } from "../../../app/conformity/form-text.ts";
import type { Turn } from "../../../app/conversation/conversation.ts";
import { measure } from "../../../app/conversation/measures.ts";
import { verifyFile } from "../../../app/report/verify-file.ts";
import { openLedger } from "../ledger/ledger.ts";
import { nodeChecks } from "../ledger/node-crypto.ts";
import { libraryPaths } from "../library-paths.ts";
import { openClips } from "../media/clips.ts";
import { noSentiments } from "../pipeline/categoriser.ts";
import { answersNow, judging } from "../pipeline/evaluator.ts";
import { openStore, type Store } from "../store/store.ts";
import { earmarkFolder } from "../surroundings.ts";
import { reportHandlers } from "./report-handlers.ts";

/*
 * How long a report of 40 questions about a call of an hour takes, and how much memory a thousand reviews take on their way into
 * CSV and PDF: npm run bench -- report [REVIEWS]
 */

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const reviews = Number(process.argv[2] ?? 1_000);
const hourMs = 3_600_000;
const questions = Array.from({ length: 40 }, (_, index) => {
  const rule = index % 2 === 0 ? `{ rule: { holds: { said: "refund ${index % 7}", by: customer } } }` : "person";
  return `      - { id: q${index}, type: yes-no, ask: "Question ${index + 1}: was what is asked here done as it has to be done?", critical: ${index % 9 === 0 ? "form" : "section"}, answeredBy: ${rule} }`;
});
const form = `schema: earmark-checklist/1
id: forty
version: 1
title: Forty questions
sections:
  - id: all
    title: All of them
    questions:
${questions.join("\n")}
`;

/** A call of an hour: 1,200 turns of 3 s, ten words each. */
function turnsOfAnHour(): Turn[] {
  return Array.from({ length: hourMs / 3_000 }, (_, index): Turn => {
    const startMs = index * 3_000;
    const texts = ["well", "I", "would", "like", "a", "refund", String(index % 7), "for", "order", String(index)];
    const words = texts.map((text, place) => ({
      ...{ id: `w${index}.${place}`, text, startMs: startMs + place * 280, endMs: startMs + place * 280 + 250, confidence: 0.9 },
    }));
    const participantId = index % 2 === 0 ? "customer" : "agent";
    return {
      id: `t${index}`,
      participantId,
      startMs,
      endMs: startMs + 2_800,
      text: texts.join(" "),
      words,
      speakerConfidence: null,
    };
  });
}

const participants = (["customer", "agent"] as const).map((role) => ({
  id: role,
  role,
  roleConfidence: null,
  name: null,
  channel: null,
}));

function add(store: Store, id: string, turns: Turn[], durationMs: number): void {
  store.conversations.insert({
    ...{ id, kind: "call", channel: "voice", title: `Call ${id} about a refund`, timeZone: null, durationMs, speechOptions: {} },
    startedAt: "2026-11-20T10:00:00.000Z",
    source: { name: "a.wav", sha256: id.padStart(64, "0"), bytes: 1, format: "WAV" },
  });
  const own = { turns, participants, durationMs, language: "en", shortfalls: [], provenance: null };
  store.transcripts.put(id, { ...own, measures: measure(durationMs, participants, turns) } as Parameters<
    typeof store.transcripts.put
  >[1]);
}

/** What is really held: what is left once the garbage is gone, in bytes. */
function heldBytes(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Time gone by and time of the processor: on a busy machine the second says more. */
function spent(begun: NodeJS.CpuUsage, since: number): string {
  const { user, system } = process.cpuUsage(begun);
  return `${(performance.now() - since).toFixed(0)} ms (${((user + system) / 1_000).toFixed(0)} ms of processor time)`;
}

const root = await mkdtemp(join(tmpdir(), "earmark-report-bench-"));
const clock = { now: () => Date.now() };
const store = openStore(libraryPaths(root), { clock, version: "0" });
const ledger = await openLedger({ store, root, secrets: null, passphrase: "", clock });
const signal = new AbortController().signal;
const clips = await openClips(join(root, "clips"), () => Promise.reject(new Error("No sound is cut here.")), signal);
const handlers = reportHandlers({
  ...{ store, ledger, clips, sentimentsOf: noSentiments, paths: { root }, emit: () => undefined, signal },
  options: { resourcesPath: join(earmarkFolder, "resources"), version: "0", clock },
});
store.checklists.put(readForm(form), form, "person", "Ann");

add(store, "hour", turnsOfAnHour(), hourMs);
const evaluation = store.evaluations.add({ conversationId: "hour", formId: "forty", formVersion: 1, stage: "draft" });
const judged = judging(store, "hour");
if (judged === null) throw new Error("The call is not there.");
const answers = answersNow(judged, readForm(form), evaluation).map((answer) => ({
  ...answer,
  decision: {
    ...{ value: choice("yes"), reason: "As heard, twice", evidence: answer.suggestion?.evidence.slice(0, 3) ?? [], searched: [] },
    ...{
      suggested: answer.suggestion?.value ?? null,
      author: "Ann",
      at: "2026-11-20T11:00:00.000Z",
      wordsHash: judged.wordsHash,
      revision: judged.revision,
    },
  },
}));
store.evaluations.change(evaluation.id, { answers });
for (const format of ["pdf", "pdf", "docx", "csv", "json"] as const) {
  const begun = process.cpuUsage();
  const since = performance.now();
  const { bytes, path } = await handlers["report.create"]({ evaluationId: evaluation.id, format });
  console.log(`40 questions, one hour, ${format}: ${spent(begun, since)}, ${bytes} bytes`);
  if (format === "json" || format === "pdf") {
    const { readFile } = await import("node:fs/promises");
    const { sound } = await verifyFile(await readFile(path), nodeChecks);
    if (!sound) throw new Error("The report does not verify.");
  }
}

for (let index = 0; index < reviews; index += 1) {
  const id = `c${index}`;
  add(store, id, [], 1_000);
  const { id: own } = store.evaluations.add({ conversationId: id, formId: "forty", formVersion: 1, stage: "draft" });
  const percent = 50 + ((index * 37) % 51);
  const submittedAt = new Date(Date.UTC(2026, 10, 1 + (index % 30), 12)).toISOString();
  const figures = {
    percent,
    lowest: percent - 5,
    highest: percent,
    band: null,
    passed: percent >= 80,
    failed: index % 10 === 0 ? 1 : 0,
    open: 0,
    stale: 0,
  };
  store.evaluations.change(own, { ...figures, answers, stage: "submitted", evaluator: "Ann", submittedAt, basis: "b" });
}
for (const format of ["csv", "pdf"] as const) {
  const before = heldBytes();
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, heldBytes());
  }, 250);
  const begun = process.cpuUsage();
  const since = performance.now();
  const { bytes } = await handlers["report.period"]({
    ...{
      formId: "forty",
      days: { from: "2026-11-01", to: "2026-11-30" },
      agent: null,
      tag: null,
      runId: null,
      conversationIds: null,
    },
    format,
  });
  const took = spent(begun, since);
  clearInterval(watch);
  const mib = (value: number): string => `${(value / 2 ** 20).toFixed(0)} MiB`;
  console.log(`${reviews} reviews, ${format}: ${took}, ${bytes} bytes, ${mib(before)} held before, ${mib(peak)} at most`);
}
ledger.close();
store.close();
await rm(root, { recursive: true, force: true, maxRetries: 5 });
