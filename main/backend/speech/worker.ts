import { EarmarkError, type ErrorCode, errorCodes, type Failure, toFailure } from "../../../app/contract/errors.ts";
import type { HeardSoFar } from "../../../app/conversation/speech.ts";
import { runEncoder } from "./encoder-run.ts";
import { isOutOfMemory } from "./out-of-memory.ts";
import { openPcm } from "./pcm-sound.ts";
import { memoryKeeper } from "./process-memory.ts";
import { type RuntimeSettings, requestSchema, type SpeechNotice, type SpeechRequest } from "./protocol.ts";
import { loadRuntime, openSession, Sessions, tensorMaker } from "./sessions.ts";
import { tinyGraph, tinyGraphSize } from "./tiny-graph.ts";

/*
 * The speech process. It gets files and options, and returns results; it opens no database and no network. It runs
 * under Node (child_process.fork) and, bundled, under Electron (utilityProcess). One request at a time; the backend
 * does the queueing.
 */

/** The part of Electron's `process.parentPort` that is used here. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: "message", listener: (message: { data: unknown }) => void): void;
}

const beatMs = 500;
const progressMs = 100;

const parentPort = (process as unknown as { parentPort?: ParentPort }).parentPort;

function tell(notice: SpeechNotice): void {
  if (parentPort !== undefined) parentPort.postMessage(notice);
  else if (process.connected) process.send?.(notice, undefined, undefined, () => undefined);
}

const sessions = new Sessions((notice) => {
  tell({ kind: "session", model: notice.model, provider: notice.provider, refused: [...notice.refused] });
});
const running = new Map<number, AbortController>();

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === "string" && (errorCodes as readonly string[]).includes(code);
}

/** The engine's own errors carry a code of ours by name; what the runtime throws is the engine's failure, not a fault of Earmark's. */
function failureOf(thrown: unknown): Failure {
  if (thrown instanceof EarmarkError) return toFailure(thrown);
  if (thrown instanceof Error) {
    // A file that could not be opened, wrapped on its way through the engine.
    if (thrown.cause instanceof EarmarkError) return toFailure(thrown.cause);
    if (isOutOfMemory(thrown.message)) {
      return { code: "engine-out-of-memory", message: thrown.message, details: {} };
    }
    if ("code" in thrown && isErrorCode(thrown.code)) return { code: thrown.code, message: thrown.message, details: {} };
    const known = toFailure(thrown);
    if (known.code !== "internal") return known;
    return { code: "engine-failed", message: thrown.message, details: known.details };
  }
  return { code: "engine-failed", message: String(thrown), details: {} };
}

/** Progress thinned out: the channel between processes is not for every window. */
function progressOf(id: number): (share: number) => void {
  let last = 0;
  return (share) => {
    const now = performance.now();
    if (now - last < progressMs && share < 1) return;
    last = now;
    tell({ kind: "progress", id, share: Math.min(1, Math.max(0, share)) });
  };
}

async function hear(request: Extract<SpeechRequest, { kind: "diarize" | "recognise" }>, signal: AbortSignal): Promise<unknown> {
  const { audio, options } = request;
  // Loaded with the first recording: a process that only opens a graph needs none of it.
  const { diarize, recognise } = await import("../../../native-models/index.ts");
  const settings: RuntimeSettings = request.runtime;
  const sound = await openPcm(audio);
  try {
    const models = await sessions.models(request.models, settings);
    const makeTensor = await tensorMaker();
    const onTurns = (heard: HeardSoFar) => tell({ kind: "turns", id: request.id, heard: { ...heard, turns: [...heard.turns] } });
    const attention = { signal, onProgress: progressOf(request.id), onTurns };
    if (request.kind === "diarize") return await diarize(sound, audio, models, makeTensor, options, attention);
    const transcript = await recognise(sound, audio, request.diarization, models, makeTensor, options, attention);
    const { provenance } = transcript;
    // The engine does not know what its sessions run on.
    const { provider, adjustments } = sessions.told();
    return provenance === null
      ? transcript
      : {
          ...transcript,
          provenance: {
            ...provenance,
            executionProvider: provider ?? provenance.executionProvider,
            ...(adjustments.length === 0 ? {} : { adjustments }),
          },
        };
  } finally {
    await sound.close();
  }
}

