import type { Conversation, Participant, Span, VendorLoudness } from "../../../app/conversation/conversation.ts";
import type { InsightView, TurnSentiment } from "../../../app/insight/insight.ts";
import { fullScore } from "../../../app/insight/sentiment.ts";
import { type SentimentFigure, trendOfQuarters } from "../../../app/insight/trend.ts";
import type { Voice } from "./voices.ts";
import type { Lane } from "./waveform-lanes.ts";
import { indexSpans, type SpanIndex, within } from "./waveform-spans.ts";

/* Sentiment and loudness of each role over time, laid out for drawing the part that is in view. */

/** A turn on a track of sentiment. */
export interface TrackTurn extends Span {
  readonly turnId: string;
  readonly label: TurnSentiment["label"] | string;
  /** From -5 to 5; null where the formula, or the vendor, gives none. */
  readonly score: number | null;
}

/** The mean of a quarter, or null. */
export interface TrackQuarter extends Span {
  readonly score: number | null;
}

/** What one reader made of a role. */
export interface Reading {
  readonly turns: SpanIndex<TrackTurn>;
  readonly quarters: readonly TrackQuarter[];
  readonly score: number | null;
  readonly change: number | null;
  readonly trend: SentimentFigure["trend"];
}

/** The sentiment of one role, or of one speaker where the role has but one. */
export interface SentimentTrack {
  readonly key: string;
  readonly name: string;
  readonly hue: number | null;
  /** Null where nothing has been read. */
  readonly own: Reading | null;
  /** The other program's; null where there is none. */
  readonly vendor: Reading | null;
}

/** How high a vendor's bare label stands: its scale is not known, its direction is. */
const labelled: Readonly<Record<string, number>> = { positive: fullScore, negative: -fullScore, neutral: 0, mixed: 0 };

/** The tracks of sentiment, one for each role that speaks, in order of participants. */
export function sentimentTracks(
  { participants, turns, durationMs, vendor }: Pick<Conversation, "participants" | "turns" | "durationMs" | "vendor">,
  insight: InsightView | null,
  voices: ReadonlyMap<string, Voice>,
  nameOf: (role: Participant["role"]) => string,
): SentimentTrack[] {
  const read = new Map(insight?.sentiment.turns.map((each) => [each.turnId, each]));
  const figures = insight?.sentiment[insight.sentiment.formula];
  const speaking = participants.filter(({ id }) => turns.some((turn) => turn.participantId === id));
  return [...Map.groupBy(speaking, ({ role }) => role)].flatMap(([role, own]): SentimentTrack[] => {
    const ids = new Set(own.map(({ id }) => id));
    const said = turns.filter(({ participantId }) => ids.has(participantId));
    const figure = figures?.roles.find((each) => each.role === role);
    const measured = vendor?.sentiment.filter(({ participantId }) => ids.has(participantId)) ?? [];
    const marked = said.filter((turn) => turn.vendor !== undefined);
    const [voice] = own.length === 1 ? own.map(({ id }) => voices.get(id)) : [];
    const [theirs] = measured.length === 1 ? measured : [];
    const track: SentimentTrack = {
      key: role,
      name: voice?.name ?? nameOf(role),
      hue: voice?.hue ?? null,
      own:
        figure === undefined
          ? null
          : {
              turns: indexSpans(
                said.flatMap(({ id, startMs, endMs }): TrackTurn[] => {
                  const sentiment = read.get(id);
                  return sentiment === undefined || sentiment.label === null
                    ? []
                    : [{ turnId: id, startMs, endMs, label: sentiment.label, score: sentiment.score }];
                }),
              ),
              quarters: figure.quarters,
              score: figure.score,
              change: figure.change,
              trend: figure.trend,
            },
      vendor:
        theirs === undefined && marked.length === 0
          ? null
          : {
              turns: indexSpans(
                marked.map(({ id, startMs, endMs, vendor: mood }): TrackTurn => {
                  const label = mood?.label ?? null;
                  return { turnId: id, startMs, endMs, label, score: mood?.score ?? labelled[label ?? ""] ?? null };
                }),
              ),
              // A vendor's quarters are those of the whole call.
              quarters: (theirs?.quarters ?? []).map((score, quarter) => ({
                startMs: (durationMs * quarter) / 4,
                endMs: (durationMs * (quarter + 1)) / 4,
                score,
              })),
              score: theirs?.score ?? null,
              change: theirs?.change ?? null,
              trend: trendOfQuarters(theirs?.change ?? null),
            },
    };
    return track.own === null && track.vendor === null ? [] : [track];
  });
}

