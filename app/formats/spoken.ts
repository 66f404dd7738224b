import type { Shortfall } from "../conversation/conversation.ts";
import { buildTranscript, type DraftTurn, type ImportedConversation, type ImportNote, madeBy, noWordTimes } from "./imported.ts";
import { joinTurns, longestPauseMs } from "./spoken-words.ts";

/** What is known of a call that is nothing but speech. */
export interface SpokenDraft {
  readonly format: string;
  /** The program that heard it; null where the file does not say. */
  readonly engine: string | null;
  readonly language?: string | null;
  readonly turns: readonly DraftTurn[];
  readonly notes: readonly ImportNote[];
  /** Whether there is text without times of words. */
  readonly wordless: boolean;
  /** Whether the turns are told apart by who speaks. */
  readonly voices: boolean;
  /** Pieces of one voice that follow each other within this are one turn. */
  readonly longestGapMs?: number;
  readonly durationMs?: number;
}

/** What a file of speech alone leaves open of a call. */
export function callHead(format: string) {
  return { format, kind: "call", channel: "voice", title: null, startedAt: null, timeZone: null } as const;
}

/** Makes a call of speech that a program wrote down in pieces: joined by voice where there are voices, with what it lacks. */
export function spokenConversation(draft: SpokenDraft): ImportedConversation {
  const { turns, voices, wordless, engine, language = null } = draft;
  const shortfalls: Shortfall[] = [
    ...(wordless ? [noWordTimes] : []),
    ...(voices || turns.length === 0 ? [] : [{ lacks: "speakers", reason: "not-asked", modelId: null } as const]),
  ];
  return {
    ...callHead(draft.format),
    transcript: buildTranscript({
      turns: voices ? joinTurns(inOrder(turns), draft.longestGapMs ?? longestPauseMs, language) : turns,
      durationMs: draft.durationMs ?? 0,
      language,
      shortfalls,
      provenance: engine === null ? null : madeBy(engine),
    }),
    notes: draft.notes,
  };
}

/** Whether any turn says whose it is. */
export function hasVoices(turns: readonly DraftTurn[]): boolean {
  return turns.some(({ speaker }) => speaker.key !== "");
}

/** Turns in order of start. */
export function inOrder(turns: readonly DraftTurn[]): DraftTurn[] {
  return turns.toSorted((a, b) => a.startMs - b.startMs);
}
