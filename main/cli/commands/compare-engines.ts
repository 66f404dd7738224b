import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CallInput } from "../../../app/contract/api.ts";
import { EarmarkError, fromFailure } from "../../../app/contract/errors.ts";
import { settingsSchema } from "../../../app/contract/views.ts";
import type { Conversation } from "../../../app/conversation/conversation.ts";
import {
  type ComparedWord,
  type Comparison,
  compareHearings,
  type WordDifference,
} from "../../backend/speech/sagemaker/compare-hearings.ts";
import { clock } from "../conversation-text.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { type HearingRequest, hear } from "../hearing.ts";
import { type LibraryOptions, openLibrary, openTemporaryLibrary, withLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";

type Offload = NonNullable<CallInput<"settings.set">["offload"]>;

/** What `compare-engines` takes beside the file. What is not said of the endpoint is as the library's settings have it. */
export interface CompareEnginesOptions extends LibraryOptions, Omit<HearingRequest, "files"> {
  readonly endpoint?: string;
  readonly diarizationEndpoint?: string;
  readonly transcriptionEndpoint?: string;
  readonly mode?: "real-time" | "asynchronous";
  readonly bucket?: string;
  readonly profile?: string;
  readonly region?: string;
  readonly runtimeUrl?: string;
  readonly s3Url?: string;
  /** Milliseconds by which the times of the same word may differ; 0 unless told. */
  readonly tolerance?: number;
  readonly json?: boolean;
}

/** The library's settings with what the command line says instead. */
export function offloadFor(settings: Offload, options: CompareEnginesOptions): Offload {
  const sample = options.diarizationEndpoint !== undefined || options.transcriptionEndpoint !== undefined;
  const own = options.endpoint !== undefined;
  return {
    ...settings,
    use: "sagemaker",
    contract: sample ? "conversation-intelligence" : own ? "earmark" : settings.contract,
    endpoint: options.endpoint ?? settings.endpoint,
    diarizationEndpoint: options.diarizationEndpoint ?? settings.diarizationEndpoint,
    transcriptionEndpoint: options.transcriptionEndpoint ?? settings.transcriptionEndpoint,
    mode: options.mode ?? settings.mode,
    bucket: options.bucket ?? settings.bucket,
    profile: options.profile ?? settings.profile,
    region: options.region ?? settings.region,
    runtimeUrl: options.runtimeUrl ?? settings.runtimeUrl,
    s3Url: options.s3Url ?? settings.s3Url,
  };
}

/** Hears one file in an empty library, here or there. Throws why it could not be heard. */
async function heard(
  file: string,
  offload: Offload | null,
  options: CompareEnginesOptions,
  terminal: Terminal,
): Promise<{ conversation: Conversation; sent: string }> {
  return withLibrary(openTemporaryLibrary(options), async (library) => {
    if (offload !== null) await library.call("settings.set", { offload });
    for await (const { conversationId, failure } of hear(library, { ...options, files: [file] }, terminal)) {
      if (failure !== null) throw fromFailure(failure);
      if (conversationId === null) continue;
      const { conversation } = await library.call("conversation.get", { id: conversationId });
      // The library goes with the command; what left this machine is told before.
      const sent = await readFile(join(library.path, "egress.jsonl"), "utf8").catch(() => "");
      return { conversation, sent };
    }
    throw new EarmarkError("not-found", "Nothing was heard.");
  });
}

/**
 * Hears a recording on this machine and on SageMaker, and prints where the two differ, word by word. Answers with `done`
 * whether they differ or not: the printed lines, or the JSON, say which.
 */
export async function compareEngines(file: string, options: CompareEnginesOptions, terminal: Terminal): Promise<ExitCode> {
  const named = options.endpoint !== undefined || options.diarizationEndpoint !== undefined;
  // A library that another Earmark has open is not needed where the command line says it all.
  const { offload } =
    named && options.library === undefined
      ? settingsSchema.parse({})
      : await withLibrary(openLibrary(options), (library) => library.call("settings.get", {}));
  const here = await heard(file, null, options, terminal);
  const there = await heard(file, offloadFor(offload, options), options, terminal);
  terminal.err(sentLines(there.sent));
  const comparison = compareHearings(here.conversation, there.conversation, options.tolerance ?? 0);
  terminal.out(options.json === true ? `${JSON.stringify(comparison, null, 2)}\n` : comparisonText(comparison));
  return exitCodes.done;
}

/** What left this machine, a line each. */
function sentLines(records: string): string {
  return records
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const record = JSON.parse(line) as { operation: string; destination: string; bytes: number };
      return `${record.operation} ${record.destination} ${record.bytes} bytes\n`;
    })
    .join("");
}

function wordText({ text, startMs, endMs, participantId }: ComparedWord): string {
  const seconds = (ms: number): string => (ms / 1_000).toFixed(2);
  return `${text} [${participantId} ${seconds(startMs)}-${seconds(endMs)}]`;
}

function differenceText(difference: WordDifference): string {
  const at = clock(difference.kind === "only-second" ? difference.second.startMs : difference.first.startMs).padStart(7);
  switch (difference.kind) {
    case "only-first":
      return `${at}  here only   ${wordText(difference.first)}`;
    case "only-second":
      return `${at}  there only  ${wordText(difference.second)}`;
    case "other-word":
      return `${at}  other word  ${wordText(difference.first)}  ${wordText(difference.second)}`;
    case "other-voice":
      return `${at}  other voice ${wordText(difference.first)}  ${wordText(difference.second)}`;
    case "other-time":
      return `${at}  other time  ${wordText(difference.first)}  ${wordText(difference.second)}`;
  }
}

/** A comparison for reading: its differences in order, then the sum. Ends with a line feed. */
export function comparisonText({ firstWords, secondWords, same, differences, others }: Comparison): string {
  const sum =
    differences.length === 0 && others.length === 0
      ? `No difference in ${firstWords} words.`
      : `${firstWords} words here, ${secondWords} there; ${same} the same, ${differences.length} differences.`;
  return `${[...differences.map(differenceText), ...others.map((other) => `other ${other}`), sum].join("\n")}\n`;
}
