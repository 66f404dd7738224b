import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { type Conversation, toDocument } from "../../../app/conversation/conversation.ts";
import { muteRanges } from "../../../app/insight/mute-ranges.ts";
import {
  defaultRedactionPolicy,
  type PersonalType,
  personalTypes,
  type RedactionPolicy,
  redactionPolicySchema,
  type Treatment,
} from "../../../app/insight/redaction-policy.ts";
import { decodeMedia } from "../../backend/media/decode.ts";
import { findFfmpeg, inputArguments, runFfmpeg } from "../../backend/media/ffmpeg.ts";
import { muteMedia } from "../../backend/media/muting.ts";
import { probeMedia } from "../../backend/media/probe.ts";
import { conversationText, shortfallLines } from "../conversation-text.ts";
import { type ExitCode, exitCodeFor, exitCodes } from "../exit-codes.ts";
import { describeFailure } from "../failure-text.ts";
import { type HearingRequest, hear } from "../hearing.ts";
import { type LibraryOptions, openTemporaryLibrary, withLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";

/** What `redact` takes beside the file. */
export interface RedactOptions extends Omit<LibraryOptions, "library">, Omit<HearingRequest, "files"> {
  /** Where the sound goes; its ending says in what format. */
  readonly audio?: string;
  /** Silence instead of a beep. */
  readonly silence?: boolean;
  /** Types to mask beside the usual ones, with commas in between, or `all`. */
  readonly mask?: string;
  /** Types to take out without a label. */
  readonly remove?: string;
  /** Where the text goes; standard output without. */
  readonly out?: string;
  readonly json?: boolean;
}

/** Writing a recording in another format takes less than this and its own length. */
const leastLimitMs = 120_000;

/** Formats a recording can be written in, and how. */
const encoders: Readonly<Record<string, readonly string[]>> = {
  ".wav": ["-c:a", "pcm_s16le"],
  ".flac": ["-c:a", "flac"],
  ".mp3": ["-c:a", "libmp3lame", "-q:a", "2"],
  ".opus": ["-c:a", "libopus"],
  ".ogg": ["-c:a", "libopus"],
  ".webm": ["-c:a", "libopus"],
};

/**
 * Hears or reads a file, prints it without personal data, and writes its sound with that under a beep. Nothing is kept.
 * Throws `input-invalid` for types and formats that are none.
 */
export async function redact(file: string, options: RedactOptions, terminal: Terminal): Promise<ExitCode> {
  const redaction = policyOf(options);
  if (options.audio !== undefined && encoders[extname(options.audio).toLowerCase()] === undefined)
    throw new EarmarkError(
      "input-invalid",
      `The sound can be written as ${Object.keys(encoders).join(", ")}, not as ${options.audio}.`,
    );
  return withLibrary(openTemporaryLibrary(options), async (library) => {
    await library.call("settings.set", { redaction });
    for await (const { name, conversationId, failure } of hear(library, { ...options, files: [file] }, terminal)) {
      if (failure !== null || conversationId === null) {
        if (failure !== null) terminal.err(describeFailure(failure, name));
        return failure === null ? exitCodes.failed : exitCodeFor(failure.code);
      }
      const { conversation } = await library.call("conversation.get", { id: conversationId });
      terminal.err(shortfallLines(name, conversation));
      if (options.audio !== undefined) await writeSound(file, options.audio, conversation, options, terminal);
      const text =
        options.json === true ? `${JSON.stringify(toDocument(conversation), null, 2)}\n` : conversationText(conversation);
      if (options.out === undefined) terminal.out(text);
      else await written(options.out, writeFile(options.out, text));
      terminal.err(hiddenLine(conversation));
    }
    return exitCodes.done;
  });
}

/** The policy that the options ask for, on top of the usual one. */
function policyOf({ mask, remove }: RedactOptions): RedactionPolicy {
  const policy: Record<PersonalType, Treatment> = { ...defaultRedactionPolicy };
  for (const type of typesOf(mask)) policy[type] = "mask";
  for (const type of typesOf(remove)) policy[type] = "remove";
  return redactionPolicySchema.parse(policy);
}

function typesOf(list: string | undefined): PersonalType[] {
  if (list === undefined) return [];
  if (list.trim() === "all") return [...personalTypes];
  return list.split(",").map((one) => {
    const type = personalTypes.find((known) => known === one.trim());
    if (type === undefined)
      throw new EarmarkError(
        "input-invalid",
        `There is no type of personal data called ${one.trim()}: it is one of ${personalTypes.join(", ")}.`,
      );
    return type;
  });
}

/** Writes the recording with what is hidden of it muted. */
async function writeSound(
  file: string,
  target: string,
  conversation: Conversation,
  options: RedactOptions,
  { signal }: Terminal,
): Promise<void> {
  if (conversation.kind === "chat")
    throw new EarmarkError("input-invalid", "A written conversation has no sound: leave out --audio.");
  const ffmpeg = await findFfmpeg();
  const attention = { signal, onProgress: () => undefined };
  const folder = await mkdtemp(join(tmpdir(), "earmark-redact-"));
  try {
    const info = await probeMedia(ffmpeg, file, { signal });
    const ranges = muteRanges(conversation);
    let source = file;
    if (ranges.length > 0) {
      const { audio } = await decodeMedia(ffmpeg, file, info, folder, attention);
      const as = options.silence === true ? ("silence" as const) : ("beep" as const);
      source = (await muteMedia(ffmpeg, { path: file, info, ranges, audio, folder, keep: [], as }, attention)).path;
    }
    const ending = extname(target).toLowerCase();
    if (source !== file && extname(source) === ending) {
      await written(target, copyFile(source, target));
      return;
    }
    const made = join(folder, `sound${ending}`);
    const args = ["-y", ...inputArguments(source), "-vn", "-sn", "-dn", "-map_metadata", "-1", ...(encoders[ending] ?? []), made];
    const end = await runFfmpeg(ffmpeg, { args, signal, limitMs: leastLimitMs + (info.durationMs ?? conversation.durationMs) });
    if (end.exitCode !== 0)
      throw new EarmarkError("media-decode-failed", "The sound could not be written in this format.", { ending });
    await written(target, copyFile(made, target));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function written(path: string, writing: Promise<void>): Promise<void> {
  try {
    await writing;
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOSPC") throw thrown;
    throw new EarmarkError("input-invalid", `The file ${path} cannot be written.`, {}, { cause: thrown });
  }
}

/** How much of what was hidden. */
function hiddenLine({ redactions = [] }: Conversation): string {
  if (redactions.length === 0) return "Nothing was hidden.\n";
  const counts = new Map<string, number>();
  for (const { type } of redactions) counts.set(type, (counts.get(type) ?? 0) + 1);
  return `Hidden: ${[...counts].map(([type, count]) => `${type} ${count}`).join(", ")}.\n`;
}
