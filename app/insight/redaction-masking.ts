import type { Redacted, Turn, Word } from "../conversation/conversation.ts";
import type { Original } from "./originals.ts";
import { type Finding, redactionRules } from "./redaction-findings.ts";
import { type PersonalType, type RedactionPolicy, redactionLabels } from "./redaction-policy.ts";
import { differs, joinWords, type Writing } from "./redaction-reading.ts";

/*
 * What was found is taken out of words and texts. A masked word keeps its id and its times: the first word of a stretch
 * reads as the label, the others are empty; of what is removed all are.
 */

/** A turn without what was found in it, the record of that, and what stood there, for whoever may seal it. */
export function maskTurn(
  turn: Turn,
  findings: readonly Finding[],
  writings: readonly (readonly Writing[])[],
  index: number,
  policy: RedactionPolicy,
): { turn: Turn; spans: Redacted[]; originals: Original[] } {
  if (findings.length === 0) return { turn, spans: [], originals: [] };
  const of = (kind: Writing["of"]) => findings.filter((finding) => finding.of === kind);
  const inWords = of("words");
  const inText = of("text");
  const inTranslation = of("translation");

  const wordStarts = writings[0]?.[index]?.wordStarts ?? [];
  const { words, spans, originals } = maskWords(turn, inWords, wordStarts, policy);
  const pieces = maskPieces(turn.text, inText, policy);
  const text = !differs(turn) && turn.words.length > 0 ? joinWords(words) : pieces.masked;
  // Of a turn with words it is the words that can come back.
  if (turn.words.length === 0) originals.push(...pieces.pieces.map((piece) => textOriginal(turn, piece, pieces.masked.length)));
  const masked: Turn = { ...turn, text, words };
  if (turn.translation !== undefined) masked.translation = maskString(turn.translation, inTranslation, policy);

  // Without words the whole turn is the stretch to mute; so it is when only the translation gave the number away.
  const covered = new Set(spans.map(({ type }) => type));
  for (const { type, rule } of merged([...inText, ...inTranslation])) {
    if (covered.has(type)) continue;
    covered.add(type);
    spans.push(record({ type, rule }, turn, [], turn, policy));
  }
  return { turn: masked, spans, originals };
}

function textOriginal({ id: turnId, startMs, endMs }: Turn, { at, label, text, types }: Piece, of: number): Original {
  return { id: `${turnId}@${at}`, turnId, types, startMs, endMs, words: [], text: { at, of, label, text } };
}

function record(
  { type, rule }: Pick<Finding, "type" | "rule">,
  turn: Turn,
  words: readonly Word[],
  { startMs, endMs }: Pick<Turn, "startMs" | "endMs">,
  policy: RedactionPolicy,
): Redacted {
  return {
    turnId: turn.id,
    wordIds: words.map(({ id }) => id),
    type,
    rule,
    why: redactionRules[rule],
    how: policy[type] === "remove" ? "remove" : "mask",
    startMs,
    endMs,
  };
}

function maskWords(
  turn: Turn,
  findings: readonly Finding[],
  starts: readonly number[],
  policy: RedactionPolicy,
): { words: Word[]; spans: Redacted[]; originals: Original[] } {
  const words = turn.words.map((word) => ({ ...word }));
  const spans: Redacted[] = [];
  const originals: Original[] = [];
  // From the end, so that a word touched twice keeps valid offsets.
  for (const finding of merged(findings).reverse()) {
    const touched: number[] = [];
    for (const [index, word] of turn.words.entries()) {
      const start = starts[index] ?? 0;
      if (start < finding.end && start + word.text.length > finding.start) touched.push(index);
    }
    const first = touched[0];
    const final = touched.at(-1);
    if (first === undefined || final === undefined) continue;
    const firstWord = words[first];
    const finalWord = words[final];
    if (firstWord === undefined || finalWord === undefined) continue;
    const before = firstWord.text.slice(0, Math.max(0, finding.start - (starts[first] ?? 0)));
    const after = finalWord.text.slice(Math.max(0, finding.end - (starts[final] ?? 0)));
    for (const index of touched) {
      const word = words[index];
      if (word === undefined) continue;
      word.text = index === first ? `${before}${insteadOf(finding, policy)}${after}` : "";
      word.redaction = finding.type;
      delete word.heard;
    }
    const source = touched.map((index) => turn.words[index]).filter((word) => word !== undefined);
    const startMs = Math.min(...source.map((word) => word.startMs));
    const endMs = Math.max(...source.map((word) => word.endMs));
    spans.push(record(finding, turn, source, { startMs, endMs }, policy));
    const from = starts[first] ?? 0;
    const until = (starts[final] ?? 0) + (turn.words[final]?.text.length ?? 0);
    originals.push({
      id: source[0]?.id ?? turn.id,
      turnId: turn.id,
      // Whatever else stands in these words comes back with them.
      types: typesWithin(findings, from, until),
      startMs,
      endMs,
      words: source.map(({ id, text }) => ({ id, text })),
      text: null,
    });
  }
  return { words, spans: spans.reverse(), originals: originals.reverse() };
}

function typesWithin(findings: readonly Finding[], from: number, until: number): PersonalType[] {
  return [...new Set(findings.filter(({ start, end }) => start < until && end > from).map(({ type }) => type))];
}

function insteadOf({ type }: Pick<Finding, "type">, policy: RedactionPolicy): string {
  return policy[type] === "remove" ? "" : redactionLabels[type];
}

/** Findings in order of start, those that cross joined under the rule of the first. */
export function merged(findings: readonly Finding[]): Finding[] {
  const joined: Finding[] = [];
  for (const finding of [...findings].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const before = joined.at(-1);
    if (before !== undefined && finding.start < before.end)
      joined[joined.length - 1] = { ...before, end: Math.max(before.end, finding.end) };
    else joined.push(finding);
  }
  return joined;
}

/** A text without what was found in it. */
export function maskString(text: string, findings: readonly Finding[], policy: RedactionPolicy): string {
  return maskPieces(text, findings, policy).masked;
}

/** What was taken out of a text: where in the masked text it stood, in UTF-16 units, and what stands there now. */
interface Piece {
  readonly at: number;
  readonly label: string;
  readonly text: string;
  readonly types: PersonalType[];
}

function maskPieces(text: string, findings: readonly Finding[], policy: RedactionPolicy): { masked: string; pieces: Piece[] } {
  const pieces: Piece[] = [];
  let masked = "";
  let read = 0;
  for (const finding of merged(findings)) {
    masked += text.slice(read, finding.start);
    const label = insteadOf(finding, policy);
    // No two spaces where a word was.
    const gap = label === "" && masked.endsWith(" ") && text[finding.end] === " " ? 1 : 0;
    read = finding.end + gap;
    const types = typesWithin(findings, finding.start, finding.end);
    pieces.push({ at: masked.length, label, text: text.slice(finding.start, read), types });
    masked += label;
  }
  return { masked: masked + text.slice(read), pieces };
}
