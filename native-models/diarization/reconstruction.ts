import { samplesPerMs } from "../audio/sample-rate.ts";
import type { VoicePrint } from "./embedding.ts";
import { localVoices, voicesInMask } from "./powerset.ts";
import { frameStart, type SegmentedWindow, segmentationFrame } from "./segmentation.ts";

/** A stretch of one voice; confidence is the share of the windows hearing it that agree. */
export interface VoiceStretch {
  readonly voice: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly confidence: number;
}

/** Who speaks when over the whole recording. */
export interface Reconstruction {
  /** As heard: voices may speak at once. */
  readonly regular: VoiceStretch[];
  /** At most one voice at a time. */
  readonly exclusive: VoiceStretch[];
}

/** Shorter pauses of a voice are bridged in the regular result: 0.2 s. */
const bridge = Math.round(3_200 / segmentationFrame);
/** Shorter stretches are dropped: 0.1 s. */
const shortest = Math.round(1_600 / segmentationFrame);

/**
 * Lays the windows over one another: how many voices speak in a frame is the mean over the windows that hear it, and
 * the voices are those with the most windows behind them. The exclusive result allows one voice (Bredin,
 * pyannote.audio, `speaker_diarization.py`).
 */
export function reconstruct(
  windows: readonly SegmentedWindow[],
  prints: readonly VoicePrint[],
  groups: Int32Array,
  voices: number,
  durationMs: number,
): Reconstruction {
  const frames = windows.reduce((most, { firstFrame, masks }) => Math.max(most, firstFrame + masks.length), 0);
  const views = new Uint8Array(frames);
  const heads = new Uint16Array(frames);
  const votes = new Float32Array(frames * voices); // [frames, voices]
  const groupOf = new Map<number, number>();
  prints.forEach(({ window, voice }, i) => {
    groupOf.set(window * localVoices + voice, groups[i] as number);
  });
  const said = new Uint8Array(voices);
  for (const [index, { firstFrame, masks }] of windows.entries()) {
    masks.forEach((mask, i) => {
      const frame = firstFrame + i;
      views[frame] = (views[frame] as number) + 1;
      if (mask === 0) return;
      heads[frame] = (heads[frame] as number) + voicesInMask(mask);
      said.fill(0);
      for (let voice = 0; voice < localVoices; voice++) {
        if (((mask >> voice) & 1) === 0) continue;
        const group = groupOf.get(index * localVoices + voice);
        if (group !== undefined) said[group] = 1;
      }
      for (let voice = 0; voice < voices; voice++) {
        votes[frame * voices + voice] = (votes[frame * voices + voice] as number) + (said[voice] as number);
      }
    });
  }
  return {
    regular: stretches(frames, voices, views, heads, votes, voices, bridge, durationMs),
    exclusive: stretches(frames, voices, views, heads, votes, 1, 0, durationMs),
  };
}

function stretches(
  frames: number,
  voices: number,
  views: Uint8Array,
  heads: Uint16Array,
  votes: Float32Array,
  most: number,
  gap: number,
  durationMs: number,
): VoiceStretch[] {
  const on = new Uint8Array(frames * voices); // [frames, voices]
  for (let frame = 0; frame < frames; frame++) {
    const count = Math.min(most, voices, Math.round((heads[frame] as number) / Math.max(1, views[frame] as number)));
    for (let chosen = 0; chosen < count; chosen++) {
      let best = -1;
      for (let voice = 0; voice < voices; voice++) {
        const at = frame * voices + voice;
        if (on[at] === 1 || votes[at] === 0) continue;
        if (best < 0 || (votes[at] as number) > (votes[frame * voices + best] as number)) best = voice;
      }
      if (best >= 0) on[frame * voices + best] = 1;
    }
  }
  const found: VoiceStretch[] = [];
  for (let voice = 0; voice < voices; voice++) {
    const runs: { from: number; to: number }[] = [];
    for (let frame = 0; frame < frames; frame++) {
      if (on[frame * voices + voice] === 0) continue;
      const last = runs.at(-1);
      if (last !== undefined && frame - last.to <= gap) last.to = frame + 1;
      else runs.push({ from: frame, to: frame + 1 });
    }
    for (const { from, to } of runs) {
      if (to - from < shortest) continue;
      const startMs = Math.round(frameStart(from) / samplesPerMs);
      const endMs = Math.min(durationMs, Math.round(frameStart(to) / samplesPerMs));
      if (endMs <= startMs) continue;
      let agreed = 0;
      let heard = 0;
      for (let frame = from; frame < to; frame++) {
        agreed += votes[frame * voices + voice] as number;
        heard += views[frame] as number;
      }
      found.push({ voice, startMs, endMs, confidence: Math.min(1, agreed / Math.max(1, heard)) });
    }
  }
  return found.sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
}
