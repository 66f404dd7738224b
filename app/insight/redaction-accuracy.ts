import { findPersonalData } from "./personal-data.ts";
import type { Finding } from "./redaction-findings.ts";
import { everythingMasked, type PersonalType, personalTypes } from "./redaction-policy.ts";
import { textWriting } from "./redaction-reading.ts";
import type { MarkedSpan, MarkedUtterance } from "./redaction-utterances.test-data.ts";

/*
 * How right redaction is. A marked stretch is found where every letter and digit of it is found as its own type; a find
 * is right where at least half of its letters and digits are marked as its type.
 */

/** What was found of one type, or of all. */
export interface RedactionFigures {
  readonly type: PersonalType | "all";
  readonly marked: number;
  readonly found: number;
  /** Marked stretches that were found whole as their type. */
  readonly recalled: number;
  /** Marked stretches that were hidden whole, be it as another type. */
  readonly hidden: number;
  /** Finds that were right. */
  readonly right: number;
}

/** One utterance with what of it was missed, and what was found that is not there. */
export interface RedactionFault {
  readonly utterance: MarkedUtterance;
  readonly missed: readonly MarkedSpan[];
  readonly invented: readonly Finding[];
}

/** Finds personal data in utterances and counts by type, all together last. */
export function measureRedaction(utterances: readonly MarkedUtterance[]): {
  readonly figures: readonly RedactionFigures[];
  readonly faults: readonly RedactionFault[];
} {
  const counts = new Map(
    [...personalTypes, "all" as const].map((type) => [type as string, { marked: 0, found: 0, recalled: 0, hidden: 0, right: 0 }]),
  );
  const count = (type: string, what: "marked" | "found" | "recalled" | "hidden" | "right") => {
    for (const name of [type, "all"]) {
      const one = counts.get(name);
      if (one !== undefined) one[what]++;
    }
  };
  const faults: RedactionFault[] = [];
  for (const utterance of utterances) {
    const findings = findingsIn(utterance);
    const missed: MarkedSpan[] = [];
    const invented: Finding[] = [];
    for (const span of utterance.spans) {
      const text = utterance.turns[span.turn]?.text ?? "";
      const ofTurn = findings.filter(({ turn }) => turn === span.turn);
      const isRecalled =
        shareCovered(
          text,
          span,
          ofTurn.filter(({ type }) => type === span.type),
        ) === 1;
      count(span.type, "marked");
      if (isRecalled) count(span.type, "recalled");
      else missed.push(span);
      if (shareCovered(text, span, ofTurn) === 1) count(span.type, "hidden");
    }
    for (const finding of findings) {
      const text = utterance.turns[finding.turn]?.text ?? "";
      const marked = utterance.spans.filter(({ turn, type }) => turn === finding.turn && type === finding.type);
      count(finding.type, "found");
      if (shareCovered(text, finding, marked) >= 0.5) count(finding.type, "right");
      else invented.push(finding);
    }
    if (missed.length + invented.length > 0) faults.push({ utterance, missed, invented });
  }
  const figures = [...personalTypes, "all" as const].map((type) => ({
    type,
    ...(counts.get(type) ?? { marked: 0, found: 0, recalled: 0, hidden: 0, right: 0 }),
  }));
  return { figures, faults };
}

/** Share of the letters and digits of a stretch that lie within others. */
function shareCovered(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
  by: readonly { readonly start: number; readonly end: number }[],
): number {
  let all = 0;
  let covered = 0;
  for (let at = start; at < end; at++) {
    if (!/[\p{L}\p{N}]/u.test(text[at] ?? "")) continue;
    all++;
    if (by.some((one) => at >= one.start && at < one.end)) covered++;
  }
  return all === 0 ? 1 : covered / all;
}

function findingsIn({ turns }: MarkedUtterance): readonly Finding[] {
  const times = turns.map(({ by }, turn) => ({ participantId: by, startMs: turn * 5_000, endMs: turn * 5_000 + 4_000 }));
  const writing = turns.map(({ text }) => textWriting(text, "text"));
  return findPersonalData(times, writing, [], everythingMasked);
}
