import type { Turn } from "../../app/conversation/conversation.ts";
import { participantId } from "../alignment/turns.ts";
import { samplesPerMs } from "../audio/sample-rate.ts";
import { type DecodingThresholds, isSilent, promptOf } from "./decoding.ts";
import { type Ear, hearTogether, type Track, type TrackWindow } from "./listening.ts";
import { fullWindows, planWindows } from "./windows.ts";

/** Whose turns are put into English, and out of which language. */
export interface TranslationTask {
  readonly turns: readonly Turn[];
  readonly tracks: readonly Track[];
  /** Samples of the recording. */
  readonly length: number;
  /** Of the turns that name none of their own; null where the model has one alone. */
  readonly language: string | null;
}

/**
 * Turns with their English: each turn's own sound is heard once more with Whisper's translate task, so that what stands
 * beside a turn is what was said in it. Turns in English stay as they are.
 *
 * @param together windows decoded at a time.
 */
export async function translated(
  ear: Ear,
  { turns, tracks, length, language }: TranslationTask,
  thresholds: DecodingThresholds,
  together: number,
  onProgress: (share: number) => void,
): Promise<Turn[]> {
  const { configuration, reader } = ear.decoder;
  const parts: (TrackWindow & { turn: number; language: string | null })[] = [];
  for (const [turn, { participantId: participant, startMs, endMs, language: own }] of turns.entries()) {
    const track = tracks.find(({ voices }) => voices.some((voice) => participantId(voice) === participant)) ?? tracks[0];
    const from = own ?? language;
    if (track === undefined || from === "en") continue;
    const stretch = { start: startMs * samplesPerMs, end: Math.min(length, endMs * samplesPerMs) };
    for (const window of await planWindows(track.sound, track.channel, [stretch], length, fullWindows))
      parts.push({ turn, track, window, language: from });
  }
  const texts = turns.map(() => [] as string[]);
  for (let at = 0; at < parts.length; ) {
    const from = parts[at]?.language ?? null;
    const others = parts.findIndex((part, index) => index > at && part.language !== from);
    const batch = parts.slice(at, Math.min(at + together, others < 0 ? parts.length : others));
    const hearings = await hearTogether(ear, batch, promptOf(configuration, from, "translate"), thresholds);
    for (const [i, { decoded }] of hearings.entries()) {
      if (isSilent(decoded, thresholds)) continue;
      const ids = decoded.said.map(({ id }) => id).filter((id) => id < configuration.tokens.endOfText);
      texts[batch[i]?.turn ?? 0]?.push(reader.text(ids).trim());
    }
    at += batch.length;
    onProgress(Math.min(1, at / parts.length));
  }
  return turns.map((turn, index) => {
    const translation = (texts[index] ?? []).filter((text) => text !== "").join(" ");
    return translation === "" ? turn : { ...turn, translation };
  });
}
