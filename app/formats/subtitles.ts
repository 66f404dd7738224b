import type { DraftSpeaker, DraftTurn, ImportedConversation, ImportNote } from "./imported.ts";
import { malformed } from "./json-text.ts";
import { acceptedLabels, speakerOf, splitLabel } from "./line-label.ts";
import { linesOf } from "./log-entries.ts";
import { hasVoices, spokenConversation } from "./spoken.ts";

/*
 * Subtitles and their kin: SubRip (.srt), WebVTT (.vtt) and Whisper's table (.tsv). Who speaks stands at the beginning of
 * a cue, where it stands at all, and in WebVTT also in a voice tag.
 */

interface RawCue {
  readonly startMs: number;
  readonly endMs: number;
  readonly line: number;
  readonly text: string;
}

const noVoice: DraftSpeaker = { key: "", role: "other" };
/** Cues of one voice that follow each other within this are one turn. */
const longestGapMs = 1_500;

const timing =
  /^\s*(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[,.](\d{1,3}))?\s*-->\s*(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[,.](\d{1,3}))?(?=\s|$)/u;

/** Whether a text is WebVTT. */
export function isVtt(text: string): boolean {
  return /^WEBVTT(?=\s|$)/u.test(text);
}

/** Whether a text is SubRip: its first lines are a number, perhaps, and a timing. */
export function isSrt(text: string): boolean {
  return /^\s*(?:\d{1,9}[ \t]*\r?\n)?[ \t]*(?:\d{1,4}:)?\d{1,2}:\d{1,2}[,.]\d{1,3}[ \t]*-->/u.test(text.slice(0, 500));
}

/** Whether a text is the table that Whisper writes: start and end in milliseconds, and the text. */
export function isTsv(text: string): boolean {
  return /^start\tend\t(?:speaker\t)?text[ \t]*\r?\n/u.test(text.slice(0, 100));
}

/** Reads WebVTT. Throws `format-malformed` where it has no cue that can be read. */
export function readVtt(text: string): ImportedConversation {
  return conversationOf("WebVTT subtitles", cuesIn(text));
}

/** Reads SubRip. Throws `format-malformed` where it has no cue that can be read. */
export function readSrt(text: string): ImportedConversation {
  return conversationOf("SubRip subtitles", cuesIn(text));
}

/** Reads Whisper's table. Throws `format-malformed` where it has no line that can be read. */
export function readTsv(text: string): ImportedConversation {
  const cues: RawCue[] = [];
  const unreadable: number[] = [];
  let number = 0;
  let withSpeaker = false;
  for (const line of linesOf(text)) {
    number++;
    if (number === 1) {
      withSpeaker = /\tspeaker\t/u.test(line);
      continue;
    }
    if (line.trim() === "") continue;
    const cells = line.split("\t");
    const startMs = Number(cells[0]);
    const endMs = Number(cells[1]);
    if (cells.length < 3 || Number.isNaN(startMs) || Number.isNaN(endMs)) {
      unreadable.push(number);
      continue;
    }
    const said = withSpeaker ? `[${cells[2] ?? ""}]: ${cells.slice(3).join(" ")}` : cells.slice(2).join(" ");
    cues.push({ startMs, endMs, line: number, text: said });
  }
  return conversationOf("Whisper table of segments", { cues, unreadable });
}

/** The cues of SubRip and WebVTT alike: a timing, then lines until an empty one. */
function cuesIn(text: string): { cues: RawCue[]; unreadable: number[] } {
  const cues: RawCue[] = [];
  const unreadable: number[] = [];
  let current: { startMs: number; endMs: number; line: number; lines: string[] } | null = null;
  const finish = (): void => {
    if (current === null) return;
    // Without an empty line between, the number of the next cue ends the text of this one.
    cues.push({ startMs: current.startMs, endMs: current.endMs, line: current.line, text: current.lines.join("\n") });
    current = null;
  };
  let number = 0;
  for (const line of linesOf(text)) {
    number++;
    if (line.includes("-->")) {
      const found = timing.exec(line);
      const before = current as { lines: string[] } | null;
      if (before !== null && /^\s*\d{1,9}\s*$/u.test(before.lines.at(-1) ?? "")) before.lines.pop();
      finish();
      if (found === null) unreadable.push(number);
      else current = { startMs: ms(found, 1), endMs: ms(found, 5), line: number, lines: [] };
    } else if (line.trim() === "") finish();
    else current?.lines.push(line);
  }
  finish();
  return { cues, unreadable };
}

function ms(found: RegExpExecArray, from: number): number {
  const [hours, minutes, seconds] = [0, 1, 2].map((index) => Number(found[from + index] ?? 0));
  const fraction = Number((found[from + 3] ?? "0").padEnd(3, "0"));
  return (((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1_000 + fraction;
}

function conversationOf(format: string, { cues, unreadable }: { cues: RawCue[]; unreadable: number[] }): ImportedConversation {
  if (cues.length === 0) {
    const line = unreadable[0] ?? null;
    throw malformed(
      line === null ? "The subtitles have no cue." : `The subtitles have no cue that can be read: line ${line}.`,
      line,
      null,
    );
  }
  const spoken = cues.flatMap(voicesOf);
  const counts = new Map<string, number>();
  let unlabelled = 0;
  for (const { text } of spoken) {
    const label = splitLabel(text)?.label;
    if (label === undefined) unlabelled++;
    else counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const labels = acceptedLabels(counts, unlabelled === 0);

  const turns: DraftTurn[] = [];
  let end = 0;
  let last: DraftSpeaker = noVoice;
  for (const { voice, startMs, endMs, text } of spoken) {
    const split = splitLabel(text);
    const label = voice ?? (split !== null && labels.has(split.label) ? split.label : null);
    // The name stands where a voice begins; what follows at once is still it.
    const speaker: DraftSpeaker = label !== null ? speakerOf(label) : startMs - end < longestGapMs * 2 ? last : noVoice;
    const said = (voice === null && label !== null && split !== null ? split.text : text).trim();
    last = speaker;
    end = Math.max(end, endMs);
    if (said !== "") turns.push({ speaker, startMs, endMs, text: said });
  }
  const notes: ImportNote[] = unreadable
    .slice(0, 20)
    .map((line) => ({ level: "ignored", what: "A timing that cannot be read.", where: `line ${line}` }));
  return spokenConversation({ format, engine: null, turns, notes, wordless: true, voices: hasVoices(turns), longestGapMs });
}

interface Voiced {
  readonly voice: string | null;
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
}

/** The pieces of a cue by voice tag, `<v Name>`, or the whole cue. */
function voicesOf(cue: RawCue): Voiced[] {
  const parts = cue.text.split(/<v(?:\.[^<>\s]*)?[ \t]{1,4}([^<>]{1,80})>/u);
  const pieces: Voiced[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const text = plain(parts[index] ?? "");
    const voice = index === 0 ? null : plain(parts[index - 1] ?? "");
    if (text !== "") pieces.push({ voice, startMs: cue.startMs, endMs: cue.endMs, text });
  }
  return pieces;
}

const entities: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["nbsp", " "],
  ["quot", '"'],
  ["lrm", ""],
  ["rlm", ""],
]);

/** Text without tags, with its entities as the characters they are, on one line. */
function plain(text: string): string {
  return text
    .replaceAll(/<[^<>]*>|\{\\[^{}]*\}/gu, "")
    .replaceAll(/&([a-z]{2,4});/gu, (whole, name: string) => entities.get(name) ?? whole)
    .replaceAll(/\s+/gu, " ")
    .trim();
}
