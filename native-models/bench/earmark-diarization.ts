import { existsSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { defaultSpeechOptions } from "../../app/conversation/speech.ts";
import { memoryKeeper } from "../../main/backend/speech/process-memory.ts";
import { makeTensor, sharedModels } from "../accuracy/model-folders.ts";
import { samplesPerMs } from "../audio/sample-rate.ts";
import { diarize, type Models, type Sound } from "../index.ts";

/*
 * Earmark's diarization in a process of its own, as its peer is: the folder of models and float samples by path on the
 * command line, the number of voices, and the frames from window to window where they are not to be its own; segments, seconds and the peak of memory as JSON on standard output. The samples are read as they are
 * needed, as from a decoded recording. The time to open the models is not counted.
 */

const [modelFolder = "", samplesPath = "", voices = "2", step] = process.argv.slice(2);
const models: Models = { ...sharedModels(modelFolder), transcription: null };
for (const model of [models.segmentation, models.embedding, models.activity])
  await model?.open("onnx/model.onnx", { threads: 1 });
const attention = { signal: new AbortController().signal, onProgress: () => {} };
const options = { ...defaultSpeechOptions, speakers: Number(voices) };
const layout = step === undefined ? undefined : () => ({ stepFrames: Number(step), batch: 2 });
// As the speech process does while it works.
const memory = memoryKeeper();
setInterval(() => memory.look(), 500).unref();
const before = peakKibibytes();
const begin = process.cpuUsage();
const beginMs = performance.now();
const mono = { layout: "mono", silentChannels: [] } as const;
const { segments } = await diarize(soundOfFile(samplesPath), mono, models, makeTensor, options, attention, layout);
const seconds = (performance.now() - beginMs) / 1_000;
const { user, system } = process.cpuUsage(begin);
process.stdout.write(
  JSON.stringify({
    segments: segments.map(({ voice, startMs, endMs }) => ({
      speaker: String(voice),
      start: startMs / 1_000,
      end: endMs / 1_000,
    })),
    seconds,
    cpuSeconds: (user + system) / 1e6,
    beforeBytes: before * 1_024,
    peakBytes: peakKibibytes() * 1_024,
  }),
);

/**
 * The most memory of this process. What getrusage tells under Linux begins with what the parent held when it forked, and the
 * parent holds the samples of the whole recording.
 */
function peakKibibytes(): number {
  const own = "/proc/self/status";
  const told = existsSync(own) ? /^VmHWM:\s+(\d+) kB$/mu.exec(readFileSync(own, "utf8")) : null;
  return told === null ? process.resourceUsage().maxRSS : Number(told[1]);
}

function soundOfFile(path: string): Sound {
  const file = openSync(path, "r");
  const total = statSync(path).size / Float32Array.BYTES_PER_ELEMENT;
  return {
    durationMs: Math.floor(total / samplesPerMs),
    channels: 1,
    async read(_, start, samples, into) {
      const from = Math.max(0, start);
      const length = Math.max(0, Math.min(total, start + samples) - from);
      const out = into !== undefined && into.length >= length ? into.subarray(0, length) : new Float32Array(length);
      const bytes = new Uint8Array(out.buffer, out.byteOffset, out.byteLength);
      for (let at = 0; at < bytes.length; ) {
        const got = readSync(file, bytes, at, bytes.length - at, from * Float32Array.BYTES_PER_ELEMENT + at);
        if (got === 0) break;
        at += got;
      }
      return out;
    },
  };
}
