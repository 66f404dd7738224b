import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { assertNever } from "../../../app/assert-never.ts";
import { evaluationToConnect } from "../../../app/conformity/connect-evaluation.ts";
import type { Handlers } from "../../../app/contract/api.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
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
  /** Aborted when Earmark closes. */
  readonly signal: AbortSignal;
}

type ReportCalls = Extract<keyof Handlers, `report.${string}`>;

/** One handler for each call that writes a report. */
export function reportHandlers(world: ReportWorld): Pick<Handlers, ReportCalls> {
  const { store, clips } = world;
  return {
    "report.create": async ({ evaluationId, format }) => {
      const conversationId = store.evaluations.get(evaluationId)?.conversationId;
      if (conversationId === undefined) {
        throw new EarmarkError("not-found", "There is no such evaluation.", { id: evaluationId });
      }
      const subject = reportSubject(evaluationId, {
        store,
        sentimentsOf: world.sentimentsOf,
        egress: await readEgress(join(world.paths.root, "egress.jsonl"), conversationId),
        createdAt: new Date(nowOf(world)).toISOString(),
        createdBy: personNamed(store.settings.get().reviewer),
        version: world.options.version,
      });
      const bytes = await written(subject, format, world);
      const file = await clips.make(fileNameOf(subject, format), async (path) => {
        await writeFile(path, bytes);
        // What cannot be recorded does not leave: the file goes again where this throws.
        recordExport(store, conversationId, "report", format, bytes);
      });
      return { ...file, sha256: toHex(sha256(bytes)) };
    },
    "report.period": async ({ format, ...period }) => writePeriod(period, format, world),
  };
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
  const seal = world.ledger.seal.bind(world.ledger);
  switch (format) {
    case "pdf":
      return sealedPdf(report, seal, join(world.options.resourcesPath, "fonts"), world.signal);
    case "json":
      return utf8(sealedText(seal(reportSections(report))));
    case "csv":
      return utf8(writeCsv(report));
    case "docx":
      return writeDocx(auditReportBlocks(report, null), report.report.title, "en");
    case "connect": {
      // Which contact and agent it was in Connect is not known here; ids of this library stand in for the contact.
      const evaluation = evaluationToConnect(review, judgement, { contactId: review.conversationId, agentId: null });
      return utf8(`${JSON.stringify(evaluation, null, 2)}\n`);
    }
    default:
      return assertNever(format);
  }
}
