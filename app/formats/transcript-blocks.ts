import { assertNever } from "../assert-never.ts";
import type { Conversation } from "../conversation/conversation.ts";
import { labelOf } from "../insight/redaction-policy.ts";
import { type Block, facts, heading, instantText, paragraph } from "../report/report-blocks.ts";
import { wholeClockTime } from "./clock-time.ts";
import { wordlessText } from "./cues.ts";
import { roleLabel, speakerLabels } from "./speaker-label.ts";

/** A conversation as a reader of a document meets it: what it is, who speaks, what is hidden in it, and every turn. */
export function transcriptBlocks(conversation: Conversation): Block[] {
  const { title, kind, startedAt, timeZone, durationMs, language, participants } = conversation;
  const labels = speakerLabels(participants);
  return [
    {
      kind: "title",
      text: title === "" ? "Conversation" : title,
      lead: kind === "chat" ? "Transcript of a chat" : "Transcript of a call",
    },
    facts(
      ["Began", startedAt === null ? null : instantText(startedAt)],
      ["Time zone of the place", timeZone],
      ["Length", wholeClockTime(durationMs)],
      ["Language", language],
      ["Source", conversation.source.name],
    ),
    heading(2, "Who speaks"),
    facts(...participants.map(({ id, role }) => [labels.get(id) ?? "", roleLabel(role)] as const)),
    heading(2, "What is hidden"),
    paragraph(redactionStatement(conversation)),
    heading(2, "What was said"),
    {
      kind: "table",
      columns: [
        { title: "Time", share: 2 },
        { title: "Speaker", share: 3 },
        { title: "Text", share: 13 },
      ],
      rows: rowsOf(conversation, labels),
    },
  ];
}

/** The text of such a document, line by line. */
export function transcriptLines(conversation: Conversation): string[] {
  return transcriptBlocks(conversation).flatMap((block): string[] => {
    switch (block.kind) {
      case "title":
        return [block.text, block.lead];
      case "heading":
        return ["", block.text];
      case "facts":
        return block.facts.map(([name, value]) => `${name}: ${value}`);
      case "table":
        return [...block.rows].map((row) => row.join("  "));
      case "paragraph":
      case "quote":
        return [block.text];
      case "list":
        return [...block.items];
      default:
        return assertNever(block);
    }
  });
}

/** What has been hidden of a conversation, by type, in one sentence or two. */
export function redactionStatement({ redactions, turns }: Pick<Conversation, "redactions" | "turns">): string {
  const counts = new Map<string, number>();
  for (const { type } of redactions ?? []) counts.set(type, (counts.get(type) ?? 0) + 1);
  // What was hidden before it came, or by a person, has left its label alone.
  if (counts.size === 0)
    for (const { words } of turns)
      for (const { redaction, text } of words)
        if (redaction !== undefined && text !== "") counts.set(redaction, (counts.get(redaction) ?? 0) + 1);
  if (counts.size === 0) return "Nothing is hidden in this transcript.";
  const listed = [...counts].map(([type, count]) => `${labelOf(type).replaceAll(/^\[|\]$/gu, "")} (${count})`).join(", ");
  return `Personal data is hidden in this transcript: ${listed}. A label in square brackets stands in its place.`;
}

function rowsOf({ turns, participants }: Conversation, labels: ReadonlyMap<string, string>): string[][] {
  const known = new Set(participants.map(({ id }) => id));
  return turns.flatMap((turn) => {
    const heard = turn.endMs > turn.startMs ? wordlessText : "";
    const text = turn.text.trim() === "" ? heard : turn.text.trim();
    const translation = turn.translation?.trim() ?? "";
    if (text === "" && translation === "") return [];
    const speaker = known.has(turn.participantId) ? (labels.get(turn.participantId) ?? "") : roleLabel("other");
    return [[wholeClockTime(turn.startMs), speaker, translation === "" ? text : `${text}\n(English) ${translation}`]];
  });
}
