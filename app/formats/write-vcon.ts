import type { Conversation, Participant } from "../conversation/conversation.ts";
import { inSeconds, meanConfidence, outgoingWords } from "./outgoing-words.ts";
import { speakerLabels } from "./speaker-label.ts";

/** The draft of the vCon format that is written (draft-ietf-vcon-vcon-core-01). */
const vconVersion = "0.4.0";

/**
 * A conversation as an unsigned vCon (draft-ietf-vcon-vcon-core): its parties with their roles (draft-ietf-vcon-cc-extension);
 * a chat as text dialogs, a call as one dialog without its sound, with a transcript in the World Transcription Format
 * (draft-howe-vcon-wtf-extension). Where nobody knows when it began, the instant of its import stands in: a dialog must have one.
 */
export function writeVcon(conversation: Conversation): string {
  const { participants, startedAt, importedAt, kind } = conversation;
  const began = startedAt ?? importedAt;
  const document = {
    vcon: vconVersion,
    uuid: uuidOf(conversation),
    extensions: kind === "call" ? ["CC", "wtf_transcription"] : ["CC"],
    created_at: importedAt,
    subject: conversation.title,
    parties: participants.map(({ name, role }) => ({ ...(name === null ? {} : { name }), role })),
    dialog: kind === "chat" ? messagesOf(conversation, began) : [callOf(conversation, began)],
    analysis: kind === "chat" ? [] : [transcriptOf(conversation)],
    attachments: [],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function callOf({ participants, durationMs, source }: Conversation, began: string) {
  return {
    type: "recording",
    start: began,
    duration: inSeconds(durationMs),
    parties: participants.map((_, index) => index),
    filename: source.name,
  };
}

/** Messages; the one who wrote it is the first party of each. */
function messagesOf({ participants, turns, channel }: Conversation, began: string) {
  const places = placesOf(participants);
  const first = Date.parse(began);
  return turns.map(({ participantId, startMs, endMs, text }) => {
    const from = places.get(participantId);
    return {
      type: "text",
      start: new Date(first + startMs).toISOString(),
      duration: inSeconds(endMs - startMs),
      parties: [...(from === undefined ? [] : [from]), ...[...places.values()].filter((place) => place !== from)],
      mediatype: "text/plain",
      body: text,
      encoding: "none",
      application: channel,
    };
  });
}

/** What was said, in the World Transcription Format; a speaker is the index of the party. */
function transcriptOf(conversation: Conversation) {
  const { participants, turns, durationMs, language, importedAt, provenance } = conversation;
  const places = placesOf(participants);
  const labels = speakerLabels(participants);
  const words: Record<string, unknown>[] = [];
  const segments = turns.map((turn, id) => {
    const speaker = speakerAt(places.get(turn.participantId));
    const own = outgoingWords(turn);
    const from = words.length;
    for (const { text, startMs, endMs, confidence } of own)
      words.push({ id: words.length, start: inSeconds(startMs), end: inSeconds(endMs), text, ...sure(confidence), ...speaker });
    return {
      id,
      start: inSeconds(turn.startMs),
      end: inSeconds(turn.endMs),
      text: turn.text,
      ...sure(meanConfidence(own)),
      ...speaker,
      words: own.map((_, index) => from + index),
    };
  });
  const body = {
    transcript: {
      text: turns.map(({ text }) => text).join(" "),
      language,
      duration: inSeconds(durationMs),
      ...sure(meanConfidence(turns.flatMap(outgoingWords))),
    },
    segments,
    words,
    speakers: Object.fromEntries(
      participants.map(({ id }, place) => [
        String(place),
        {
          id: place,
          label: labels.get(id) ?? "",
          segments: turns.flatMap(({ participantId }, index) => (participantId === id ? [index] : [])),
        },
      ]),
    ),
    metadata: {
      created_at: importedAt,
      processed_at: importedAt,
      provider: (provenance?.engine ?? "earmark").toLowerCase(),
      model: provenance?.models.map(({ id }) => id).join(", ") || (provenance?.engine ?? "unknown"),
      audio: { duration: inSeconds(durationMs) },
    },
  };
  return {
    type: "wtf_transcription",
    dialog: 0,
    mediatype: "application/json",
    vendor: "Earmark",
    product: "Earmark",
    schema: "wtf-1.0",
    encoding: "json",
    body: JSON.stringify(body),
  };
}

/** The index of each participant among the parties, by id. */
function placesOf(participants: readonly Participant[]): ReadonlyMap<string, number> {
  return new Map(participants.map(({ id }, index) => [id, index]));
}

function speakerAt(place: number | undefined) {
  return place === undefined ? {} : { speaker: place };
}

function sure(confidence: number | null) {
  return confidence === null ? {} : { confidence };
}

const uuid = /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/u;

/** The conversation's own id where it is a UUID, else one of version 8 made of its content's hash: the same each time. */
function uuidOf({ id, source }: Conversation): string {
  if (uuid.test(id)) return id;
  const hex = source.sha256.padEnd(32, "0");
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)];
  return parts.join("-");
}
