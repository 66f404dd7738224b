import { resolve } from "node:path";
import type { CallInput } from "../../app/contract/api.ts";
import { EarmarkError, type Failure, failureSchema } from "../../app/contract/errors.ts";
import type { JobView } from "../../app/contract/views.ts";
import type { OpenLibrary } from "./open-library.ts";
import type { VoiceCount } from "./program.ts";
import { openProgress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";
import { readVocabularyFile } from "./vocabulary-file.ts";

/** What to hear, and how. */
export interface HearingRequest {
  readonly files: readonly string[];
  readonly speakers?: VoiceCount;
  readonly separate?: "auto" | "channel" | "speaker";
  /** One language, `auto`, or several that may be spoken, with commas in between. */
  readonly language?: string;
  readonly translate?: boolean;
  /** A file of terms and what they sound like; see `app/conversation/vocabulary.ts`. */
  readonly vocabulary?: string;
  readonly beams?: number;
}

/** What came of one file. */
export interface HeardFile {
  readonly name: string;
  /** Null when it could not be imported. */
  readonly conversationId: string | null;
  /** It was in the library before. */
  readonly known: boolean;
  /** Why it was not imported, or why hearing it ended early; null when all went well. */
  readonly failure: Failure | null;
}

/** Whether a job has come to an end; one that will be tried again by itself has not. */
export function hasEnded(job: JobView): boolean {
  return job.state === "done" || job.state === "cancelled" || (job.state === "failed" && job.retryAt === null);
}

/**
 * Imports files into a library and waits until each has been heard, giving what came of it in the files' order as soon
 * as it is known. Throws `cancelled` when the terminal's signal is aborted, after the jobs were cancelled.
 */
export async function* hear(library: OpenLibrary, request: HearingRequest, terminal: Terminal): AsyncGenerator<HeardFile> {
  const names = new Map<string, string>();
  const jobs = new Map<string, JobView>();
  let wake: (() => void) | undefined;
  const progress = await openProgress(terminal, request.files.length);
  const take = (job: JobView): void => {
    jobs.set(job.conversationId, job);
    const name = names.get(job.conversationId);
    if (name !== undefined) progress.job(name, job);
    wake?.();
  };
  const unsubscribe = library.subscribe((message) => {
    if (message.name === "job.changed") take((message.payload as { job: JobView }).job);
  });
  // Waiting for events alone would not keep the process alive.
  const alive = setInterval(() => wake?.(), 1_000);
  const onAbort = (): void => wake?.();
  terminal.signal.addEventListener("abort", onAbort, { once: true });
  try {
    const { results } = await orAborted(library.call("import.begin", await importInput(request)), terminal.signal);
    for (const { conversationId, name } of results) {
      if (conversationId === null) continue;
      names.set(conversationId, name);
      const { job } = await library.call("conversation.get", { id: conversationId });
      // An event that came meanwhile is newer than the answer only where the answer has nothing to say.
      if (job !== null) take(job);
    }
    for (const result of results) {
      const { conversationId, name, known } = result;
      if (conversationId === null || result.failure !== null) {
        yield { name, conversationId, known, failure: toClosedFailure(result.failure) };
        continue;
      }
      const again = jobs.get(conversationId);
      if (known && again !== undefined && again.state !== "done" && hasEnded(again)) {
        await library.call("queue.retry", { id: again.id });
        const { job } = await library.call("conversation.get", { id: conversationId });
        if (job !== null) take(job);
      }
      for (;;) {
        if (terminal.signal.aborted) throw new EarmarkError("cancelled", "Cancelled.");
        const job = jobs.get(conversationId);
        if (job === undefined || hasEnded(job)) {
          progress.end();
          yield { name, conversationId, known, failure: job === undefined ? null : failureOf(job) };
          break;
        }
        await new Promise<void>((done) => {
          wake = done;
        });
      }
    }
  } catch (error) {
    if (terminal.signal.aborted) await cancelAll(library, jobs);
    throw error;
  } finally {
    progress.end();
    clearInterval(alive);
    terminal.signal.removeEventListener("abort", onAbort);
    unsubscribe();
  }
}

function voiceCount(count: VoiceCount | undefined): Pick<CallInput<"import.begin">, "speakers" | "speakerRange"> {
  if (count === undefined) return {};
  return typeof count === "number" ? { speakers: count } : { speakerRange: count };
}

async function importInput(request: HearingRequest): Promise<CallInput<"import.begin">> {
  return {
    sources: request.files.map((file) => ({ kind: "path" as const, path: resolve(file) })),
    ...(await importWishes(request)),
  };
}

/** What an import asks of the speech engine, as the options say it. Rejects where the vocabulary cannot be read. */
export async function importWishes(request: Omit<HearingRequest, "files">): Promise<Omit<CallInput<"import.begin">, "sources">> {
  const vocabulary = request.vocabulary === undefined ? {} : { vocabulary: await readVocabularyFile(request.vocabulary) };
  const languages = request.language?.split(",") ?? [];
  return {
    ...voiceCount(request.speakers),
    ...(request.separate === undefined ? {} : { separation: request.separate }),
    ...(languages.length === 0 ? {} : { language: languages.length === 1 ? (languages[0] ?? "auto") : "auto" }),
    ...(languages.length > 1 ? { languages } : {}),
    ...(request.beams === undefined ? {} : { beams: request.beams }),
    ...vocabulary,
    ...(request.translate === undefined ? {} : { translate: request.translate }),
  };
}

function failureOf(job: JobView): Failure | null {
  if (job.state === "done") return null;
  if (job.failure !== null) return job.failure;
  return job.state === "cancelled"
    ? { code: "cancelled", message: "Cancelled.", details: {} }
    : { code: "internal", message: "The job failed and does not say why.", details: {} };
}

function toClosedFailure(failure: unknown): Failure {
  const parsed = failureSchema.safeParse(failure);
  return parsed.success ? parsed.data : { code: "internal", message: "The import failed and does not say why.", details: {} };
}

async function cancelAll(library: OpenLibrary, jobs: ReadonlyMap<string, JobView>): Promise<void> {
  const running = [...jobs.values()].filter((job) => !hasEnded(job));
  await Promise.allSettled(running.map((job) => library.call("queue.cancel", { id: job.id })));
}

/** The result, or a rejection with `cancelled` as soon as the signal is aborted. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolveWork, reject) => {
    const onAbort = (): void => reject(new EarmarkError("cancelled", "Cancelled."));
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolveWork, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
