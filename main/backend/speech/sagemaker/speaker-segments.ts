import type { VoiceSegment } from "../../../../app/conversation/speech.ts";

/*
 * The diarization endpoint of AWS's conversation-intelligence sample answers in lines, and its chunks follow from them.
 * Both as that sample has it.
 */

/** One line of the diarization endpoint's answer. Times in milliseconds. */
export interface SpeakerLine {
  readonly startMs: number;
  readonly endMs: number;
  /** As the endpoint names the voice: `SPEAKER_00`. */
  readonly speaker: string;
}

const linePattern = /^\[\s*(\d+):(\d{2}):(\d{2}(?:\.\d+)?)\s*-->\s*(\d+):(\d{2}):(\d{2}(?:\.\d+)?)\s*\]\s+(?:\S+\s+)?(\S+)\s*$/u;

function milliseconds(hours = "0", minutes = "0", seconds = "0"): number {
  return Math.round((Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000);
}

/**
 * Reads the endpoint's text, one segment a line (`[ 00:00:00.497 -->  00:00:03.104] A SPEAKER_00`), in order of start.
 * Null when a line is none: an answer that is not understood whole is not to be trusted in part. No text is no speech.
 */
export function readSpeakerLines(text: string): SpeakerLine[] | null {
  const lines: SpeakerLine[] = [];
  for (const line of text.split(/\r?\n/u)) {
    if (line.trim() === "") continue;
    const parts = linePattern.exec(line.trim());
    const speaker = parts?.[7];
    if (parts === null || speaker === undefined) return null;
    const startMs = milliseconds(parts[1], parts[2], parts[3]);
    const endMs = milliseconds(parts[4], parts[5], parts[6]);
    if (endMs < startMs) return null;
    lines.push({ startMs, endMs, speaker });
  }
  return lines.toSorted((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
}

/** The voices in the order in which they are first heard, and the lines as segments of them, within the recording. */
export function toVoiceSegments(
  lines: readonly SpeakerLine[],
  durationMs: number,
): { readonly speakers: readonly string[]; readonly segments: VoiceSegment[] } {
  const speakers: string[] = [];
  const segments: VoiceSegment[] = [];
  for (const { startMs, endMs, speaker } of lines) {
    const end = Math.min(endMs, durationMs);
    if (end <= startMs) continue;
    if (!speakers.includes(speaker)) speakers.push(speaker);
    segments.push({ startMs, endMs: end, voice: speakers.indexOf(speaker), confidence: null });
  }
  return { speakers, segments };
}

/** The same with one voice at a time: whoever speaks first keeps the word until done. In order of start. */
export function exclusiveSegments(segments: readonly VoiceSegment[]): VoiceSegment[] {
  const exclusive: VoiceSegment[] = [];
  let until = 0;
  for (const segment of segments) {
    const startMs = Math.max(segment.startMs, until);
    if (segment.endMs <= startMs) continue;
    exclusive.push({ ...segment, startMs });
    until = segment.endMs;
  }
  return exclusive;
}

/** A stretch of one speaker that is transcribed as a whole. */
export interface SpeakerGroup {
  readonly voice: number;
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Joins segments to the sample's chunks: a new one begins with another speaker, and after a segment that ends before an
 * earlier one did (it was engulfed). A chunk reaches from the start of its first segment to the latest end of its segments;
 * the sample takes the end of the last one, and loses what an engulfing segment says after it.
 */
export function speakerGroups(segments: readonly VoiceSegment[]): SpeakerGroup[] {
  const groups: SpeakerGroup[] = [];
  let group: VoiceSegment[] = [];
  let latestEnd = 0;
  const closeGroup = (): void => {
    const first = group[0];
    const endMs = Math.max(0, ...group.map((segment) => segment.endMs));
    if (first !== undefined && endMs > first.startMs) groups.push({ voice: first.voice, startMs: first.startMs, endMs });
    group = [];
  };
  for (const segment of segments) {
    if (group.length > 0 && group[0]?.voice !== segment.voice) closeGroup();
    group.push(segment);
    const engulfed = segment.endMs < latestEnd;
    latestEnd = Math.max(latestEnd, segment.endMs);
    if (engulfed) closeGroup();
  }
  closeGroup();
  return groups;
}
