import { assertNever } from "../assert-never.ts";
import type { Conversation, Participant, Role, Turn } from "../conversation/conversation.ts";
import { outgoingWords } from "./outgoing-words.ts";

/*
 * A conversation in the shape of Amazon Connect Contact Lens' analysis files: calls with times from their beginning, chats with
 * the instant of each message (Amazon Connect administrator guide, "Contact Lens output file schema").
 */

/** Writes a call or a chat in the shape of Contact Lens, each as its own kind. */
export function writeContactLens(conversation: Conversation): string {
  const document = conversation.kind === "chat" ? chatOf(conversation) : callOf(conversation);
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** What both kinds begin with. */
function headOf(conversation: Conversation) {
  const types = [...new Set((conversation.redactions ?? []).map(({ type }) => type.toUpperCase().replaceAll("-", "_")))];
  const masked = types.length > 0 || conversation.turns.some(({ words }) => words.some((word) => word.redaction !== undefined));
  return {
    Version: "1.1.0",
    JobStatus: "COMPLETED",
    ...(conversation.language === null ? {} : { LanguageCode: conversation.language }),
    CustomerMetadata: { ContactId: conversation.id },
    ContentMetadata: masked ? { Output: "Redacted", RedactionTypes: types.length === 0 ? ["PII"] : types } : { Output: "Raw" },
    Categories: { MatchedCategories: [], MatchedDetails: {} },
    CustomModels: [],
  };
}

function callOf(conversation: Conversation) {
  const { participants, measures, turns, durationMs } = conversation;
  const ids = participantIds(participants);
  const idOf = (participantId: string) => ids.get(participantId) ?? "OTHER";
  const byParticipant = <T>(figure: (one: (typeof measures.participants)[number]) => T): Record<string, T> =>
    Object.fromEntries(measures.participants.map((one) => [idOf(one.participantId), figure(one)]));
  const interruptions = participants.flatMap(({ id }) => {
    const own = measures.interruptions.filter(({ byParticipantId }) => byParticipantId === id);
    return own.length === 0 ? [] : [[idOf(id), own.map(spanOf)] as const];
  });
  return {
    ...headOf(conversation),
    Channel: "VOICE",
    Participants: participants.map(({ id, role }) => ({ ParticipantId: idOf(id), ParticipantRole: roleWord(role) })),
    ConversationCharacteristics: {
      TotalConversationDurationMillis: durationMs,
      NonTalkTime: { Instances: measures.silences.map(spanOf), TotalTimeMillis: measures.nonTalkMs },
      Interruptions: {
        InterruptionsByInterrupter: Object.fromEntries(interruptions),
        TotalCount: measures.interruptions.length,
        TotalTimeMillis: measures.interruptions.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0),
      },
      TalkTime: {
        DetailsByParticipant: byParticipant(({ talkMs }) => ({ TotalTimeMillis: talkMs })),
        TotalTimeMillis: measures.talkMs,
      },
      TalkSpeed: {
        DetailsByParticipant: byParticipant(({ wordsPerMinute }) => ({
          AverageWordsPerMinute: wordsPerMinute === null ? null : Math.round(wordsPerMinute),
        })),
      },
      Sentiment: {
        OverallSentiment: Object.fromEntries(
          (conversation.vendor?.sentiment ?? []).flatMap(({ participantId, score }) =>
            score === null || !ids.has(participantId) ? [] : [[idOf(participantId), score]],
          ),
        ),
      },
    },
    Transcript: turns.map((turn) => ({
      Id: turn.id,
      ParticipantId: idOf(turn.participantId),
      BeginOffsetMillis: turn.startMs,
      EndOffsetMillis: turn.endMs,
      Content: turn.text,
      ...moodOf(turn),
      // As its sibling Call Analytics lists words; Contact Lens itself has none.
      ...itemsOf(turn),
    })),
  };
}

function chatOf(conversation: Conversation) {
  const { participants, turns, startedAt } = conversation;
  const ids = participantIds(participants);
  const began = startedAt === null ? null : Date.parse(startedAt);
  const known = new Map(participants.map((participant) => [participant.id, participant]));
  return {
    ...headOf(conversation),
    Channel: "CHAT",
    ChatTranscriptVersion: "2019-08-26",
    Participants: participants.map(({ id }) => ({ ParticipantId: ids.get(id) })),
    ConversationCharacteristics: {},
    Transcript: turns.map((turn) => {
      const participant = known.get(turn.participantId);
      return {
        Id: turn.id,
        // The format has no time but that of the clock.
        ...(began === null ? {} : { AbsoluteTime: new Date(began + turn.startMs).toISOString() }),
        Content: turn.text,
        ContentType: "text/plain",
        DisplayName: participant === undefined ? "Other" : displayName(participant),
        ParticipantId: ids.get(turn.participantId) ?? "OTHER",
        ParticipantRole: participant === undefined ? "SYSTEM" : chatRole(participant.role),
        Type: "MESSAGE",
      };
    }),
  };
}

/** Ids that say the role: `AGENT`, `CUSTOMER`, and `AGENT_2` for a second one. */
function participantIds(participants: readonly Participant[]): ReadonlyMap<string, string> {
  const given = new Map<Role, number>();
  return new Map(
    participants.map(({ id, role }) => {
      const number = (given.get(role) ?? 0) + 1;
      given.set(role, number);
      return [id, number === 1 ? roleWord(role) : `${roleWord(role)}_${number}`];
    }),
  );
}

function roleWord(role: Role): string {
  switch (role) {
    case "agent":
      return "AGENT";
    case "customer":
      return "CUSTOMER";
    case "bot":
      return "CUSTOM_BOT";
    case "ivr":
      return "IVR";
    case "other":
      return "OTHER";
    default:
      return assertNever(role);
  }
}

/** The roles of a chat are a closed list: machines speak as the system, and a third person as a supervisor does. */
function chatRole(role: Role): string {
  if (role === "other") return "SUPERVISOR";
  return role === "ivr" ? "SYSTEM" : roleWord(role);
}

function displayName({ name, role }: Participant): string {
  const word = role === "ivr" ? "IVR" : role.replace(/^./u, (first) => first.toUpperCase());
  return name ?? word;
}

function spanOf({ startMs, endMs }: { readonly startMs: number; readonly endMs: number }) {
  return { BeginOffsetMillis: startMs, EndOffsetMillis: endMs, DurationMillis: endMs - startMs };
}

function moodOf({ vendor }: Pick<Turn, "vendor">) {
  return vendor?.label == null ? {} : { Sentiment: vendor.label.toUpperCase() };
}

function itemsOf(turn: Turn) {
  const words = outgoingWords(turn);
  if (words.length === 0) return {};
  return {
    Items: words.map(({ text, startMs, endMs, confidence }) => ({
      Type: "pronunciation",
      Content: text,
      BeginOffsetMillis: startMs,
      EndOffsetMillis: endMs,
      ...(confidence === null ? {} : { Confidence: confidence }),
    })),
  };
}
