import {
  buildTranscript,
  type DraftSpeaker,
  type DraftTurn,
  type ImportedConversation,
  type ImportNote,
  noWordTimes,
  toInstant,
} from "./imported.ts";
import { malformed } from "./json-text.ts";
import { acceptedLabels, roleOfLabel, speakerOf, splitLabel } from "./line-label.ts";
import { linesOf } from "./log-entries.ts";

/*
 * Transcripts as people write and paste them: `Agent: text`, a line for each turn, with or without a time before the name,
 * behind it, or on a line of its own with it.
 */

/** A time as a line gives it: from the beginning, of a clock, or with its date. */
interface Stamp {
  readonly ms: number;
  readonly kind: "clock" | "date";
}

/** A line that begins a turn. */
interface Opening {
  readonly label: string;
  readonly text: string;
  readonly stamp: Stamp | null;
}

/** Lines that are looked at to know the format. */
const mostLinesLookedAt = 400;
/** A time of the clock that lies later than this is a time of the day, not a time from the beginning. */
const longestBeginMs = 3_600_000;
/** How long a word takes, where only the beginning of a turn is known. */
const wordMs = 450;

const clock = String.raw`(?:(\d{1,2}):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,3}))?(?:\s*([AaPp])\.?[Mm]\.?)?`;
const leading = new RegExp(String.raw`^\s*[\[(]?\s*(?:${clock})\s*[\])]?\s*(?:[-–]\s+)?(?=\S)`, "u");
const trailing = new RegExp(String.raw`^(.{1,60}?)\s*[\[(]?\s*(?:${clock})\s*[\])]?\s*(:?)\s*(.*)$`, "u");
const dated =
  /^\s*[[(]?\s*(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)\s*[\])]?\s*(?:[-–]\s+)?/u;

/**
 * Whether a text is a conversation with a name at the beginning of lines: at least two such lines (or one, with a name
 * that is a part in a conversation), and most of the text in the turns they begin.
 */
export function isPlainText(text: string): boolean {
  const lines: string[] = [];
  for (const line of linesOf(text)) {
    if (line.trim() !== "") lines.push(line);
    if (lines.length >= mostLinesLookedAt) break;
  }
  const labels = labelsIn(lines);
  const parts = [...labels].filter((label) => roleOfLabel(label) !== "other").length;
  const openings = lines.flatMap((line) => openingOf(line, labels) ?? []);
  const [first] = openings;
  if (first === undefined) return false;
  if (openings.length === 1) return parts > 0 && lines.length <= 5 && /^\p{Lu}/u.test(first.label);
  // With a time or a part, a few long turns are enough; with bare names most lines must have one.
  if (parts > 0 || openings.every(({ stamp }) => stamp !== null)) return openings.length * 25 >= lines.length;
  return openings.length * 2 >= lines.length;
}

/** Reads a conversation in plain text. Throws `format-malformed` where no line names a speaker. */
export function readPlainText(text: string): ImportedConversation {
  const looked: string[] = [];
  for (const line of linesOf(text)) if (line.trim() !== "") looked.push(line);
  const labels = labelsIn(looked);
  const notes: ImportNote[] = [];
  // Where turns have times, a name without one is a part of what somebody wrote.
  const openings = looked.flatMap((line) => openingOf(line, labels) ?? []);
  const stamped = openings.filter(({ stamp }) => stamp !== null).length;
  const timesBegin = stamped >= 2 && stamped * 2 > openings.length;
  const pieces: { speaker: DraftSpeaker; stamp: Stamp | null; lines: string[]; translation: string[] }[] = [];
  let began: string | null = null;
  let head = 0;
  let number = 0;
  let headLine = 0;
  for (const line of linesOf(text)) {
    number++;
    if (line.trim() === "") continue;
    const opening = openingOf(line, labels);
    const last = pieces.at(-1);
    if (opening !== null && (opening.stamp !== null || !timesBegin)) {
      pieces.push({
        speaker: speakerOf(opening.label),
        stamp: opening.stamp,
        lines: opening.text === "" ? [] : [opening.text],
        translation: [],
      });
    } else if (last === undefined) {
      head++;
      headLine ||= number;
      began ??= toInstant(/^Began (\S{10,40})$/u.exec(line.trim())?.[1]);
    } else {
      const translated = /^\s+\(English\)\s+(.*)$/u.exec(line)?.[1];
      if (translated === undefined) last.lines.push(line.trim());
      else last.translation.push(translated);
    }
  }
  if (pieces.length === 0) throw malformed("No line of the text begins with the name of a speaker.");
  if (head > 0)
    notes.push({
      level: "ignored",
      what: `${head} ${head === 1 ? "line" : "lines"} before the first speaker.`,
      where: `line ${headLine}`,
    });

  const stamps = pieces.map(({ stamp }) => stamp);
  const timed = stamps.some((stamp) => stamp !== null);
  const first = stamps.find((stamp) => stamp !== null) ?? null;
  const relative = first?.kind === "clock" && first.ms < longestBeginMs;
  const origin = relative ? 0 : (first?.ms ?? 0);
  const starts = placed(stamps, origin);
  const turns = pieces.map((piece, index): DraftTurn => {
    const said = piece.lines.join("\n").trim();
    const startMs = starts[index] ?? 0;
    const spoken = startMs + Math.max(1_000, said.split(/\s+/u).length * wordMs);
    // A message has a time and no length; how long somebody spoke is bounded by who spoke next.
    const endMs = relative ? Math.max(startMs, Math.min(spoken, starts[index + 1] ?? spoken)) : startMs;
    const translation = piece.translation.join(" ");
    return { speaker: piece.speaker, startMs, endMs, text: said, ...(translation === "" ? {} : { translation }) };
  });
  if (relative)
    notes.push({ level: "converted", what: "The ends of turns are estimated from their words.", where: "the whole file" });
  else if (!timed)
    notes.push({ level: "ignored", what: "The text has no times: turns stand in its order.", where: "the whole file" });
  const spoken = relative || (!timed && !turns.some(({ speaker }) => speaker.role === "bot"));
  return {
    format: "Plain text, a name before each turn",
    kind: relative ? "call" : "chat",
    channel: relative ? "voice" : "chat",
    title: null,
    startedAt: began ?? (first?.kind === "date" ? toInstant(first.ms) : null),
    timeZone: null,
    transcript: buildTranscript({ turns, shortfalls: spoken ? [noWordTimes] : [] }),
    notes,
  };
}

