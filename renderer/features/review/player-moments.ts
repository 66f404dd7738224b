import type { Conversation, Span, Word } from "../../../app/conversation/conversation.ts";

/** What people and rules have put on a recording. */
export const markerKinds = ["comment", "bookmark", "redaction", "answer", "unanswered"] as const;
/** What people and rules have put on a recording. */
export type MarkerKind = (typeof markerKinds)[number];

/** Something that somebody put on a recording: a comment, the evidence of an answer, a redaction. */
export interface Marker extends Span {
  readonly kind: MarkerKind;
  /** What is said of it, in a few words. */
  readonly label: string;
  /** What it stands for, for who put it there: the id of a thread, of a question. */
  readonly id?: string;
  /** Where it is in the words; absent where it is on time alone. */
  readonly place?: { readonly turnIds: readonly string[]; readonly wordIds: readonly string[] };
}

/** What a person goes through one by one. */
export const momentKinds = ["silence", "interruption", "sound", "doubt", ...markerKinds] as const;
/** What a person goes through one by one. */
export type MomentKind = (typeof momentKinds)[number];

/** The moments of each kind, in order of start. */
export type Moments = { readonly [kind in MomentKind]: readonly Span[] };

/** Back goes to the moment before when the playback stands this little after the beginning of one, in milliseconds. */
const graceMs = 1_000;

/**
 * What there is to go through in a conversation.
 *
 * @param sounds what was heard beside speech, as shown.
 * @param isDoubtful whether a word should be looked at.
 */
export function momentsOf(
  { turns, measures }: Pick<Conversation, "turns" | "measures">,
  markers: readonly Marker[],
  sounds: readonly Span[],
  isDoubtful: (word: Word) => boolean,
): Moments {
  // Before anybody was told apart, everything would be a silence.
  const { silences, interruptions } = turns.length > 0 ? measures : { silences: [], interruptions: [] };
  const marked = (kind: MarkerKind) => inOrder(markers.filter((marker) => marker.kind === kind));
  return {
    silence: inOrder(silences),
    interruption: inOrder(interruptions),
    sound: inOrder(sounds),
    doubt: inOrder(turns.flatMap((turn) => turn.words.filter(isDoubtful))),
    comment: marked("comment"),
    bookmark: marked("bookmark"),
    redaction: marked("redaction"),
    answer: marked("answer"),
    unanswered: marked("unanswered"),
  };
}

/** The markers of what was masked in the words themselves: neighbouring words of one kind are one. */
export function redactionsOf({ turns }: Pick<Conversation, "turns">, label: (kind: string) => string): Marker[] {
  const markers: { startMs: number; endMs: number; of: string; turnId: string; wordIds: string[] }[] = [];
  for (const { id: turnId, words } of turns) {
    let open = false;
    for (const { id, redaction, startMs, endMs } of words) {
      const last = markers.at(-1);
      if (redaction === undefined) open = false;
      else if (open && last?.of === redaction) {
        last.endMs = Math.max(last.endMs, endMs);
        last.wordIds.push(id);
      } else {
        markers.push({ startMs, endMs, of: redaction, turnId, wordIds: [id] });
        open = true;
      }
    }
  }
  return markers.map(({ startMs, endMs, of, turnId, wordIds }) => ({
    kind: "redaction",
    startMs,
    endMs,
    label: label(of),
    place: { turnIds: [turnId], wordIds },
  }));
}

/** A marker is meant by the playhead this near to it, in milliseconds. */
const markerReachMs = 1_000;

/**
 * The marker that the playhead is on, or nearest to within a second; undefined where none is. What people have put there
 * goes before a redaction, which is in sight in the words already.
 */
export function markerAt(markers: readonly Marker[], ms: number): Marker | undefined {
  const far = ({ startMs, endMs }: Marker) => (ms < startMs ? startMs - ms : ms > endMs ? ms - endMs : 0);
  const rank = ({ kind }: Marker) => (kind === "redaction" ? 1 : 0);
  // Of several the one that begins last is the most particular.
  return markers
    .filter((marker) => far(marker) <= markerReachMs)
    .sort((a, b) => rank(a) - rank(b) || far(a) - far(b) || b.startMs - a.startMs)[0];
}

function inOrder(spans: readonly Span[]): readonly Span[] {
  return spans.toSorted((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
}

/** The moment after or before a position; undefined at the end of the list. Moments come in order of start. */
export function stepMoment<T extends Span>(moments: readonly T[], ms: number, by: 1 | -1): T | undefined {
  return by === 1
    ? moments.find((moment) => moment.startMs > ms + 50)
    : moments.findLast((moment) => moment.startMs < ms - graceMs);
}

/** The number of the moment that a position is in or after, from 1; 0 before the first. */
export function momentNumber(moments: readonly Span[], ms: number): number {
  return moments.findLastIndex((moment) => moment.startMs <= ms + 50) + 1;
}
