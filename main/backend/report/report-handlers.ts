import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { assertNever } from "../../../app/assert-never.ts";
import { evaluationToConnect } from "../../../app/conformity/connect-evaluation.ts";
import type { Handlers } from "../../../app/contract/api.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { EventName, EventPayload } from "../../../app/contract/events.ts";
import type { ReportFormat } from "../../../app/contract/report-views.ts";
import { safeFileName } from "../../../app/formats/file-name.ts";
import { auditReportBlocks } from "../../../app/report/audit-report-blocks.ts";
import { toHex, utf8 } from "../../../app/report/digests.ts";
import { sealedText } from "../../../app/report/sealed.ts";
import type { BackendOptions } from "../backend.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { sha256 } from "../ledger/node-crypto.ts";
import { recordExport } from "../ledger/record-export.ts";
import type { LibraryPaths } from "../library-paths.ts";
import type { Clips } from "../media/clips.ts";
import { personNamed } from "../person-name.ts";
import type { SentimentsOf } from "../pipeline/categoriser.ts";
import { readEgress } from "../speech/sagemaker/egress-file.ts";
import type { Store } from "../store/store.ts";
import { writeBundle } from "./bundle.ts";
import { type ReportSubject, reportSubject } from "./material.ts";
import { writePeriod } from "./period.ts";
import { reportSections, sealedPdf } from "./seal-report.ts";
import { writeCsv } from "./write-csv.ts";
import { writeDocx } from "./write-docx.ts";

/** What the handlers of reports answer from. */
export interface ReportWorld {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly clips: Clips;
  readonly sentimentsOf: SentimentsOf;
  readonly paths: Pick<LibraryPaths, "root">;
  readonly options: Pick<BackendOptions, "resourcesPath" | "version" | "clock">;
  readonly emit: <N extends EventName>(name: N, payload: EventPayload<N>) => void;
  /** Aborted when Earmark closes. */
  readonly signal: AbortSignal;
}

type ReportCalls = Extract<keyof Handlers, `report.${string}`>;

/** One handler for each call that writes a report. */
export function reportHandlers(world: ReportWorld): Pick<Handlers, ReportCalls> {
  const { store, clips } = world;
  const writing = new Set<AbortController>();
  const told = (done: number): void => world.emit("report.writing", { done });
  const stoppable = async <T>(write: (own: ReportWorld) => Promise<T>): Promise<T> => {
    const stop = new AbortController();
    writing.add(stop);
    try {
      return await write({ ...world, signal: AbortSignal.any([world.signal, stop.signal]) });
    } finally {
      writing.delete(stop);
    }
  };
  return {
    "report.create": async ({ evaluationId, format }) => {
      const { bytes, fileName, conversationId } = await reportOf(evaluationId, format, world);
      const file = await clips.make(fileName, async (path) => {
        await writeFile(path, bytes);
        // What cannot be recorded does not leave: the file goes again where this throws.
        recordExport(store, conversationId, "report", format, bytes);
      });
      return { ...file, sha256: toHex(sha256(bytes)) };
    },
    "report.bundle": (input) => stoppable((own) => writeBundle(input, own, told)),
    "report.period": ({ format, ...period }) => stoppable((own) => writePeriod(period, format, { ...own, told })),
    "report.stop": async () => {
      for (const stop of writing) stop.abort();
      return {};
    },
  };
}

/** The report of an evaluation in a format, not yet recorded. Throws as `reportSubject` does. */
export async function reportOf(
  evaluationId: string,
  format: ReportFormat,
  world: ReportWorld,
): Promise<{ readonly bytes: Uint8Array; readonly fileName: string; readonly conversationId: string }> {
  const { store } = world;
  const conversationId = store.evaluations.get(evaluationId)?.conversationId;
  if (conversationId === undefined) throw new EarmarkError("not-found", "There is no such evaluation.", { id: evaluationId });
  const subject = reportSubject(evaluationId, {
    store,
    sentimentsOf: world.sentimentsOf,
    egress: await readEgress(join(world.paths.root, "egress.jsonl"), conversationId),
    createdAt: new Date(nowOf(world)).toISOString(),
    createdBy: personNamed(store.settings.get().reviewer),
    version: world.options.version,
  });
  return { bytes: await written(subject, format, world), fileName: fileNameOf(subject, format), conversationId };
}

/** Now, in milliseconds. */
export function nowOf({ options }: Pick<ReportWorld, "options">): number {
  return (options.clock ?? Date).now();
}

function fileNameOf({ report }: ReportSubject, format: ReportFormat): string {
  const extension = format === "connect" ? "connect.json" : format;
  return safeFileName(`${report.source.title} ${report.form.title} report`, extension);
}

/** The report in a format. */
async function written(
  { report, review, judgement }: ReportSubject,
  format: ReportFormat,
  world: ReportWorld,
): Promise<Uint8Array> {
  switch (format) {
    case "pdf":
      return sealedPdf(report, world.ledger.sealer(), join(world.options.resourcesPath, "fonts"), world.signal);
    case "json":
      return utf8(sealedText(world.ledger.sealer().seal(reportSections(report))));
    case "csv":
      return utf8(writeCsv(report));
    case "docx":
      return writeDocx(auditReportBlocks(report, null), report.report.title, "en");
    case "connect": {
      // Where nothing told which contact it was, the id of this library stands in for it. Which agent it was in Connect nothing tells.
      const contactId = world.store.journeys.identities.readable(review.conversationId, "contact") ?? review.conversationId;
      const evaluation = evaluationToConnect(review, judgement, { contactId, agentId: null });
      return utf8(`${JSON.stringify(evaluation, null, 2)}\n`);
    }
    default:
      return assertNever(format);
  }
}
