import { availableParallelism, totalmem } from "node:os";
import { EarmarkError, type ErrorCode, fromFailure, throwIfCancelled } from "../../../app/contract/errors.ts";
import { transcriptSchema } from "../../../app/conversation/conversation.ts";
import { type DecodedAudio, type Diarization, diarizationSchema, type SpeechOptions } from "../../../app/conversation/speech.ts";
import type { Attention, SpeechEngine } from "../../../app/ports.ts";
import type { SpeakingVoice } from "../../../native-models/voice-print.ts";
import type { ChildProcessChannel, StartProcess } from "../process.ts";
import type { InspectGraphs, ModelStore } from "./models.ts";
import { processorTimeOf } from "./processor-time.ts";
import {
  inspectionSchema,
  noticeSchema,
  type PlacedModel,
  type RuntimeSettings,
  type SpeechNotice,
  type SpeechRequest,
  type VoicePrint,
  voicePrintSchema,
} from "./protocol.ts";

/** The entry script of the speech process as it lies beside this file; a bundle passes its own. */
export const speechWorkerScript = new URL("./worker.ts", import.meta.url);

/** Bounds on the speech process. Each has a default that suits a workstation. */
export interface SpeechLimits {
  /**
   * Silence of the process after which it is asked whether it works, in ms. One that uses no processor time is stuck, and so
   * is one that has used twice as much without a word; one that is merely given little of a busy machine is waited for.
   */
  readonly silenceMs?: number;
  /** Time a request may take in all, in ms, for a recording of a length in ms. Time in which the machine sleeps does not count. */
  readonly requestMs?: (durationMs: number) => number;
  /** Resident memory in bytes beyond which the process is ended. */
  readonly memoryBytes?: number;
  /** Time the process has to answer a cancellation before it is ended, in ms. */
  readonly cancelMs?: number;
  /** Time without work after which the process is let go to free its memory, in ms. */
  readonly idleMs?: number;
}

/** What the local speech engine needs. */
export interface LocalSpeechEngineOptions {
  readonly startProcess: StartProcess;
  readonly models: Pick<ModelStore, "resolveAll">;
  readonly script?: URL;
  readonly limits?: SpeechLimits;
  /** Execution providers in the order to try, or who finds them out for a transcription model. Default: the processor alone. */
  readonly providers?: readonly string[] | ((model: PlacedModel | null, signal: AbortSignal) => Promise<readonly string[]>);
  /** Threads of one operator where the engine asks for none. Default: all cores but one, at most 8. */
  readonly threads?: number;
}

/** What can be told of the speech process. */
export interface SpeechProcessState {
  readonly process: "none" | "starting" | "idle" | "working";
  readonly pid: number | null;
  /** Resident memory at the last heartbeat; null before the first. */
  readonly rssBytes: number | null;
  /** Requests that wait behind the one in work. */
  readonly waiting: number;
  /** Processes that ended without being asked to. */
  readonly crashes: number;
  /** The execution provider of the last session, and those that refused before it. */
  readonly provider: string | null;
  readonly refused: readonly { readonly provider: string; readonly reason: string }[];
}

/** Says how one voice of a recording sounds. Never another machine: prints are biometric data. */
export interface VoicePrinter {
  /** Null without an embedding model, or where the voice says too little. Rejects as the engine does. */
  printVoice(audio: DecodedAudio, voice: SpeakingVoice, options: SpeechOptions, attention: Attention): Promise<VoicePrint | null>;
}

/** The local engine, with a look inside. */
export type LocalSpeechEngine = SpeechEngine & VoicePrinter & { state(): SpeechProcessState };

const gibibyte = 1_073_741_824;
const watchMs = 250;
/**
 * Most that counts of the time between two looks at the process, in ms: when this side was itself held up, or the machine
 * slept, the process was not silent, only unheard.
 */
const lookMs = 4 * watchMs;
/** A silent process that is given less of one processor than this does nothing. */
const leastWork = 1 / 2_000;
/** Processor time in place of so many `silenceMs` without a word is a loop: a run of a graph takes two threads at most. */
const mostWork = 2;

type Job<T> = (runtime: { id: number }) => { request: SpeechRequest; parse: (value: unknown) => T };

interface Work {
  readonly id: number;
  readonly request: SpeechRequest;
  readonly limitMs: number;
  readonly signal: AbortSignal;
  readonly onProgress: (share: number) => void;
  readonly onTurns: NonNullable<Attention["onTurns"]>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: EarmarkError) => void;
}

interface Running {
  readonly work: Work;
  /** How long it has been in work, in ms. */
  ranMs: number;
  timer: NodeJS.Timeout | undefined;
}

