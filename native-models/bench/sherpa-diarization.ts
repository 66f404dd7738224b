import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/*
 * sherpa-onnx in a process of its own, because it brings its own ONNX Runtime: models and float samples by path on the
 * command line, segments, seconds and the peak of memory as JSON on standard output. The time to open the models is not counted.
 */

interface SherpaSegment {
  readonly start: number;
  readonly end: number;
  readonly speaker: number;
}

interface Sherpa {
  readonly OfflineSpeakerDiarization: new (
    config: unknown,
  ) => { readonly sampleRate: number; process(samples: Float32Array): SherpaSegment[] };
}

const [segmentation, embedding, samplesPath, voices] = process.argv.slice(2);
const { OfflineSpeakerDiarization } = createRequire(import.meta.url)("sherpa-onnx-node") as Sherpa;
const diarizer = new OfflineSpeakerDiarization({
  segmentation: { pyannote: { model: segmentation }, numThreads: 1 },
  embedding: { model: embedding, numThreads: 1 },
  clustering: { numClusters: Number(voices), threshold: 0.5 },
  minDurationOn: 0.1,
  minDurationOff: 0.2,
});
const bytes = readFileSync(samplesPath ?? "");
const samples = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
const beforeBytes = process.resourceUsage().maxRSS * 1_024;
const begin = process.cpuUsage();
const beginMs = performance.now();
const segments = diarizer.process(samples).map(({ start, end, speaker }) => ({ start, end, speaker: String(speaker) }));
const seconds = (performance.now() - beginMs) / 1_000;
const { user, system } = process.cpuUsage(begin);
const peakBytes = process.resourceUsage().maxRSS * 1_024;
process.stdout.write(JSON.stringify({ segments, seconds, cpuSeconds: (user + system) / 1e6, beforeBytes, peakBytes }));
