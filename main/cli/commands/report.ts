import { join } from "node:path";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { PeriodFormat, ReportFormat } from "../../../app/contract/report-views.ts";
import { copyOut } from "../copy-out.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { type LibraryOptions, type OpenLibrary, openLibrary, withLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";

/** What `report` takes beside the conversations. */
export interface ReportOptions extends LibraryOptions {
  readonly format: ReportFormat;
  /** The file to write; the folder, where there are several conversations. */
  readonly out: string;
  /** The checklist; without it the evaluation that a person worked on last. */
  readonly form?: string;
}

/** Writes the audit reports of conversations of the library. */
export async function report(ids: readonly string[], options: ReportOptions, terminal: Terminal): Promise<ExitCode> {
  return withLibrary(openLibrary(options), async (library) => {
    // All of them are found before the first is written.
    const evaluations: string[] = [];
    for (const id of ids) evaluations.push(await evaluationOf(library, id, options.form));
    for (const evaluationId of evaluations) {
      if (terminal.signal.aborted) throw new EarmarkError("cancelled", "Cancelled.");
      const { path, fileName, bytes, sha256 } = await library.call("report.create", { evaluationId, format: options.format });
      const out = ids.length === 1 ? options.out : join(options.out, `${evaluationId.slice(0, 8)} ${fileName}`);
      await copyOut(path, out);
      terminal.out(`${out}: ${bytes} bytes, SHA-256 ${sha256}\n`);
    }
    return exitCodes.done;
  });
}

/** What `report --period` takes: a checklist's signed evaluations from one day to another. */
export interface PeriodReportOptions extends LibraryOptions {
  readonly form: string;
  /** Days (UTC), both included. */
  readonly period: { readonly from: string; readonly to: string };
  readonly agent?: string;
  readonly tag?: string;
  /** The id of a sample. */
  readonly sample?: string;
  readonly format: PeriodFormat;
  readonly out: string;
}

/** Writes the report of a period. */
export async function reportPeriod(options: PeriodReportOptions, terminal: Terminal): Promise<ExitCode> {
  const { form: formId, period: days, agent = null, tag = null, sample: runId = null, format, out } = options;
  return withLibrary(openLibrary(options), async (library) => {
    // Cancelled from the terminal it ends at the next evaluation.
    const stop = (): void => void library.call("report.stop", {}).catch(() => undefined);
    terminal.signal.addEventListener("abort", stop, { once: true });
    const { path, bytes, sha256 } = await library.call("report.period", { formId, days, agent, tag, runId, format });
    await copyOut(path, out);
    terminal.out(`${out}: ${bytes} bytes, SHA-256 ${sha256}\n`);
    return exitCodes.done;
  });
}

async function evaluationOf(library: OpenLibrary, conversationId: string, form: string | undefined): Promise<string> {
  // Asks for the conversation first: an id that is not there is to be told apart from one that nobody judged.
  await library.call("conversation.get", { id: conversationId });
  const { evaluations } = await library.call("evaluation.list", { conversationId });
  const found = evaluations.find(({ formId }) => form === undefined || formId === form);
  if (found !== undefined) return found.id;
  throw new EarmarkError(
    "not-found",
    form === undefined
      ? "This conversation was judged by no checklist yet."
      : "This conversation was not judged by that checklist.",
    { id: conversationId, ...(form === undefined ? {} : { form }) },
  );
}
