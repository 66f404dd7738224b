import { type ChildProcessByStdio, spawn } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, dirname, join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { EarmarkError } from "../../../app/contract/errors.ts";

/*
 * ffmpeg, a program of its own beside Earmark: found, started with an array of arguments (never through a shell), bounded
 * in time and output, and ended at once when somebody cancels. What it reads is hostile until it has been read.
 */

/** An ffmpeg that has been started once and answered with its version. */
export interface Ffmpeg {
  readonly path: string;
  /** Where it was found: named by `EARMARK_FFMPEG`, brought along by ffmpeg-static, or on the system's PATH. */
  readonly source: "environment" | "bundled" | "system";
  readonly version: string;
}

/**
 * Container formats that Earmark opens, by the names of ffmpeg's demuxers. Everything else is refused before a byte of
 * it is interpreted: above all playlists and lists (hls, concat, dash, imf, sdp, …), which make ffmpeg read other files
 * of this machine, and pictures, scripts and devices.
 */
const allowedContainers: readonly string[] = [
  "wav",
  "w64",
  "aiff",
  "au",
  "caf",
  "mp3",
  "aac",
  "flac",
  "ogg",
  "amr",
  "gsm",
  "g722",
  "g729",
  "ac3",
  "eac3",
  "ape",
  "wv",
  "tta",
  "voc",
  "mov",
  "mp4",
  "m4a",
  "3gp",
  "matroska",
  "webm",
  "asf",
  "avi",
  "flv",
  "mpeg",
  "mpegts",
];

/** The option of ffmpeg that reads a file and nothing but that file, whatever its name or content says. */
export function inputArguments(path: string): string[] {
  return [
    ...["-protocol_whitelist", "file,pipe"],
    ...["-format_whitelist", allowedContainers.join(",")],
    // The prefix keeps names such as `-n.wav`, `data:x.wav` and `http:…` names.
    ...["-i", `file:${resolve(path)}`],
  ];
}

/** How a run of ffmpeg is bounded and heard. */
export interface FfmpegRun {
  readonly args: readonly string[];
  /** Ends the process at once; the run then rejects with `cancelled`. */
  readonly signal?: AbortSignal | undefined;
  /** Longest run in milliseconds. */
  readonly limitMs: number;
  /** Longest wait for the next output in milliseconds; by default only `limitMs` counts. */
  readonly stallMs?: number;
  /** Gets each piece of standard output; the next is read once its promise is done, so nothing piles up. */
  readonly onOutput?: (piece: Uint8Array) => Promise<void> | void;
  /** Most bytes of standard output, 1 MiB when nothing is said. */
  readonly maxOutputBytes?: number;
}

/** How a run of ffmpeg ended. */
export interface FfmpegEnd {
  /** Null when it was ended by a signal. */
  readonly exitCode: number | null;
  /** What it said on standard error: the first and the last part where it said much. */
  readonly messages: string;
  /** Why Earmark ended it; null when it ended by itself. */
  readonly stopped: "time" | "output" | null;
}

const messagesKept = 128 * 1024;

