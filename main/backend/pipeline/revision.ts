import type { Conversation, Transcript } from "../../../app/conversation/conversation.ts";
import { measure } from "../../../app/conversation/measures.ts";
import { applyOperations } from "../../../app/conversation/operations.ts";
import type { LibrarySummary } from "../store/conversations.ts";
import type { Store } from "../store/store.ts";

/** The transcript on screen: the machine's, with people's corrections applied. */
export function revise(store: Store, conversationId: string, machine: Transcript): Transcript {
  const operations = store.operations.list(conversationId).map((entry) => entry.operation);
  return applyOperations(machine, operations);
}

/** A transcript of nothing, for a conversation that has not been heard yet. */
export function emptyTranscript(durationMs: number): Transcript {
  return { durationMs, language: null, participants: [], turns: [], shortfalls: [], provenance: null };
}

/** What the library's list shows of a revision. */
export function summaryOf(transcript: Transcript): LibrarySummary {
  const measures = measure(transcript.durationMs, transcript.participants, transcript.turns);
  const nameOf = (role: "agent" | "customer") =>
    transcript.participants.find((participant) => participant.role === role)?.name ?? null;
  const agents = new Set(transcript.participants.filter((participant) => participant.role === "agent").map(({ id }) => id));
  const agentTalk = measures.participants.filter(({ participantId }) => agents.has(participantId));
  return {
    language: transcript.language,
    agent: nameOf("agent"),
    customer: nameOf("customer"),
    turns: transcript.turns.length,
    agentTalkShare:
      agents.size > 0 && measures.talkMs > 0
        ? Math.min(
            1,
            agentTalk.reduce((sum, one) => sum + one.talkShare, 0),
          )
        : null,
    nonTalkMs: transcript.turns.length > 0 ? measures.nonTalkMs : null,
    interruptions: measures.interruptions.length,
    lacksWords: transcript.shortfalls.some((shortfall) => shortfall.lacks === "words"),
  };
}

/** The conversation as the contract gives it: the record, the revision on screen, its measures. */
export function conversationOf(store: Store, conversationId: string): Conversation | null {
  const record = store.conversations.get(conversationId);
  if (record === null) return null;
  const machine = store.transcripts.get(conversationId) ?? emptyTranscript(record.durationMs ?? 0);
  const transcript = revise(store, conversationId, machine);
  return {
    id: record.id,
    kind: record.kind,
    channel: record.channel,
    title: record.title,
    startedAt: record.startedAt,
    timeZone: record.timeZone,
    importedAt: record.importedAt,
    source: record.source,
    ...transcript,
    measures: measure(transcript.durationMs, transcript.participants, transcript.turns),
  };
}