/** Times from the beginning. A clock that jumps back has passed midnight; a turn without a time begins with the one before. */
function placed(stamps: readonly (Stamp | null)[], origin: number): number[] {
  let last = 0;
  let days = 0;
  return stamps.map((stamp) => {
    if (stamp === null) return last;
    const halfDay = 12 * 3_600_000;
    if (stamp.kind === "clock" && stamp.ms - origin + days < last - halfDay) days += 2 * halfDay;
    last = Math.max(0, stamp.ms - origin + (stamp.kind === "clock" ? days : 0));
    return last;
  });
}

function labelsIn(lines: readonly string[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  let unlabelled = 0;
  let stamped = 0;
  for (const line of lines) {
    const opening = openingOf(line, null);
    if (opening === null) unlabelled++;
    else {
      counts.set(opening.label, (counts.get(opening.label) ?? 0) + 1);
      if (opening.stamp !== null) stamped++;
    }
  }
  return acceptedLabels(counts, unlabelled === 0 || (stamped > 0 && stamped === lines.length - unlabelled));
}

/** What begins a turn: a time and a name, a name and a time, or a name alone. Any name where `labels` is null. */
function openingOf(line: string, labels: ReadonlySet<string> | null): Opening | null {
  const written = line.trimStart();
  const start = written.slice(0, 200);
  const date = dated.exec(start);
  const day = date === null ? null : toInstant(date[1]);
  if (date !== null && day !== null) return named(written.slice(date[0].length), { ms: Date.parse(day), kind: "date" }, labels);
  const before = leading.exec(start);
  if (before !== null) {
    const opening = named(written.slice(before[0].length), stampOf(before, 1), labels);
    if (opening !== null) return opening;
  }
  const bare = named(written, null, labels);
  if (bare !== null) return bare;
  // "Agent (00:12): text", "Maria 0:12", the text on the lines after.
  const after = trailing.exec(start);
  if (after === null) return null;
  const label = (after[1] ?? "").replace(/[[(:\s]+$/u, "").trim();
  const rest = written.length > 200 ? `${after[8] ?? ""}${written.slice(200)}` : (after[8] ?? "");
  // Without a colon, a time in the middle of a sentence is no opening.
  if ((after[7] !== ":" && rest !== "") || splitLabel(`${label}: x`) === null) return null;
  return labels === null || labels.has(label) ? { label, text: rest.trim(), stamp: stampOf(after, 2) } : null;
}

function named(text: string, stamp: Stamp | null, labels: ReadonlySet<string> | null): Opening | null {
  const split = splitLabel(text);
  return split !== null && (labels === null || labels.has(split.label)) ? { ...split, stamp } : null;
}

function stampOf(found: RegExpExecArray, from: number): Stamp {
  const [hours, minutes, seconds] = [0, 1, 2].map((index) => Number(found[from + index] ?? 0)) as [number, number, number];
  const fraction = Number((found[from + 3] ?? "0").padEnd(3, "0"));
  const half = found[from + 4]?.toLowerCase();
  if (half === undefined) return { ms: ((hours * 60 + minutes) * 60 + seconds) * 1_000 + fraction, kind: "clock" };
  // "9:05 pm" has hours and minutes where "9:05" has minutes and seconds.
  const [hour, minute, second] = found[from] === undefined ? [minutes, seconds, 0] : [hours, minutes, seconds];
  const day = (hour % 12) + (half === "p" ? 12 : 0);
  return { ms: ((day * 60 + minute) * 60 + second) * 1_000, kind: "clock" };
}