/** The few variables ffmpeg needs; nothing else of the environment (keys, tokens) is passed on. */
function minimalEnvironment(): NodeJS.ProcessEnv {
  const kept: NodeJS.ProcessEnv = { AV_LOG_FORCE_NOCOLOR: "1" };
  for (const name of ["PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "SystemRoot", "TEMP", "TMP", "TMPDIR"]) {
    const value = process.env[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

/** Keeps the beginning and the end of a stream of text, within bounds. */
class BoundedText {
  readonly #first: Buffer[] = [];
  #firstBytes = 0;
  #last: Buffer[] = [];
  #lastBytes = 0;

  add(piece: Buffer): void {
    if (this.#firstBytes < messagesKept) {
      this.#first.push(piece);
      this.#firstBytes += piece.length;
      return;
    }
    this.#last.push(piece);
    this.#lastBytes += piece.length;
    while (this.#lastBytes > messagesKept) {
      const gone = this.#last.shift();
      this.#lastBytes -= gone?.length ?? this.#lastBytes;
    }
  }

  text(): string {
    return Buffer.concat([...this.#first, ...this.#last]).toString("utf8");
  }
}

/**
 * Runs ffmpeg to its end. Resolves whatever its exit code is: the caller knows what an error means for its task.
 * Rejects with `cancelled` within a second of the signal, with `ffmpeg-missing` when it cannot be started, and with
 * whatever `onOutput` throws, the process being ended first.
 */
export async function runFfmpeg(ffmpeg: Pick<Ffmpeg, "path">, run: FfmpegRun): Promise<FfmpegEnd> {
  if (run.signal?.aborted) throw new EarmarkError("cancelled", "Cancelled.");
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn(
    ffmpeg.path,
    ["-nostdin", "-hide_banner", "-nostats", ...run.args],
    { stdio: ["ignore", "pipe", "pipe"], env: minimalEnvironment(), windowsHide: true, shell: false },
  );
  let stopped: FfmpegEnd["stopped"] = null;
  const end = (why: FfmpegEnd["stopped"]): void => {
    stopped ??= why;
    // SIGKILL: on a gentler signal ffmpeg first finishes its output, which may take long and which nobody wants.
    child.kill("SIGKILL");
    // Ends a read that waits for output, also where a grandchild still holds the pipe.
    child.stdout.destroy();
  };
  const ended = new Promise<number | null>((done, failed) => {
    child.once("error", (error) => {
      child.stdout.destroy();
      failed(new EarmarkError("ffmpeg-missing", `ffmpeg could not be started: ${error.message}`, {}, { cause: error }));
    });
    child.once("exit", (code) => done(code));
  });
  // Looked at below, after the output; a rejection before that must not count as unhandled.
  ended.catch(() => undefined);
  const messages = new BoundedText();
  child.stderr.on("data", (piece: Buffer) => messages.add(piece));
  const messagesEnded = new Promise<void>((done) => child.stderr.once("close", done));

  const onAbort = (): void => end(null);
  run.signal?.addEventListener("abort", onAbort, { once: true });
  const limit = setTimeout(() => end("time"), run.limitMs);
  let stall: NodeJS.Timeout | undefined;
  const watch = (): void => {
    if (run.stallMs !== undefined) stall = setTimeout(() => end("time"), run.stallMs);
  };
  try {
    let bytes = 0;
    watch();
    try {
      for await (const piece of child.stdout as AsyncIterable<Buffer>) {
        // Only waiting for ffmpeg counts as a stall, not our own writing.
        clearTimeout(stall);
        bytes += piece.length;
        if (bytes > (run.maxOutputBytes ?? 1024 * 1024)) end("output");
        if (stopped !== null || run.signal?.aborted) break;
        await run.onOutput?.(piece);
        watch();
      }
    } catch (error) {
      // A stream that we destroyed ourselves ends early; everything else is the caller's.
      const early = error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE";
      if (!early) {
        end(null);
        throw error;
      }
    }
    clearTimeout(stall);
    const exitCode = await ended;
    if (run.signal?.aborted) throw new EarmarkError("cancelled", "Cancelled.");
    await Promise.race([messagesEnded, new Promise((done) => setTimeout(done, 500).unref())]);
    return { exitCode, messages: messages.text(), stopped };
  } finally {
    clearTimeout(limit);
    clearTimeout(stall);
    run.signal?.removeEventListener("abort", onAbort);
    child.stderr.destroy();
  }
}

/** ffmpeg ended by a fault of its own, or was ended by somebody else: nothing is known of the file yet. */
export class FfmpegFault extends EarmarkError {
  constructor() {
    super("media-decode-failed", "The program that reads recordings was ended in the middle of its work.", {
      reason: "ffmpeg was ended by a fault",
    });
  }
}

/**
 * Does work by ffmpeg once more where ffmpeg was ended in the middle of it: a system short of memory ends programs
 * that did nothing wrong. Ended twice, the file is to blame, and `media-decode-failed` stands.
 */
export async function onceMoreAfterFault<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof FfmpegFault) return work();
    throw thrown;
  }
}

/** Throws `FfmpegFault` where neither the program nor Earmark ended the run. */
export function throwIfFault(end: FfmpegEnd): void {
  if (end.exitCode === null && end.stopped === null) throw new FfmpegFault();
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, process.platform === "win32" ? constants.F_OK : constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The path at which ffmpeg-static keeps its program; null where the package is absent. Reckoned from where its
 * package.json lies: the package's code is GPL like the program, and is not loaded into this process.
 */
function bundledFfmpegPath(): string | null {
  try {
    const packageFile = createRequire(import.meta.url).resolve("ffmpeg-static/package.json");
    const program = join(dirname(packageFile), process.platform === "win32" ? "ffmpeg.exe" : "ffmpeg");
    // In a packaged app the archive names the file, but programs can only be started from the folder beside it.
    return program.replace(/app\.asar(?=[\\/])/u, "app.asar.unpacked");
  } catch {
    return null;
  }
}

function* systemPaths(env: NodeJS.ProcessEnv): Generator<string> {
  const name = process.platform === "win32" ? "ffmpeg.exe" : "ffmpeg";
  for (const folder of (env["PATH"] ?? env["Path"] ?? "").split(delimiter)) if (folder !== "") yield join(folder, name);
}

async function tried(path: string, source: Ffmpeg["source"], signal: AbortSignal | undefined): Promise<Ffmpeg | null> {
  if (!(await isProgram(path))) return null;
  let output = "";
  try {
    const end = await runFfmpeg(
      { path },
      {
        args: ["-version"],
        limitMs: 10_000,
        signal,
        onOutput: (piece) => {
          output += Buffer.from(piece).toString("utf8");
        },
      },
    );
    const version = /^ffmpeg version (\S+)/u.exec(output)?.[1];
    return end.exitCode === 0 && version !== undefined ? { path, source, version } : null;
  } catch (error) {
    if (error instanceof EarmarkError && error.code === "cancelled") throw error;
    return null;
  }
}

/** Where to look for ffmpeg; the defaults are this process's own environment and the package's program. */
export interface FfmpegSearch {
  readonly env?: NodeJS.ProcessEnv;
  readonly bundled?: string | null;
  readonly signal?: AbortSignal;
}

/**
 * Finds an ffmpeg that really starts: `EARMARK_FFMPEG` (which alone counts when it is set), else the one of
 * ffmpeg-static, else the first on the PATH. Throws `ffmpeg-missing`.
 */
export async function findFfmpeg(search: FfmpegSearch = {}): Promise<Ffmpeg> {
  const env = search.env ?? process.env;
  const named = env["EARMARK_FFMPEG"];
  if (named !== undefined && named !== "") {
    const found = await tried(resolve(named), "environment", search.signal);
    if (found !== null) return found;
    throw new EarmarkError("ffmpeg-missing", "EARMARK_FFMPEG names no ffmpeg that starts.", { named: true });
  }
  const bundled = search.bundled === undefined ? bundledFfmpegPath() : search.bundled;
  if (bundled !== null) {
    const found = await tried(bundled, "bundled", search.signal);
    if (found !== null) return found;
  }
  for (const path of systemPaths(env)) {
    const found = await tried(path, "system", search.signal);
    if (found !== null) return found;
  }
  throw new EarmarkError("ffmpeg-missing", "There is no ffmpeg, neither Earmark's own nor the system's.", { named: false });
}
