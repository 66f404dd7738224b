import type Database from "better-sqlite3";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { type Transcript, transcriptSchema } from "../../../app/conversation/conversation.ts";
import type { Clock } from "../../../app/ports.ts";
import { parseJson } from "./stored-json.ts";

/** The machine's transcripts, one for each conversation: already redacted when they come here. */
export interface TranscriptTable {
  /** Replaces the machine's transcript. Throws `not-found` when there is no such conversation. */
  put(conversationId: string, transcript: Transcript): void;
  /** The machine's transcript, parsed; null while there is none. Throws `library-corrupt` when what is stored is none. */
  get(conversationId: string): Transcript | null;
}

/** The machine's transcripts in a database. */
export function transcriptTable(database: Database.Database, clock: Clock): TranscriptTable {
  const put = database.prepare<[Record<string, unknown>]>(`
    INSERT INTO transcripts (conversation_id, made_at, transcript)
    SELECT id, @madeAt, @transcript FROM conversations WHERE id = @conversationId
    ON CONFLICT (conversation_id) DO UPDATE SET made_at = excluded.made_at, transcript = excluded.transcript`);
  const get = database.prepare<[string], string>("SELECT transcript FROM transcripts WHERE conversation_id = ?").pluck();
  return {
    put(conversationId, transcript) {
      const text = JSON.stringify(transcriptSchema.parse(transcript));
      const { changes } = put.run({ conversationId, madeAt: clock.now(), transcript: text });
      if (changes === 0) throw new EarmarkError("not-found", "There is no such conversation.", { id: conversationId });
    },
    get(conversationId) {
      const stored = get.get(conversationId);
      if (stored === undefined) return null;
      const parsed = transcriptSchema.safeParse(parseJson(stored));
      if (!parsed.success) throw new EarmarkError("library-corrupt", "A stored transcript is not one.", { id: conversationId });
      return parsed.data;
    },
  };
}
