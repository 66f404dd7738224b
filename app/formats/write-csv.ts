import { stringify } from "csv-stringify/browser/esm/sync";
import type { Conversation } from "../conversation/conversation.ts";
import { clockTime } from "./clock-time.ts";
import { speakerLabels } from "./speaker-label.ts";

const columns = [
  "turn",
  "start",
  "end",
  "start_ms",
  "end_ms",
  "at",
  "speaker",
  "role",
  "channel",
  "words",
  "text",
  "translation",
  "language",
  "bot_intent",
];

/**
 * One row for each turn, as RFC 4180 has it, with a byte order mark so that spreadsheets read it as UTF-8. A cell that a
 * spreadsheet would run as a formula begins with an apostrophe.
 */
export function writeCsv(conversation: Conversation): string {
  const labels = speakerLabels(conversation.participants);
  const participants = new Map(conversation.participants.map((participant) => [participant.id, participant]));
  const began = conversation.startedAt === null ? null : Date.parse(conversation.startedAt);
  const rows = conversation.turns.map((turn, index) => {
    const participant = participants.get(turn.participantId);
    return [
      index + 1,
      clockTime(turn.startMs),
      clockTime(turn.endMs),
      turn.startMs,
      turn.endMs,
      began === null ? "" : new Date(began + turn.startMs).toISOString(),
      labels.get(turn.participantId) ?? "",
      participant?.role ?? "",
      participant?.channel ?? "",
      turn.words.filter((word) => word.text !== "").length,
      turn.text,
      turn.translation ?? "",
      turn.language ?? conversation.language ?? "",
      turn.bot?.intent ?? "",
    ];
  });
  return stringify([columns, ...rows], {
    bom: true,
    record_delimiter: "\r\n",
    escape_formulas: true,
    // The library quotes a line break only where it is the record's own; RFC 4180 wants every one quoted.
    quoted_match: /[\r\n]/u,
  });
}
