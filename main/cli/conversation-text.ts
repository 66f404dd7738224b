import { assertNever } from "../../app/assert-never.ts";
import type { Conversation, Participant } from "../../app/conversation/conversation.ts";

/** A time as people say it: 0:07, 12:04, 1:02:03. */
export function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

/** What to call somebody: the name, else the role, told apart by a number where several have it. */
function speakerName(participant: Participant, all: readonly Participant[]): string {
  if (participant.name !== null) return participant.name;
  const names = { agent: "Agent", customer: "Customer", bot: "Bot", ivr: "IVR", other: "Speaker" } as const;
  const same = all.filter((other) => other.name === null && other.role === participant.role);
  return same.length > 1 ? `${names[participant.role]} ${same.indexOf(participant) + 1}` : names[participant.role];
}

/** A conversation for reading on a terminal: what it is, its figures, and who said what when. Ends with a line feed. */
export function conversationText(conversation: Conversation): string {
  const { measures, participants, turns, durationMs } = conversation;
  const lines = [
    conversation.title,
    [
      clock(durationMs),
      conversation.startedAt === null ? "" : conversation.startedAt.slice(0, 16).replace("T", " "),
      conversation.language ?? "",
      conversation.source.format,
    ]
      .filter((part) => part !== "")
      .join(", "),
  ];
  const spoken = conversation.kind === "call";
  if (spoken) {
    const silence = `nobody speaks ${clock(measures.nonTalkMs)} (longest ${clock(measures.longestSilenceMs)})`;
    lines.push(`talk ${clock(measures.talkMs)}, ${silence}, both at once ${clock(measures.overlapMs)}`);
  }
  const names = new Map(participants.map((participant) => [participant.id, speakerName(participant, participants)]));
  for (const figures of measures.participants) {
    const name = names.get(figures.participantId) ?? figures.participantId;
    if (!spoken) {
      lines.push(`${name}: ${count(figures.turns, "message")}, ${count(figures.words, "word")}`);
      continue;
    }
    const pace = figures.wordsPerMinute === null ? "" : `, ${figures.wordsPerMinute} words a minute`;
    const interruptions = figures.interruptions === 0 ? "" : `, interrupts ${count(figures.interruptions, "time")}`;
    const talk = `${clock(figures.talkMs)} (${percent(figures.talkShare)})`;
    lines.push(`${name}: ${talk}, ${count(figures.turns, "turn")}${pace}${interruptions}`);
  }
  lines.push("");
  for (const turn of turns) {
    const name = names.get(turn.participantId) ?? turn.participantId;
    const text = turn.text === "" ? `(speaks until ${clock(turn.endMs)})` : turn.text;
    lines.push(`${clock(turn.startMs).padStart(7)}  ${name}: ${text}`);
    if (turn.translation !== undefined) lines.push(`${"".padStart(9)}${turn.translation}`);
  }
  return `${lines.join("\n")}\n`;
}

/** One line for each thing that could not be had: what, why, and how to get it. Empty when nothing is lacking. */
export function shortfallLines(name: string, conversation: Conversation): string {
  return conversation.shortfalls
    .map(({ lacks, reason, modelId }) => {
      const what = { words: "words", speakers: "telling voices apart", "word-times": "word times", translation: "a translation" }[
        lacks
      ];
      switch (reason) {
        case "model-missing":
          return modelId === null
            ? `${name}: without ${what}, because a model is missing: see \`earmark models list\`.`
            : `${name}: without ${what}, because the model ${modelId} is missing: \`earmark models fetch ${modelId}\`.`;
        case "model-not-understanding":
          return `${name}: without ${what}, because the installed model does not understand this recording${
            modelId === null ? ": see `earmark models list`." : `: \`earmark models fetch ${modelId}\` gets one that may.`
          }`;
        case "not-asked":
          return "";
        case "failed":
          return `${name}: without ${what}, because that step failed.`;
        default:
          return assertNever(reason);
      }
    })
    .filter((line) => line !== "")
    .map((line) => `${line}\n`)
    .join("");
}
