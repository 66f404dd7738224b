import { EarmarkError } from "../contract/errors.ts";
import type { Conversation } from "../conversation/conversation.ts";
import { roleLabel, speakerLabels } from "./speaker-label.ts";

/**
 * Who spoke when, in the Rich Transcription Time Marked format (NIST, RT-09 evaluation plan, appendix A): one `SPEAKER`
 * line for each turn, times in seconds. Speakers are called by role, never by name. Throws `input-invalid` for a chat, in
 * which nobody speaks.
 */
export function writeRttm(conversation: Conversation): string {
  if (conversation.kind === "chat")
    throw new EarmarkError("input-invalid", "A chat has no voices, so there is nothing to write as RTTM.", { format: "rttm" });
  const labels = speakerLabels(conversation.participants.map((participant) => ({ ...participant, name: null })));
  const channels = new Map(conversation.participants.map(({ id, channel }) => [id, (channel ?? 0) + 1]));
  const file = field(conversation.source.name.replace(/\.[^.]*$/u, ""));
  return conversation.turns
    .filter((turn) => turn.endMs > turn.startMs)
    .map((turn) => {
      const speaker = field((labels.get(turn.participantId) ?? roleLabel("other")).toLowerCase());
      const channel = channels.get(turn.participantId) ?? 1;
      const times = `${seconds(turn.startMs)} ${seconds(turn.endMs - turn.startMs)}`;
      return `SPEAKER ${file} ${channel} ${times} <NA> <NA> ${speaker} <NA> <NA>\n`;
    })
    .join("");
}

/** Fields are told apart by white space, so one holds none; `<NA>` where nothing is left. */
function field(text: string): string {
  const joined = text.replaceAll(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, "_");
  return joined === "" || joined.startsWith(";;") ? "<NA>" : joined;
}

function seconds(ms: number): string {
  return `${Math.floor(ms / 1_000)}.${String(ms % 1_000).padStart(3, "0")}`;
}
