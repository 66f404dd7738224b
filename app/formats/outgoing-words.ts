import type { Turn } from "../conversation/conversation.ts";

/** A word as formats that know words write it. */
export interface OutgoingWord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly confidence: number | null;
}

/**
 * The words of a turn that have something to write. Behind a masked word stand empty ones: their time belongs to the label.
 * None where no times of words are known.
 */
export function outgoingWords({ words }: Pick<Turn, "words">): OutgoingWord[] {
  const written: { text: string; startMs: number; endMs: number; confidence: number | null }[] = [];
  for (const { text, startMs, endMs, confidence, redaction } of words) {
    const label = written.at(-1);
    if (text.trim() !== "") written.push({ text: text.trim(), startMs, endMs, confidence });
    else if (redaction !== undefined && label !== undefined) label.endMs = Math.max(label.endMs, endMs);
  }
  return written;
}

/** The mean of what is known of the confidence of words, to four digits; null where nothing is. */
export function meanConfidence(words: readonly OutgoingWord[]): number | null {
  const known = words.flatMap(({ confidence }) => confidence ?? []);
  return known.length === 0 ? null : Number((known.reduce((sum, one) => sum + one, 0) / known.length).toFixed(4));
}

/** Milliseconds as seconds. */
export function inSeconds(ms: number): number {
  return ms / 1_000;
}
