import type { Conversation, Participant } from "../conversation/conversation.ts";
import { roleLabel, speakerLabels } from "./speaker-label.ts";

/*
 * What the formats of NIST's Rich Transcription evaluations share (RT-09 evaluation plan, appendix A; the formats of SCTK's
 * `sclite`): a record is a line, its fields are told apart by white space, times are seconds.
 */

/** A text as one field: without white space; `<NA>` where nothing is left, or where the line would read as a comment. */
export function nistField(text: string): string {
  const joined = text.toWellFormed().replaceAll(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, "_");
  return joined === "" || joined.startsWith(";;") ? "<NA>" : joined;
}

/** Milliseconds as seconds with three digits. */
export function nistSeconds(ms: number): string {
  return `${Math.floor(ms / 1_000)}.${String(ms % 1_000).padStart(3, "0")}`;
}

/** What a recording is called in every record: its file's name without the ending. */
export function nistFile({ source }: Pick<Conversation, "source">): string {
  return nistField(source.name.replace(/\.[^.]*$/u, ""));
}

/** What each participant is called, by id: by role, never by name. */
export function nistSpeakers(participants: readonly Participant[]): ReadonlyMap<string, string> {
  const labels = speakerLabels(participants.map((participant) => ({ ...participant, name: null })));
  return new Map([...labels].map(([id, label]) => [id, nistField(label.toLowerCase())]));
}

/** The speaker of a turn whom nobody has listed. */
export const nistNobody = nistField(roleLabel("other").toLowerCase());

/** The channel of each participant as `sclite` names it: A for the first, which is also that of a mix. */
export function nistChannels(participants: readonly Participant[]): ReadonlyMap<string, string> {
  return new Map(participants.map(({ id, channel }) => [id, String.fromCodePoint(65 + Math.min(25, channel ?? 0))]));
}

/** A record with what it is sorted by. */
export interface NistRecord {
  readonly channel: string;
  readonly startMs: number;
  readonly line: string;
}

/** Records as `sclite` wants them: by channel, then by time. */
export function nistLines(records: readonly NistRecord[]): string {
  return records
    .toSorted((a, b) => (a.channel < b.channel ? -1 : a.channel > b.channel ? 1 : a.startMs - b.startMs))
    .map(({ line }) => `${line}\n`)
    .join("");
}