/** How long nothing was heard of the process, in ms, and what processor time it had used when it was looked at meanwhile. */
interface Silence {
  ms: number;
  /** When it is to be looked at next, in ms of silence. */
  nextMs: number;
  looking: boolean;
  readonly used: { readonly atMs: number; readonly processorMs: number | null }[];
}

/**
 * One speech process and the requests before it: starts it when there is work, gives it one request at a time, watches
 * it, and ends it when it is stuck, too large, or deaf to a cancellation. The next request starts another.
 */
class SpeechProcess {
  private readonly startProcess: StartProcess;
  private readonly script: URL;
  private readonly limits: Required<Omit<SpeechLimits, "requestMs">>;
  private readonly queue: Work[] = [];
  private channel: ChildProcessChannel | undefined;
  private current: Running | undefined;
  private ready = false;
  private lookedAt = 0;
  private silence: Silence;
  private rssBytes: number | null = null;
  private watch: NodeJS.Timeout | undefined;
  private idle: NodeJS.Timeout | undefined;
  private numbers = 0;
  private crashes = 0;
  private provider: string | null = null;
  private refused: SpeechProcessState["refused"] = [];
  private closed = false;
  private readonly exits = new Set<Promise<void>>();

  constructor(startProcess: StartProcess, script: URL, limits: SpeechLimits) {
    this.startProcess = startProcess;
    this.script = script;
    this.limits = {
      silenceMs: limits.silenceMs ?? 90_000,
      memoryBytes: limits.memoryBytes ?? Math.min(12 * gibibyte, Math.max(2 * gibibyte, totalmem() * 0.6)),
      cancelMs: limits.cancelMs ?? 700,
      idleMs: limits.idleMs ?? 300_000,
    };
    this.silence = this.noSilence();
  }

  state(): SpeechProcessState {
    const working = this.current === undefined ? "idle" : "working";
    return {
      process: this.channel === undefined ? "none" : this.ready ? working : "starting",
      pid: this.channel?.pid ?? null,
      rssBytes: this.rssBytes,
      waiting: this.queue.length,
      crashes: this.crashes,
      provider: this.provider,
      refused: this.refused,
    };
  }

