import type { Conversation } from "../conversation/conversation.ts";
import { wholeClockTime } from "./clock-time.ts";
import { wordlessText } from "./cues.ts";
import { roleLabel, speakerLabels } from "./speaker-label.ts";

/** Plain text for reading: a head with title, time, length and speakers, then one line for each turn with its time. */
export function writeTxt(conversation: Conversation): string {
  const labels = speakerLabels(conversation.participants);
  const speakers = conversation.participants.map((participant) => {
    const label = labels.get(participant.id) ?? "";
    const role = roleLabel(participant.role);
    return label.startsWith(role) || participant.role === "other" ? label : `${label} (${role.toLowerCase()})`;
  });
  const head = [
    oneLine(conversation.title),
    ...(conversation.startedAt === null ? [] : [`Began ${conversation.startedAt}`]),
    `Length ${wholeClockTime(conversation.durationMs)}`,
    ...(speakers.length === 0 ? [] : [`Speakers: ${speakers.join(", ")}`]),
  ].filter((line) => line !== "");
  const lines = conversation.turns.flatMap((turn) => {
    const time = `[${wholeClockTime(turn.startMs)}]`;
    const heard = turn.endMs > turn.startMs ? wordlessText : "";
    const text = oneLine(turn.text) || heard;
    const translation = oneLine(turn.translation ?? "");
    if (text === "" && translation === "") return [];
    const line = `${time} ${labels.get(turn.participantId) ?? "Speaker"}: ${text}`;
    return translation === "" ? [line] : [line, `${" ".repeat(time.length)} (English) ${translation}`];
  });
  return `${[...head, "", ...lines].join("\n").trimEnd()}\n`;
}

/** A text without line breaks: one turn is one line, whatever it holds. */
function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
}
