import type { DraftSpeaker, DraftTurn, ImportedConversation, ImportNote } from "./imported.ts";
import { malformed } from "./json-text.ts";
import { speakerOf } from "./line-label.ts";
import { linesOf } from "./log-entries.ts";
import { hasVoices, inOrder, spokenConversation } from "./spoken.ts";
import { longestPauseMs, turnsOfWords, type VoicedWord } from "./spoken-words.ts";

/*
 * Rich Transcription Time Marked files: a line for each stretch of a speaker (SPEAKER) and, where there is a text, for each
 * word (LEXEME), or the text of a stretch in its field for it.
 * Fields: type file channel begin duration text subtype name confidence (NIST, RT-09 evaluation plan, appendix A).
 */

const kinds = "SPEAKER|LEXEME|SPKR-INFO|NOSCORE|NO_RT_METADATA|SEGMENT|NON-LEX|NON-SPEECH|FILLER|EDIT|SU|IP|CB|A\\/P";
const line = new RegExp(`^(?:${kinds})\\s+\\S+\\s+\\S+\\s+(?:<NA>|[\\d.]+)\\s`, "u");
const mostUnreadable = 20;

/** Whether a text is an RTTM. */
export function isRttm(text: string): boolean {
  return line.test(text.slice(0, 5_000).replaceAll(/^(?:;;[^\n]*)?\r?\n/gmu, ""));
}

interface Stretch {
  readonly speaker: DraftSpeaker;
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
  readonly confidence: number | null;
}

/** Reads an RTTM, with its words where it has them. Throws `format-malformed` where no line can be read. */
export function readRttm(text: string): ImportedConversation {
  const all: { kind: "SPEAKER" | "LEXEME"; stretch: Stretch }[] = [];
  const notes: ImportNote[] = [];
  const others = new Map<string, number>();
  let unreadable = 0;
  let number = 0;
  for (const written of linesOf(text)) {
    number++;
    if (written.trim() === "" || written.startsWith(";;")) continue;
    const fields = written.trim().split(/\s+/u);
    const [kind = ""] = fields;
    if (kind !== "SPEAKER" && kind !== "LEXEME") {
      others.set(kind.slice(0, 20), (others.get(kind.slice(0, 20)) ?? 0) + 1);
      continue;
    }
    const stretch = stretchOf(fields);
    if (stretch === null) {
      unreadable++;
      if (unreadable <= mostUnreadable)
        notes.push({ level: "ignored", what: "A line that cannot be read.", where: `line ${number}` });
    } else all.push({ kind, stretch });
  }
  for (const [kind, count] of others)
    if (others.size <= 20)
      notes.push({ level: "ignored", what: `Lines of another kind (${kind}): ${count}.`, where: "the whole file" });
  if (all.length === 0) throw malformed("No line of the file can be read.", 1);
  // One channel tells nobody apart.
  const several = new Set(all.map(({ stretch }) => stretch.speaker.channel)).size > 1;
  const voicedBy = ({ speaker, ...stretch }: Stretch): Stretch => ({
    ...stretch,
    speaker: several ? speaker : { ...speaker, channel: null },
  });
  const stretches = all.flatMap(({ kind, stretch }) => (kind === "SPEAKER" ? [voicedBy(stretch)] : []));
  const words: VoicedWord[] = all
    .flatMap(({ kind, stretch }) => (kind === "LEXEME" && stretch.text !== "" ? [voicedBy(stretch)] : []))
    .toSorted((a, b) => a.startMs - b.startMs);
  const spoken = turnsOfWords(words, null, longestPauseMs);
  // Where a voice has no words of its own, when it spoke is still known.
  const voiced = new Set(spoken.map(({ speaker }) => speaker.key));
  const silent = stretches.filter(({ speaker }) => !voiced.has(speaker.key));
  const turns: DraftTurn[] = [
    ...spoken,
    ...silent.map(({ speaker, startMs, endMs, text: said }) => ({ speaker, startMs, endMs, text: said })),
  ];
  const read = spokenConversation({
    format: "RTTM, who spoke when",
    engine: null,
    turns: inOrder(turns),
    notes,
    wordless: silent.some(({ text: said }) => said !== ""),
    voices: hasVoices(turns),
  });
  if (turns.some(({ text: said }) => said !== "")) return read;
  return {
    ...read,
    transcript: {
      ...read.transcript,
      shortfalls: [...read.transcript.shortfalls, { lacks: "words", reason: "not-asked", modelId: null }],
    },
  };
}

function stretchOf(fields: readonly string[]): Stretch | null {
  const [, , channel = "", begin = "", duration = "", said = "", , name = "", sure = ""] = fields;
  const startMs = Number(begin) * 1_000;
  const lengthMs = Number(duration) * 1_000;
  if (!(startMs >= 0 && lengthMs >= 0 && Number.isFinite(startMs + lengthMs))) return null;
  const known = (field: string): boolean => field !== "" && field !== "<NA>";
  const label = known(name) ? name : "";
  const speaker: DraftSpeaker = label === "" ? { key: "", role: "other" } : speakerOf(label.replaceAll("_", " "));
  const number = /^\d{1,2}$/u.test(channel) ? Number(channel) : null;
  return {
    speaker: { ...speaker, channel: number === null || number === 0 ? null : number - 1 },
    startMs,
    endMs: startMs + lengthMs,
    text: known(said) ? said : "",
    confidence: known(sure) ? Number(sure) : null,
  };
}
