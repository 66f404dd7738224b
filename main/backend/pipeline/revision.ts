import type { ReadRevision } from "../../../app/conformity/evidence.ts";
import { type Changes, changesOf, type RecordedChange } from "../../../app/conversation/changes.ts";
import type { Conversation, Transcript } from "../../../app/conversation/conversation.ts";
import { measure } from "../../../app/conversation/measures.ts";
import type { NamedOperation } from "../../../app/conversation/operations.ts";
import { carriedOver, reviseTranscript, speaksOfWords } from "../../../app/conversation/revision.ts";
import type { RoleHints } from "../../../app/conversation/roles.ts";
import type { ConversationRecord, LibrarySummary } from "../store/conversations.ts";
import type { Store } from "../store/store.ts";
import { bringQuestions } from "./questions-on-words.ts";
import { bringWritings } from "./writings-on-words.ts";

/** What is on screen of a conversation, and what it was made from. */
export interface Revision {
  /** Names it: the hearing and the last entry of the record of corrections. */
  readonly name: string;
  readonly machine: Transcript;
  /** Names the hearing; empty while nothing has been heard. */
  readonly wordsHash: string;
  /** The machine's transcript with people's corrections applied. */
  readonly transcript: Transcript;
  readonly changes: Changes;
  /** The corrections as they were applied: those of an earlier hearing as far as they hold for this one. */
  readonly applied: readonly NamedOperation[];
}

/** The last revision made of a transcript, by the transcript: so many calls ask for the same. */
const made = new WeakMap<Transcript, { readonly key: string; readonly revision: Revision }>();

/** The revision on screen; the one there was at entry `upTo` of the record when that is given. */
export function readRevision(store: Store, conversationId: string, upTo?: number): Revision {
  const record = store.conversations.get(conversationId);
  const machine = store.transcripts.get(conversationId) ?? emptyTranscript(record?.durationMs ?? 0);
  const wordsHash = store.transcripts.wordsHash(conversationId) ?? "";
  const last = store.operations.last(conversationId);
  const hints: RoleHints | null = record?.kind === "call" ? roleHints(record) : null;
  const key = JSON.stringify([last?.id, hints]);
  const known = made.get(machine);
  if (upTo === undefined && known?.key === key) return known.revision;

  const changes = changesOf(store.operations.entries(conversationId, upTo));
  const applied = changes.holding
    .flatMap((change): readonly NamedOperation[] =>
      isLeftBehind(change, wordsHash) ? change.operations.flatMap(carriedOver) : change.operations,
    )
    .flatMap((one) => stillThere(one, store, conversationId));
  const revision: Revision = {
    name: revisionName(wordsHash, upTo ?? last?.number ?? 0),
    machine,
    wordsHash,
    transcript: reviseTranscript(machine, applied, hints),
    changes,
    applied,
  };
  if (upTo === undefined) made.set(machine, { key, revision });
  return revision;
}

/** What was brought back holds as long as the original is kept: afterwards it is hidden, whatever the record says. */
function stillThere(one: NamedOperation, store: Store, conversationId: string): NamedOperation[] {
  const { id, operation } = one;
  if (operation.kind !== "restore") return [one];
  const kept = new Set(store.originals.of(conversationId).map((original) => original.id));
  const originals = operation.originals.filter((original) => kept.has(original.id));
  return originals.length === 0 ? [] : [{ id, operation: { ...operation, originals } }];
}

/** The revision of that name, as long as the hearing it is of is the present one; null otherwise. */
export function revisionNamed(store: Store, conversationId: string, name: string): Revision | null {
  const [, number = ""] = name.split(".");
  const wordsHash = store.transcripts.wordsHash(conversationId) ?? "";
  if (!/^\d{1,15}$/u.test(number) || name !== revisionName(wordsHash, Number(number))) return null;
  return readRevision(store, conversationId, Number(number));
}

function revisionName(wordsHash: string, number: number): string {
  return `${wordsHash.slice(0, 16) || "none"}.${number}`;
}

/** Whether a change speaks of words that another hearing found: this one does not have them. */
export function isLeftBehind(change: RecordedChange, wordsHash: string): boolean {
  const { wordsHash: madeOn, operations } = change;
  return madeOn !== null && madeOn !== wordsHash && operations.some(({ operation }) => speaksOfWords(operation));
}

/** What is known of a recording's sides beside its words. */
export function roleHints({ source, agentTold }: Pick<ConversationRecord, "source" | "agentTold">): RoleHints {
  return { fileName: source.name, ...(agentTold === null ? {} : { agentName: agentTold }) };
}

/** A transcript of nothing, for a conversation that has not been heard yet. */
export function emptyTranscript(durationMs: number): Transcript {
  return { durationMs, language: null, participants: [], turns: [], shortfalls: [], provenance: null };
}

/** Makes the revision on screen what the list shows of a conversation, and what it is found by. */
export function publishRevision(store: Store, conversationId: string): void {
  // What was hidden must not stay in what was made of the words; it is made anew.
  store.categories.forget(conversationId);
  store.conversations.summarise(conversationId, summaryOf(readRevision(store, conversationId).transcript));
  indexRevision(store, conversationId);
}

/**
 * Makes the redacted words of the revision on screen what the conversation is found by, and what its answers to questions rest on;
 * those of the one before leave the index.
 */
export function indexRevision(store: Store, conversationId: string): void {
  bringQuestions(store, conversationId, () => revisionToRead(store, conversationId));
  bringWritings(store, conversationId, () => revisionToRead(store, conversationId));
  const { transcript } = readRevision(store, conversationId);
  const roles = new Map(transcript.participants.map(({ id, role }) => [id, role]));
  store.search.index(
    conversationId,
    transcript.turns.map(({ id, startMs, text, participantId }) => ({
      id,
      startMs,
      text,
      role: roles.get(participantId) ?? "other",
    })),
  );
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
  return record === null ? null : asConversation(record, readRevision(store, conversationId).transcript);
}

/** The conversation as it reads now, for whatever quotes it; null where it is not there or nothing of it was heard or read. */
export function revisionToRead(store: Store, conversationId: string): ReadRevision | null {
  const conversation = conversationOf(store, conversationId);
  if (conversation === null || store.transcripts.wordsHash(conversationId) === null) return null;
  const { name: revision, wordsHash } = readRevision(store, conversationId);
  return { conversation, wordsHash, revision };
}

/** A conversation with one of its transcripts, measured. */
export function asConversation(record: ConversationRecord, transcript: Transcript): Conversation {
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
