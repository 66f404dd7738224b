import { type DraftSpeaker, roleOf } from "./imported.ts";

/** A line that begins with the name of who speaks. */
export interface LabelledLine {
  readonly label: string;
  readonly text: string;
}

/** Names that programs give voices they do not know. */
const numbered = /^(?:speaker|spk|participant|person|voice|channel|ch|s)(?:[ _-]?\d{1,3}|[ _-][a-z])$/iu;

/** Splits `Agent: text`, `[SPEAKER_00]: text`, `(speaker 0) text`; null where a line begins with no such name. */
export function splitLabel(line: string): LabelledLine | null {
  const written = line.trimStart();
  const bracketed = /^(?:\[([^\][]{1,40})\]|\(([^()]{1,40})\))\s*(:?)\s*/u.exec(written);
  if (bracketed !== null) {
    const label = (bracketed[1] ?? bracketed[2] ?? "").trim();
    const sure = bracketed[3] === ":" || numbered.test(label) || roleOfLabel(label) !== "other";
    return sure && isLabel(label) ? { label, text: written.slice(bracketed[0].length).trim() } : null;
  }
  const colon = written.slice(0, 62).search(/[:：]/u);
  if (colon < 1) return null;
  const label = written.slice(0, colon).trim();
  const text = written.slice(colon + 1);
  // "https://", "12:30" and "C:\" are no names.
  if (/^(?:\/\/|\\)/u.test(text) || (/\d$/u.test(label) && /^\d/u.test(text))) return null;
  return isLabel(label) ? { label, text: text.trim() } : null;
}

function isLabel(label: string): boolean {
  return /^\p{L}[\p{L}\p{M}\p{Nd} _.'’#&()/-]{0,39}$/u.test(label) && label.split(/\s+/u).length <= 5;
}

/**
 * Which of the names found are really names and not the beginning of a sentence. A part in a conversation or a numbered
 * voice always is; another name is where it comes again, or where every line has one.
 */
export function acceptedLabels(counts: ReadonlyMap<string, number>, everyLineHasOne: boolean): ReadonlySet<string> {
  const accepted = new Set<string>();
  for (const [label, count] of counts) {
    const words = label.split(/\s+/u).length;
    const part = words <= 3 && roleOfLabel(label) !== "other";
    const name = words <= 3 && /^\p{Lu}|^\p{Lo}/u.test(label) && (count >= 2 || everyLineHasOne);
    if (part || name || numbered.test(label)) accepted.add(label);
  }
  return accepted;
}

/** The speaker that a label names. */
export function speakerOf(label: string): DraftSpeaker {
  const role = roleOfLabel(label);
  if (numbered.test(label)) return { key: label.toLowerCase(), role: "other" };
  // "Agent" and "Agent 1" say the part alone; "Agent (Maria)" says more.
  const more =
    label
      .replaceAll(/[\p{Nd}\p{P}_#]+/gu, " ")
      .trim()
      .split(/\s+/u).length > 1 || role === "other";
  return { key: label.toLowerCase(), role, name: more ? label : null };
}

/** The part that a label names, also when written `AGENT_1` or `Agent2`. */
export function roleOfLabel(label: string) {
  return roleOf(label.replaceAll(/[_\p{Nd}]+/gu, " "));
}
