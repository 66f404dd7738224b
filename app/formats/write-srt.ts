import type { Conversation } from "../conversation/conversation.ts";
import { clockTime } from "./clock-time.ts";
import { cuesOf } from "./cues.ts";

/** SubRip subtitles. The format has no place for the speaker: the first cue of each turn begins with the name. */
export function writeSrt(conversation: Conversation): string {
  return cuesOf(conversation, (speaker) => (speaker === "" ? "" : `${speaker}:`))
    .map(({ startMs, endMs, lines }, index) => {
      const times = `${clockTime(startMs, ",")} --> ${clockTime(endMs, ",")}`;
      return `${[String(index + 1), times, ...lines.map(plainLine)].join("\n")}\n`;
    })
    .join("\n");
}

/**
 * SubRip has no escapes, and players take `<b>` and `{\an8}` for markup: a space after the sign keeps both readable, and
 * keeps an arrow from reading as the line of times.
 */
function plainLine(line: string): string {
  return line
    .replaceAll(/<(?=[/\p{L}])/gu, "< ")
    .replaceAll("{\\", "{ \\")
    .replaceAll("-->", "-- >");
}