  request<T>(job: Job<T>, limitMs: number, attention: Attention): Promise<T> {
    const { signal, onProgress, onTurns = () => undefined } = attention;
    return new Promise<T>((resolve, reject) => {
      if (this.closed) {
        reject(new EarmarkError("cancelled", "Earmark is closing."));
        return;
      }
      if (signal.aborted) {
        reject(new EarmarkError("cancelled", "Cancelled."));
        return;
      }
      this.numbers += 1;
      const id = this.numbers;
      const { request, parse } = job({ id });
      const cancel = (): void => this.cancel(id);
      signal.addEventListener("abort", cancel, { once: true });
      const forget = (): void => signal.removeEventListener("abort", cancel);
      this.queue.push({
        id,
        request,
        limitMs,
        signal,
        onProgress,
        onTurns,
        resolve: (value) => {
          forget();
          try {
            resolve(parse(value));
          } catch {
            reject(new EarmarkError("engine-failed", "The speech process answered in a form that is not ours."));
          }
        },
        reject: (error) => {
          forget();
          reject(error);
        },
      });
      this.next();
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    const closing = new EarmarkError("cancelled", "Earmark is closing.");
    for (const work of this.queue.splice(0)) work.reject(closing);
    this.end("cancelled", "Earmark is closing.");
    // Files that a process holds open cannot be moved everywhere: closed means gone.
    await Promise.all(this.exits);
  }

  private next(): void {
    if (this.current !== undefined) return;
    const work = this.queue.shift();
    if (work === undefined) {
      this.rest();
      return;
    }
    clearTimeout(this.idle);
    this.current = { work, ranMs: 0, timer: undefined };
    try {
      this.channel ??= this.start();
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      this.settle((running) => running.reject(new EarmarkError("engine-failed", `The speech process cannot start: ${reason}`)));
      return;
    }
    this.silence = this.noSilence();
    this.lookedAt = Date.now();
    this.watch ??= setInterval(() => this.look(), watchMs);
    this.channel.send(work.request);
  }

  private start(): ChildProcessChannel {
    const channel = this.startProcess(this.script, []);
    this.ready = false;
    this.rssBytes = null;
    channel.onMessage((message) => {
      if (this.channel === channel) this.hear(message);
    });
    let gone = (): void => undefined;
    const exit = new Promise<void>((resolve) => {
      gone = resolve;
    });
    this.exits.add(exit);
    channel.onExit((code, signal) => {
      this.exits.delete(exit);
      gone();
      if (this.channel !== channel) return;
      // Nobody asked it to end: an abort in native code, a fault of a driver, or the system's own end of a large process.
      this.channel = undefined;
      this.ready = false;
      this.crashes += 1;
      this.settle((work) =>
        work.reject(
          new EarmarkError("engine-crashed", `The speech process ended by itself (${signal ?? `code ${code ?? "unknown"}`}).`, {
            exitCode: code,
            signal,
          }),
        ),
      );
    });
    return channel;
  }

  private hear(message: unknown): void {
    const parsed = noticeSchema.safeParse(message);
    if (!parsed.success) return;
    this.silence = this.noSilence();
    const notice: SpeechNotice = parsed.data;
    switch (notice.kind) {
      case "ready":
        this.ready = true;
        return;
      case "beat":
        this.rssBytes = notice.rssBytes;
        if (notice.rssBytes > this.limits.memoryBytes) {
          this.end("engine-out-of-memory", "The speech process grew beyond its bound.", {
            rssBytes: notice.rssBytes,
            limitBytes: this.limits.memoryBytes,
          });
        }
        return;
      case "session":
        this.provider = notice.provider;
        this.refused = notice.refused;
        return;
      case "progress":
        if (this.current?.work.id === notice.id && !this.current.work.signal.aborted) this.current.work.onProgress(notice.share);
        return;
      case "turns":
        if (this.current?.work.id === notice.id && !this.current.work.signal.aborted) this.current.work.onTurns(notice.heard);
        return;
      case "result":
        if (this.current?.work.id !== notice.id) return;
        this.settle((work) =>
          work.signal.aborted ? work.reject(new EarmarkError("cancelled", "Cancelled.")) : work.resolve(notice.value),
        );
        return;
      case "failure":
        if (this.current?.work.id !== notice.id) return;
        this.settle((work) =>
          work.reject(work.signal.aborted ? new EarmarkError("cancelled", "Cancelled.") : fromFailure(notice.failure)),
        );
        return;
    }
  }

  /** Looks after the process while it works. */
  private look(): void {
    const { current, silence } = this;
    if (current === undefined) return;
    const now = Date.now();
    const passed = Math.min(lookMs, Math.max(0, now - this.lookedAt));
    this.lookedAt = now;
    current.ranMs += passed;
    silence.ms += passed;
    if (current.ranMs > current.work.limitMs) {
      this.end("engine-stalled", "The speech process took too long.", { limitMs: current.work.limitMs });
    } else if (silence.ms > silence.nextMs && !silence.looking) {
      void this.judge(silence);
    }
  }

  private noSilence(): Silence {
    return { ms: 0, nextMs: this.limits.silenceMs / 2, looking: false, used: [] };
  }

  /** Ends a silent process that does nothing, or has done too much without a word; one that is slow gets more time. */
  private async judge(silence: Silence): Promise<void> {
    const { silenceMs } = this.limits;
    const pid = this.channel?.pid;
    silence.looking = true;
    const processorMs = pid === undefined ? null : await processorTimeOf(pid);
    silence.looking = false;
    // It has said something meanwhile.
    if (this.silence !== silence || this.current === undefined) return;
    const [first] = silence.used;
    const last = silence.used.at(-1);
    silence.used.push({ atMs: silence.ms, processorMs });
    silence.nextMs = silence.ms + silenceMs / 2;
    if (silence.ms < silenceMs) return;
    const since = (before: Silence["used"][number] | undefined) => (processorMs ?? 0) - (before?.processorMs ?? processorMs ?? 0);
    const works = since(last) > leastWork * (silence.ms - (last?.atMs ?? 0));
    if (works && since(first) < mostWork * silenceMs) return;
    this.end("engine-stalled", "The speech process gave no sign of life.", { silenceMs });
  }

  private cancel(id: number): void {
    const waiting = this.queue.findIndex((work) => work.id === id);
    if (waiting >= 0) {
      const [work] = this.queue.splice(waiting, 1);
      work?.reject(new EarmarkError("cancelled", "Cancelled."));
      return;
    }
    const { current } = this;
    if (current?.work.id !== id) return;
    this.channel?.send({ kind: "abort", id });
    // Inside one run of a graph the process hears nothing; it is then ended, and the next request starts another.
    current.timer = setTimeout(() => this.end("cancelled", "Cancelled."), this.limits.cancelMs);
  }

  /** Ends the process at once; what it worked on is rejected. */
  private end(code: ErrorCode, message: string, details: Record<string, number> = {}): void {
    const { channel } = this;
    this.channel = undefined;
    this.ready = false;
    channel?.kill();
    this.settle((work) => work.reject(new EarmarkError(work.signal.aborted ? "cancelled" : code, message, details)));
  }

  /** Answers the request in work, and takes the next. */
  private settle(answer: (work: Work) => void): void {
    const { current } = this;
    this.current = undefined;
    if (current !== undefined) {
      clearTimeout(current.timer);
      answer(current.work);
    }
    this.next();
  }

  private rest(): void {
    clearInterval(this.watch);
    this.watch = undefined;
    clearTimeout(this.idle);
    if (this.channel === undefined) return;
    this.idle = setTimeout(() => this.end("cancelled", "Idle."), this.limits.idleMs);
    // An idle process must not keep the command line from ending.
    this.idle.unref();
  }
}

function defaultRequestMs(durationMs: number): number {
  // Ten times the length of the recording, and ten minutes for opening models: slower than that is not work but a fault.
  return 600_000 + 10 * durationMs;
}

/**
 * The speech engine on this machine, in a process of its own (`app/ports.ts`). Requests run one after another. Beside
 * what the engine itself rejects with: `engine-crashed`, `engine-stalled`, `engine-out-of-memory`, and the codes of
 * `ModelStore.resolve`. `cancelled` comes within a second of the signal's abort, whatever the process is doing.
 */
export function createLocalSpeechEngine(options: LocalSpeechEngineOptions): LocalSpeechEngine {
  const process = new SpeechProcess(options.startProcess, options.script ?? speechWorkerScript, options.limits ?? {});
  const requestMs = options.limits?.requestMs ?? defaultRequestMs;
  const threads = options.threads ?? Math.min(8, Math.max(1, availableParallelism() - 1));
  const runtimeFor = async (model: PlacedModel | null, signal: AbortSignal): Promise<RuntimeSettings> => {
    const { providers = ["cpu"] } = options;
    return { providers: [...(typeof providers === "function" ? await providers(model, signal) : providers)], threads };
  };

  async function job(audio: DecodedAudio, speech: SpeechOptions, signal: AbortSignal) {
    throwIfCancelled(signal);
    const models = await options.models.resolveAll(speech.transcriptionModel, signal);
    return {
      audio: { ...audio, channels: [...audio.channels], silentChannels: [...audio.silentChannels] },
      options: { ...speech },
      models,
      runtime: await runtimeFor(models.transcription, signal),
    };
  }

  return {
    async diarize(audio, speech, attention) {
      const common = await job(audio, speech, attention.signal);
      return process.request<Diarization>(
        ({ id }) => ({ request: { kind: "diarize", id, ...common }, parse: (value) => diarizationSchema.parse(value) }),
        requestMs(audio.durationMs),
        attention,
      );
    },

    async recognise(audio, diarization, speech, attention) {
      const common = await job(audio, speech, attention.signal);
      const heard = diarizationSchema.parse(diarization);
      return process.request(
        ({ id }) => ({
          request: { kind: "recognise", id, ...common, diarization: heard },
          parse: (value) => transcriptSchema.parse(value),
        }),
        requestMs(audio.durationMs),
        attention,
      );
    },

    async printVoice(audio, voice, speech, attention) {
      const common = await job(audio, speech, attention.signal);
      const spans = voice.spans.map(({ startMs, endMs }) => ({ startMs, endMs }));
      return process.request(
        ({ id }) => ({
          request: { kind: "voice-print", id, ...common, voice: { channel: voice.channel, spans } },
          parse: (value) => voicePrintSchema.parse(value),
        }),
        requestMs(audio.durationMs),
        attention,
      );
    },

    state: () => process.state(),
    close: () => process.close(),
  };
}

/** Asks one thing of a speech process started for it, and ends that process. Rejects as the engine does. */
export async function requestOnce(
  startProcess: StartProcess,
  script: URL,
  request: (id: number) => SpeechRequest,
  limitMs: number,
  signal: AbortSignal,
): Promise<unknown> {
  const process = new SpeechProcess(startProcess, script, { silenceMs: limitMs });
  try {
    const attention = { signal, onProgress: () => undefined };
    return await process.request(({ id }) => ({ request: request(id), parse: (value) => value }), limitMs, attention);
  } finally {
    await process.close();
  }
}

/**
 * Opens graphs in a speech process made for it, and tells their names: the check before a model is taken in. A process
 * that dies of a file makes it `model-damaged`.
 */
export function inspectGraphs(startProcess: StartProcess, script: URL = speechWorkerScript): InspectGraphs {
  return async (graphs, signal) => {
    const request = (id: number): SpeechRequest => ({ kind: "inspect", id, graphs: [...graphs] });
    try {
      const names = inspectionSchema.safeParse(await requestOnce(startProcess, script, request, 300_000, signal));
      if (!names.success) throw new EarmarkError("engine-failed", "The speech process answered in a form that is not ours.");
      return names.data;
    } catch (thrown) {
      if (thrown instanceof EarmarkError && thrown.code === "engine-crashed") {
        throw new EarmarkError("model-damaged", "The runtime broke while it opened a graph of the model.", {}, { cause: thrown });
      }
      throw thrown;
    }
  };
}
