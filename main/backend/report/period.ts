import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import type { Form } from "../../../app/conformity/form.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { PeriodFormat, ReportFile, ReportPeriod } from "../../../app/contract/report-views.ts";
import { safeFileName } from "../../../app/formats/file-name.ts";
import type { Json } from "../../../app/report/canonical-json.ts";
import { utf8 } from "../../../app/report/digests.ts";
import {
  type PeriodFigures,
  type PeriodHead,
  type PeriodLine,
  periodBlocks,
  periodCount,
  periodSections,
  periodTitle,
} from "../../../app/report/period-report.ts";
import { proofOf } from "../../../app/report/proof-blocks.ts";
import type { Sealer } from "../ledger/ledger.ts";
import { personNamed } from "../person-name.ts";
import type { SignedEvaluation, SignedFilter } from "../store/evaluations.ts";
import type { Store } from "../store/store.ts";
import { streamHash, turn } from "./file-hash.ts";
import { nowOf, type ReportWorld } from "./report-handlers.ts";
import { attachedReport, noHash } from "./seal-report.ts";
import { openSpool, type SealedSpool } from "./sealed-spool.ts";
import { byteOrderMark, csvRows } from "./write-csv.ts";
import { type Sink, writePdf } from "./write-pdf.ts";

/** Evaluations read at a time, and lines of a CSV written at a time. */
const pageSize = 25;
const dayMs = 86_400_000;
/** The section of the sealed data that the lines are. */
const linesSection = "evaluations";

/** What a period's report is written from. */
export type PeriodWorld = Pick<ReportWorld, "store" | "ledger" | "clips" | "options" | "signal"> & {
  /** Hears how many evaluations have been gone through. */
  readonly told: (done: number) => void;
};

/**
 * Writes the report of a period as a file: the evaluations are gone through once, a page at a time, and what is set and sealed comes
 * from what was found then. Throws `not-found` where there is no such checklist or sample, `input-invalid` where the period ends before
 * it begins, `cancelled`.
 */
export async function writePeriod(period: ReportPeriod, format: PeriodFormat, world: PeriodWorld): Promise<ReportFile> {
  const { store, clips } = world;
  const head = headOf(period, world);
  const filter = filterOf(period);
  const named = head.days === null ? "chosen conversations" : `${head.days.from} to ${head.days.to}`;
  const fileName = safeFileName(`${head.formTitle} ${named}${head.agent === null ? "" : ` ${head.agent}`}`, format);
  let hash = "";
  const file = await clips.make(fileName, async (path) => {
    const lines = await writeTo(path, format, head, filter, world);
    hash = await streamHash(path);
    // What cannot be recorded does not leave: the file goes again where this throws.
    store.ledger.append("export", null, { what: "evaluations", format, conversations: lines, content: hash });
  });
  return { ...file, sha256: hash };
}

/** Writes the report to a path; answers with how many evaluations are in it. */
async function writeTo(
  path: string,
  format: PeriodFormat,
  head: PeriodHead,
  filter: SignedFilter,
  world: PeriodWorld,
): Promise<number> {
  if (format === "csv") return intoFile(path, (sink) => writePeriodCsv(sink, filter, world));
  const besides = [`${path}.items`, `${path}.trees`] as const;
  let spool: SealedSpool | null = null;
  try {
    spool = openSpool(...besides);
    const figures = await collect(spool, filter, world);
    const sealer = world.ledger.sealer();
    if (format === "pdf") await writePeriodPdf(path, spool, head, figures, sealer, world);
    else {
      const sections = periodSections(head, figures);
      const text = spool.text(linesSection, sections, spool.integrity(linesSection, sections, sealer));
      await intoFile(path, (sink) => pour(text, sink, world.signal));
    }
    return spool.length;
  } finally {
    spool?.close();
    for (const one of besides) await rm(one, { force: true });
  }
}

/** Goes through the evaluations of a period: each becomes a line of the spool, and counts. */
async function collect(spool: SealedSpool, filter: SignedFilter, { store, signal, told }: PeriodWorld): Promise<PeriodFigures> {
  const count = periodCount();
  const forms = new Map<number, Form | null>();
  for (const page of pagesOf(store, filter)) {
    for (const one of page) {
      const { formId, formVersion } = one.record;
      const form = forms.get(formVersion) ?? store.checklists.version(formId, formVersion)?.form ?? null;
      forms.set(formVersion, form);
      const line = lineOf(one);
      // An interface is no index signature to TypeScript; everything in it is plain.
      spool.add(line as unknown as Json);
      if (form !== null) count.add(line, form, one.answers());
    }
    told(spool.length);
    await turn(signal);
  }
  return count.figures();
}