/** A track's turns as columns of a picture: of those that share one, the strongest. */
export function columnsOf(turns: SpanIndex<TrackTurn>, fromMs: number, toMs: number, columns: number): Map<number, TrackTurn> {
  const found = new Map<number, TrackTurn>();
  const step = (toMs - fromMs) / Math.max(1, columns);
  for (const turn of within(turns, fromMs, toMs)) {
    const first = Math.max(0, Math.floor((turn.startMs - fromMs) / step));
    const last = Math.min(columns - 1, Math.max(first, Math.ceil((turn.endMs - fromMs) / step) - 1));
    for (let column = first; column <= last; column += 1) {
      const known = found.get(column);
      if (known === undefined || Math.abs(turn.score ?? 0) > Math.abs(known.score ?? 0)) found.set(column, turn);
    }
  }
  return found;
}

/** Quietest level that is told from silence: peaks are kept in steps of 1/127. */
export const quietestDb = -42;

/** Loudness over time: a level for each step, in dBFS; null where nothing is to be heard. */
export interface Loudness {
  readonly stepMs: number;
  readonly levels: readonly (number | null)[];
}

/** The loudness of one voice, or of one channel while nobody was told apart. */
export interface LoudnessTrack {
  readonly key: string;
  readonly participantId: string | null;
  readonly own: Loudness | null;
  readonly vendor: readonly VendorLoudness[];
}

/** The step in which loudness is kept, in milliseconds: a second, as other programs give it; longer where parts would be too many. */
export function loudnessStep(durationMs: number, mostParts = 20_000): number {
  return Math.max(1_000, Math.ceil(durationMs / mostParts));
}

/**
 * The level of each part of a channel: its loudest sample in decibels below full scale, 20·log10(|peak|/127). A voice that
 * shares the channel is heard during its own turns alone.
 *
 * @param bins least and greatest sample of each part, one after the other, from -127 to 127.
 */
export function levelsOf(bins: readonly number[], stepMs: number, only: Lane["only"]): Loudness {
  const levels = Array.from({ length: Math.floor(bins.length / 2) }, (_, part): number | null => {
    if (only !== null && within(only, part * stepMs, (part + 1) * stepMs - 1).length === 0) return null;
    const peak = Math.min(127, Math.max(Math.abs(bins[2 * part] ?? 0), Math.abs(bins[2 * part + 1] ?? 0)));
    return peak === 0 ? null : Math.round(20 * Math.log10(peak / 127) * 10) / 10;
  });
  return { stepMs, levels };
}

/** The level at a moment, or the loudest of a stretch; null where nothing is to be heard. */
export function loudestIn({ stepMs, levels }: Loudness, fromMs: number, toMs = fromMs): number | null {
  let loudest: number | null = null;
  const last = Math.max(Math.floor(fromMs / stepMs), Math.ceil(toMs / stepMs) - 1);
  for (let part = Math.max(0, Math.floor(fromMs / stepMs)); part <= last && part < levels.length; part += 1) {
    const level = levels[part];
    if (level != null && (loudest === null || level > loudest)) loudest = level;
  }
  return loudest;
}

/** A vendor's score at a moment; null where it gives none. */
export function vendorLoudnessAt(all: readonly VendorLoudness[], ms: number): number | null {
  for (const { startMs, scores } of all) {
    const score = scores[Math.floor((ms - startMs) / 1_000)];
    if (ms >= startMs && score != null) return score;
  }
  return null;
}

/** The mean score of a track's turns that begin in a stretch; null where none was scored. */
export function meanIn({ turns }: Reading, { startMs, endMs }: Span): number | null {
  const scores = turns.items
    .filter((turn) => turn.startMs >= startMs && turn.startMs < endMs)
    .flatMap(({ score }) => score ?? []);
  return scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length;
}
