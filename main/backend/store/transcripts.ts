import { createHash } from "node:crypto";
import type Database from "better-sqlite3";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { type Transcript, transcriptSchema } from "../../../app/conversation/conversation.ts";
import type { Clock } from "../../../app/ports.ts";
import { parseJson } from "./stored-json.ts";

/** The machine's transcripts, one for each conversation: already redacted when they come here. */
export interface TranscriptTable {
  /** Replaces the machine's transcript. Throws `not-found` when there is no such conversation. */
  put(conversationId: string, transcript: Transcript): void;
  /**
   * The machine's transcript, parsed; null while there is none. Throws `library-corrupt` when what is stored is none.
   * The same object until another is put, for the last few that were asked for: it must not be changed.
   */
  get(conversationId: string): Transcript | null;
  /** Names what the ids of turns and words stand for: another hearing with another result has another. Null while there is no transcript. */
  wordsHash(conversationId: string): string | null;
}

/** Parsed transcripts kept in memory: one of four hours has some 20 MB. */
const mostKept = 4;

/** The machine's transcripts in a database. */
export function transcriptTable(database: Database.Database, clock: Clock): TranscriptTable {
  const put = database.prepare<[Record<string, unknown>]>(`
    INSERT INTO transcripts (conversation_id, made_at, transcript, words_hash)
    SELECT id, @madeAt, @transcript, @wordsHash FROM conversations WHERE id = @conversationId
    ON CONFLICT (conversation_id) DO UPDATE
    SET made_at = excluded.made_at, transcript = excluded.transcript, words_hash = excluded.words_hash`);
  const get = database.prepare<[string], string>("SELECT transcript FROM transcripts WHERE conversation_id = ?").pluck();
  const hash = database.prepare<[string], string | null>("SELECT words_hash FROM transcripts WHERE conversation_id = ?").pluck();
  const writeHash = database.prepare<[string, string]>("UPDATE transcripts SET words_hash = ? WHERE conversation_id = ?");
  // One process alone writes a library, so what this one has read stays right until this one writes.
  const kept = new Map<string, Transcript>();

  const read = (conversationId: string): Transcript | null => {
    const known = kept.get(conversationId);
    if (known !== undefined) {
      if (hash.get(conversationId) !== undefined) return known;
      // Removed with its conversation.
      kept.delete(conversationId);
    }
    const stored = get.get(conversationId);
    if (stored === undefined) return null;
    const parsed = transcriptSchema.safeParse(parseJson(stored));
    if (!parsed.success) throw new EarmarkError("library-corrupt", "A stored transcript is not one.", { id: conversationId });
    // Within a transaction it may be one that is not going to be.
    if (!database.inTransaction) {
      const [oldest] = kept.keys();
      if (kept.size >= mostKept && oldest !== undefined) kept.delete(oldest);
      kept.set(conversationId, parsed.data);
    }
    return parsed.data;
  };

  return {
    get: read,
    put(conversationId, transcript) {
      const parsed = transcriptSchema.parse(transcript);
      kept.delete(conversationId);
      const { changes } = put.run({
        conversationId,
        madeAt: clock.now(),
        transcript: JSON.stringify(parsed),
        wordsHash: hashOfWords(parsed),
      });
      if (changes === 0) throw new EarmarkError("not-found", "There is no such conversation.", { id: conversationId });
    },
    wordsHash(conversationId) {
      const stored = hash.get(conversationId);
      if (stored === undefined) return null;
      if (stored !== null) return stored;
      // Written by an Earmark that did not count it yet.
      const transcript = read(conversationId);
      if (transcript === null) return null;
      const counted = hashOfWords(transcript);
      writeHash.run(counted, conversationId);
      return counted;
    },
  };
}

/** SHA-256, in hex, over the ids and texts of turns and words; times, roles and confidence leave it as it is. */
function hashOfWords({ turns }: Transcript): string {
  const named = turns.map((turn) => [
    turn.id,
    turn.words.length === 0 ? turn.text : turn.words.map((word) => [word.id, word.text]),
  ]);
  return createHash("sha256").update(JSON.stringify(named)).digest("hex");
}
