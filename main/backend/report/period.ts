import { createHash } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import type { Form } from "../../../app/conformity/form.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { PeriodFormat, ReportFile, ReportPeriod } from "../../../app/contract/report-views.ts";
import { safeFileName } from "../../../app/formats/file-name.ts";
import { utf8 } from "../../../app/report/digests.ts";
import { type PeriodHead, type PeriodLine, periodBlocks, periodCount } from "../../../app/report/period-report.ts";
import { personNamed } from "../person-name.ts";
import type { SignedEvaluation, SignedFilter } from "../store/evaluations.ts";
import type { Store } from "../store/store.ts";
import { nowOf, type ReportWorld } from "./report-handlers.ts";
import { byteOrderMark, csvRows } from "./write-csv.ts";
import { type Sink, writePdf } from "./write-pdf.ts";

/** Evaluations read at a time, and lines of a CSV written at a time. */
const pageSize = 25;
const dayMs = 86_400_000;

/** What a period's report is written from. */
export type PeriodWorld = Pick<ReportWorld, "store" | "clips" | "options" | "signal">;

/**
 * Writes the report of a period as a file: once over the evaluations for the figures, once for the lines, a page at a time.
 * Throws `not-found` where there is no such checklist or sample, `input-invalid` where the period ends before it begins.
 */
export async function writePeriod(period: ReportPeriod, format: PeriodFormat, world: PeriodWorld): Promise<ReportFile> {
  const { store, clips } = world;
  const head = headOf(period, world);
  const { formId, agent, tag, runId } = period;
  const filter: SignedFilter = {
    formId,
    agent,
    tag,
    runId,
    from: Date.parse(period.from),
    before: Date.parse(period.to) + dayMs,
  };
  const hash = createHash("sha256");
  let bytes = 0;
  const fileName = safeFileName(`${head.formTitle} ${period.from} to ${period.to}${agent === null ? "" : ` ${agent}`}`, format);
  const file = await clips.make(fileName, async (path) => {
    const stream = createWriteStream(path);
    const sink: Sink = async (chunk) => {
      hash.update(chunk);
      bytes += chunk.length;
      if (!stream.write(chunk)) await once(stream, "drain");
    };
    let lines = 0;
    try {
      lines = await writeTo(sink, format, head, filter, world);
    } finally {
      stream.end();
      await finished(stream);
    }
    const content = hash.copy().digest("hex");
    store.ledger.append("export", null, { what: "evaluations", format, conversations: lines, content });
  });
  return { ...file, bytes, sha256: hash.digest("hex") };
}

/** Writes the report to a sink; answers with how many evaluations are in it. */
export async function writeTo(
  sink: Sink,
  format: PeriodFormat,
  head: PeriodHead,
  filter: SignedFilter,
  { store, options, signal }: Pick<PeriodWorld, "store" | "options" | "signal">,
): Promise<number> {
  if (format === "csv") return writePeriodCsv(sink, filter, store, signal);
  const count = periodCount();
  const forms = new Map<number, Form | null>();
  for (const page of pagesOf(store, filter)) {
    if (signal.aborted) throw new EarmarkError("cancelled", "Cancelled.");
    for (const one of page) {
      const { formId, formVersion } = one.record;
      const form = forms.get(formVersion) ?? store.checklists.version(formId, formVersion)?.form ?? null;
      forms.set(formVersion, form);
      if (form !== null) count.add(lineOf(one), form, one.answers());
    }
    // Other work has its turn between pages.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const figures = count.figures();
  await writePdf(
    periodBlocks(head, figures, linesOf(store, filter)),
    {
      title: `${head.formTitle}: ${head.from} to ${head.to}`,
      language: "en",
      createdAt: head.createdAt,
      fonts: join(options.resourcesPath, "fonts"),
      attachment: null,
      signal,
    },
    sink,
  );
  return figures.evaluations;
}

const columns = [
  ...["evaluation", "conversation", "title", "agent", "started_at", "signed_at", "evaluator", "form_version"],
  ...["score", "lowest", "highest", "band", "passed", "critical_failures"],
] as const;

async function writePeriodCsv(sink: Sink, filter: SignedFilter, store: Store, signal: AbortSignal): Promise<number> {
  let written = 0;
  await sink(utf8(byteOrderMark + csvRows([columns])));
  for (const page of pagesOf(store, filter)) {
    if (signal.aborted) throw new EarmarkError("cancelled", "Cancelled.");
    const rows = page
      .map(lineOf)
      .map((line) => [
        ...[line.evaluationId, line.conversationId, line.title, line.agent, line.startedAt, line.submittedAt, line.evaluator],
        ...[line.formVersion, line.percent, line.lowest, line.highest, line.band, line.passed, line.failed],
      ]);
    await sink(utf8(csvRows(rows)));
    written += page.length;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return written;
}

function headOf({ formId, from, to, agent, tag, runId }: ReportPeriod, world: PeriodWorld): PeriodHead {
  const { store, options } = world;
  const checklist = store.checklists.get(formId);
  if (checklist === null) throw new EarmarkError("not-found", "There is no such checklist.", { id: formId });
  if (from > to) throw new EarmarkError("input-invalid", "The period ends before it begins.", { from, to });
  const run = runId === null ? null : (store.reviews.runs(10_000).find(({ id }) => id === runId) ?? null);
  if (runId !== null && run === null) throw new EarmarkError("not-found", "There is no such sample.", { id: runId });
  return {
    formTitle: checklist.form.title,
    formId,
    ...{ from, to, agent, tag },
    sample: run,
    createdAt: new Date(nowOf(world)).toISOString(),
    createdBy: personNamed(store.settings.get().reviewer),
    earmark: options.version,
  };
}

function* pagesOf(store: Store, filter: SignedFilter): Generator<SignedEvaluation[]> {
  for (let after = 0; ; ) {
    const page = store.evaluations.signed(filter, after, pageSize);
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = last.position;
  }
}

function* linesOf(store: Store, filter: SignedFilter): Generator<PeriodLine> {
  for (const page of pagesOf(store, filter)) yield* page.map(lineOf);
}

function lineOf({ record, title, agent, startedAt }: SignedEvaluation): PeriodLine {
  const { id, conversationId, submittedAt, evaluator, formVersion, percent, lowest, highest, band, passed, failed } = record;
  return {
    evaluationId: id,
    conversationId,
    ...{ title, agent, startedAt, submittedAt, evaluator, formVersion, percent, lowest, highest, band, passed, failed },
  };
}