/** Writes the PDF with room for the sealed data, hashes everything around it, and puts them there. */
async function writePeriodPdf(
  path: string,
  spool: SealedSpool,
  head: PeriodHead,
  figures: PeriodFigures,
  sealer: Sealer,
  { options, signal }: PeriodWorld,
): Promise<void> {
  const sectionsWith = (sha256: string) => ({ ...periodSections(head, figures), file: { format: "pdf", sha256 } });
  const textWith = (sha256: string) => {
    const sections = sectionsWith(sha256);
    const integrity = spool.integrity(linesSection, sections, sealer);
    return { integrity, text: spool.text(linesSection, sections, integrity) };
  };
  const draft = textWith(noHash);
  let room = 0;
  for (const piece of draft.text) room += piece.length;
  const place = await intoFile(path, (sink) =>
    writePdf(
      periodBlocks(head, figures, spool.items() as Iterable<PeriodLine>, proofOf(draft.integrity)),
      {
        title: periodTitle(head),
        language: "en",
        createdAt: head.createdAt,
        fonts: join(options.resourcesPath, "fonts"),
        attachment: { ...attachedReport, bytes: room },
        signal,
      },
      sink,
    ),
  );
  if (place === null) throw new EarmarkError("internal", "The room for the sealed data is not in the PDF.");
  const around = await streamHash(path, [{ end: place - 1 }, { start: place + room }]);
  const { text } = textWith(around);
  const file = await open(path, "r+");
  try {
    let at = place;
    await pour(
      text,
      async (bytes) => {
        await file.write(bytes, 0, bytes.length, at);
        at += bytes.length;
      },
      signal,
    );
    if (at !== place + room) throw new EarmarkError("internal", "The sealed data do not fit into their room in the PDF.");
  } finally {
    await file.close();
  }
}

/** Opens a file to write to, and closes it whatever comes. */
async function intoFile<T>(path: string, write: (sink: Sink) => Promise<T>): Promise<T> {
  const stream = createWriteStream(path);
  try {
    return await write(async (chunk) => {
      if (!stream.write(chunk)) await once(stream, "drain");
    });
  } finally {
    stream.end();
    await finished(stream);
  }
}

/** Pieces put together before they are passed on, in bytes. */
const pouredBytes = 65_536;

/** Passes small pieces on as larger ones. */
async function pour(pieces: Iterable<Uint8Array>, sink: Sink, signal: AbortSignal): Promise<void> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    waiting.push(piece);
    bytes += piece.length;
    if (bytes < pouredBytes) continue;
    await sink(Buffer.concat(waiting));
    waiting = [];
    bytes = 0;
    await turn(signal);
  }
  await sink(Buffer.concat(waiting));
}

const columns = [
  ...["evaluation", "conversation", "title", "agent", "started_at", "signed_at", "evaluator", "form_version"],
  ...["score", "lowest", "highest", "band", "passed", "critical_failures"],
] as const;

async function writePeriodCsv(sink: Sink, filter: SignedFilter, { store, signal, told }: PeriodWorld): Promise<number> {
  let written = 0;
  await sink(utf8(byteOrderMark + csvRows([columns])));
  for (const page of pagesOf(store, filter)) {
    const rows = page
      .map(lineOf)
      .map((line) => [
        ...[line.evaluationId, line.conversationId, line.title, line.agent, line.startedAt, line.submittedAt, line.evaluator],
        ...[line.formVersion, line.percent, line.lowest, line.highest, line.band, line.passed, line.failed],
      ]);
    await sink(utf8(csvRows(rows)));
    written += page.length;
    told(written);
    await turn(signal);
  }
  return written;
}

function filterOf({ formId, days, agent, tag, runId, conversationIds }: ReportPeriod): SignedFilter {
  const from = days === null ? 0 : Date.parse(days.from);
  const before = days === null ? Number.MAX_SAFE_INTEGER : Date.parse(days.to) + dayMs;
  return { formId, agent, tag, runId, conversationIds, from, before };
}

function headOf({ formId, days, agent, tag, runId, conversationIds }: ReportPeriod, world: PeriodWorld): PeriodHead {
  const { store, options } = world;
  const checklist = store.checklists.get(formId);
  if (checklist === null) throw new EarmarkError("not-found", "There is no such checklist.", { id: formId });
  if (days !== null && days.from > days.to) throw new EarmarkError("input-invalid", "The period ends before it begins.", days);
  const run = runId === null ? null : (store.reviews.runs(10_000).find(({ id }) => id === runId) ?? null);
  if (runId !== null && run === null) throw new EarmarkError("not-found", "There is no such sample.", { id: runId });
  return {
    formTitle: checklist.form.title,
    formId,
    ...{ days, agent, tag },
    selected: conversationIds?.length ?? null,
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

function lineOf({ record, title, agent, startedAt }: SignedEvaluation): PeriodLine {
  const { id, conversationId, submittedAt, evaluator, formVersion, percent, lowest, highest, band, passed, failed } = record;
  return {
    evaluationId: id,
    conversationId,
    ...{ title, agent, startedAt, submittedAt, evaluator, formVersion, percent, lowest, highest, band, passed, failed },
  };
}
