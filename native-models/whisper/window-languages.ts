import type { VoiceSegment } from "../../app/conversation/speech.ts";
import { samplesPerMs } from "../audio/sample-rate.ts";
import { languageProbabilities } from "./decoding.ts";
import { type Ear, encode, type TrackWindow } from "./listening.ts";
import { type Encoded, rowsTogether } from "./network.ts";
import {
  among,
  type LanguageChances,
  languagesOfTurns,
  mostProbableLanguage,
  type SpokenTurn,
  turnParts,
} from "./spoken-language.ts";
import { windowSamples } from "./windows.ts";

/** Windows of speech by which the language of a call is told. */
const detectionWindows = 4;
/** Windows whose language is looked at before the first of them is heard, and how many of the last wait for their neighbours. */
const lookedAt = { windows: 12, waiting: 4 };
/** The same at the beginning of a call: its first words are waited for. */
const lookedAtFirst = { windows: 3, waiting: 1 };

/**
 * The language most probable over some windows of a call; null for a model of one language.
 *
 * @param languages those that may be spoken; empty, any.
 */
export async function detectLanguage(
  ear: Ear,
  plan: readonly TrackWindow[],
  languages: readonly string[],
): Promise<string | null> {
  const { configuration } = ear.decoder;
  if (!configuration.multilingual || configuration.languages.size === 0) return null;
  // The longest of the first windows say most about the language.
  const first = plan.slice(0, 3 * detectionWindows).sort((a, b) => windowSamples(b.window) - windowSamples(a.window));
  const chances = await chancesOf(ear, first.slice(0, detectionWindows));
  return mostProbableLanguage(chances.map((one) => among(one, languages)));
}

/** Windows cut into turns, so that each can be heard in its own language. In order of time. */
export function turnWindows(
  windows: readonly TrackWindow[],
  exclusive: readonly VoiceSegment[],
): (TrackWindow & { voice: number | null })[] {
  return windows
    .flatMap(({ track, window }) =>
      turnParts(window, track.voice === null ? exclusive.filter(({ voice }) => track.voices.includes(voice)) : null).map(
        (part) => ({
          track,
          window: part.window,
          voice: track.voice ?? part.voice,
        }),
      ),
    )
    .sort((a, b) => (a.window.pieces[0]?.start ?? 0) - (b.window.pieces[0]?.start ?? 0));
}

/** Tells the language of turns as they come up to be heard. */
export interface TurnLanguages {
  /** The language of the first of these windows, in order of time; those after it are looked at as far as it takes. */
  of(coming: readonly (TrackWindow & { readonly voice: number | null })[]): Promise<string>;
}

/**
 * Tells each turn's language with its neighbours. Encodings are kept until the window is heard, and of few windows at a
 * time, so that memory does not grow with the call.
 *
 * @param usual the language of the call.
 */
export function turnLanguages(ear: Ear, usual: string, languages: readonly string[]): TurnLanguages {
  const seen: SpokenTurn[] = [];
  const places = new Map<TrackWindow["window"], number>();
  const settled = new Map<TrackWindow["window"], string>();
  return {
    async of(coming) {
      const [first] = coming;
      if (first === undefined) return usual;
      const known = settled.get(first.window);
      if (known !== undefined) return known;
      const reach = seen.length === 0 ? lookedAtFirst : lookedAt;
      const ahead = coming.slice(0, reach.windows);
      const fresh = ahead.filter(({ window }) => !places.has(window));
      for (const [i, chances] of (await chancesOf(ear, fresh)).entries()) {
        const { window, voice } = fresh[i] as (typeof fresh)[number];
        const start = window.pieces[0]?.start ?? 0;
        places.set(window, seen.length);
        seen.push({
          voice,
          startMs: start / samplesPerMs,
          endMs: (start + windowSamples(window)) / samplesPerMs,
          chances: among(chances, languages),
        });
      }
      const all = languagesOfTurns(seen, usual);
      const enough = coming.length > ahead.length ? ahead.length - reach.waiting : ahead.length;
      for (const { window } of ahead.slice(0, Math.max(1, enough))) {
        const place = places.get(window);
        if (place !== undefined && !settled.has(window)) settled.set(window, all[place] ?? usual);
      }
      return settled.get(first.window) ?? usual;
    },
  };
}

/** The chances of windows; their encodings are kept. */
async function chancesOf(ear: Ear, windows: readonly TrackWindow[]): Promise<LanguageChances[]> {
  const together = rowsTogether(ear.decoder.configuration);
  const chances: LanguageChances[] = [];
  for (let at = 0; at < windows.length; at += together) {
    const encoded: Encoded[] = [];
    for (const one of windows.slice(at, at + together)) {
      const heard = await encode(ear, one);
      ear.encodings.set(one.window, heard);
      encoded.push(heard.encoded);
    }
    chances.push(...(await languageProbabilities(ear.decoder, encoded)));
  }
  return chances;
}
