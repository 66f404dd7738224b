import type { Conversation } from "../conversation/conversation.ts";
import { clockTime } from "./clock-time.ts";
import { cuesOf } from "./cues.ts";

/** WebVTT (W3C) with a voice tag on every cue. */
export function writeVtt(conversation: Conversation): string {
  const cues = cuesOf(conversation).map(({ speaker, startMs, endMs, lines }, index) => {
    const voice = speaker === "" ? "" : `<v ${escaped(speaker)}>`;
    const times = `${clockTime(startMs)} --> ${clockTime(endMs)}`;
    return `${index + 1}\n${times}\n${voice}${lines.map(escaped).join("\n")}\n`;
  });
  return ["WEBVTT\n", ...cues].join("\n");
}

/** What WebVTT reads as markup, as character references; with `>` goes the arrow that would end the cue. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