/** A print of one voice of a recording; null without the model for it, or where too little is said. */
async function printVoice(request: Extract<SpeechRequest, { kind: "voice-print" }>, signal: AbortSignal): Promise<unknown> {
  const { voicePrint } = await import("../../../native-models/index.ts");
  const sound = await openPcm(request.audio);
  try {
    const models = await sessions.models(request.models, request.runtime);
    const attention = { signal, onProgress: progressOf(request.id) };
    return await voicePrint(sound, request.audio, request.voice, models, await tensorMaker(), attention);
  } finally {
    await sound.close();
  }
}

async function inspect(graphs: readonly string[], signal: AbortSignal): Promise<unknown> {
  const signatures: { inputs: string[]; outputs: string[] }[] = [];
  for (const path of graphs) {
    if (signal.aborted) throw new EarmarkError("cancelled", "Cancelled.");
    const { session } = await openSession(path, [], 1).catch((thrown: unknown) => {
      throw new EarmarkError("model-damaged", `A graph cannot be opened: ${toFailure(thrown).message}`);
    });
    signatures.push({ inputs: [...session.inputNames], outputs: [...session.outputNames] });
    await session.release();
  }
  return signatures;
}

/** Runs the tiny graph on one provider alone, without falling back to the processor; null lists the providers. */
async function tryProvider(provider: string | null): Promise<unknown> {
  const runtime = await loadRuntime();
  if (provider === null) return runtime.listSupportedBackends().map(({ name, bundled }) => ({ name, bundled }));
  const session = await runtime.InferenceSession.create(tinyGraph(), {
    executionProviders: [provider],
    logSeverityLevel: 4,
    extra: provider === "cpu" ? {} : { session: { disable_cpu_ep_fallback: "1" } },
  });
  const numbers = Float32Array.from({ length: tinyGraphSize }, (_, index) => index + 0.5);
  const result = await session.run({ x: new runtime.Tensor("float32", numbers, [tinyGraphSize]) });
  const given = result["y"];
  const data = given === undefined ? new Float32Array() : await given.getData();
  await session.release();
  const right = data.length === tinyGraphSize && numbers.every((one, index) => data[index] === one * 2);
  if (!right) throw new EarmarkError("engine-failed", "It ran and gave a wrong result.");
  return null;
}

/** Runs an encoder twice on one provider, and tells how long the second run took and values of its result. */
async function timeEncoder({ path, provider, threads }: Extract<SpeechRequest, { kind: "time-encoder" }>): Promise<unknown> {
  const opened = await openSession(path, [provider], threads);
  try {
    const refusal = opened.refused.find((one) => one.provider === provider);
    if (refusal !== undefined && opened.provider !== provider) throw new EarmarkError("engine-failed", refusal.reason);
    return await runEncoder(opened.session);
  } finally {
    await opened.session.release();
  }
}

async function answer(request: SpeechRequest): Promise<void> {
  if (request.kind === "abort") {
    running.get(request.id)?.abort();
    return;
  }
  const controller = new AbortController();
  running.set(request.id, controller);
  try {
    let value: unknown;
    switch (request.kind) {
      case "diarize":
      case "recognise":
        value = await hear(request, controller.signal);
        break;
      case "voice-print":
        value = await printVoice(request, controller.signal);
        break;
      case "inspect":
        value = await inspect(request.graphs, controller.signal);
        break;
      case "time-encoder":
        value = await timeEncoder(request);
        break;
      case "try-provider":
        value = await tryProvider(request.provider);
        break;
    }
    tell({ kind: "result", id: request.id, value });
  } catch (thrown) {
    tell({ kind: "failure", id: request.id, failure: failureOf(thrown) });
  } finally {
    running.delete(request.id);
  }
}

function receive(message: unknown): void {
  const parsed = requestSchema.safeParse(message);
  if (parsed.success) {
    void answer(parsed.data);
    return;
  }
  // A request of another build: its sender waits for the answer to its number.
  const id: unknown = typeof message === "object" && message !== null && "id" in message ? message.id : undefined;
  if (typeof id === "number") {
    const failure: Failure = { code: "internal", message: "The speech process does not understand the request.", details: {} };
    tell({ kind: "failure", id, failure });
  }
}

if (parentPort !== undefined) parentPort.on("message", ({ data }) => receive(data));
else {
  process.on("message", receive);
  // Nobody is left to hear the result.
  process.on("disconnect", () => process.exit(0));
}
const memory = memoryKeeper();
setInterval(() => {
  memory.look();
  tell({ kind: "beat", rssBytes: process.memoryUsage.rss() });
}, beatMs);
tell({ kind: "ready" });
