import type { Redacted, Turn, Word } from "../conversation/conversation.ts";
import { type Finding, redactionRules } from "./redaction-findings.ts";
import { type RedactionPolicy, redactionLabels } from "./redaction-policy.ts";
import { differs, joinWords, type Writing } from "./redaction-reading.ts";

/*
 * What was found is taken out of words and texts. A masked word keeps its id and its times: the first word of a stretch
 * reads as the label, the others are empty; of what is removed all are.
 */

/** A turn without what was found in it, and the record of that. */
export function maskTurn(
  turn: Turn,
  findings: readonly Finding[],
  writings: readonly (readonly Writing[])[],
  index: number,
  policy: RedactionPolicy,
): { turn: Turn; spans: Redacted[] } {
  if (findings.length === 0) return { turn, spans: [] };
  const of = (kind: Writing["of"]) => findings.filter((finding) => finding.of === kind);
  const inWords = of("words");
  const inText = of("text");
  const inTranslation = of("translation");

  const wordStarts = writings[0]?.[index]?.wordStarts ?? [];
  const { words, spans } = maskWords(turn, inWords, wordStarts, policy);
  const text = !differs(turn) && turn.words.length > 0 ? joinWords(words) : maskString(turn.text, inText, policy);
  const masked: Turn = { ...turn, text, words };
  if (turn.translation !== undefined) masked.translation = maskString(turn.translation, inTranslation, policy);

  // Without words the whole turn is the stretch to mute; so it is when only the translation gave the number away.
  const covered = new Set(spans.map(({ type }) => type));
  for (const { type, rule } of merged([...inText, ...inTranslation])) {
    if (covered.has(type)) continue;
    covered.add(type);
    spans.push(record({ type, rule }, turn, [], turn, policy));
  }
  return { turn: masked, spans };
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
): { words: Word[]; spans: Redacted[] } {
  const words = turn.words.map((word) => ({ ...word }));
  const spans: Redacted[] = [];
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
  }
  return { words, spans: spans.reverse() };
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
  return merged(findings).reduceRight((masked, finding) => {
    const after = masked.slice(finding.end);
    const instead = insteadOf(finding, policy);
    // No two spaces where a word was.
    const gap = instead === "" && masked[finding.start - 1] === " " && after.startsWith(" ") ? 1 : 0;
    return masked.slice(0, finding.start) + instead + after.slice(gap);
  }, text);
}
