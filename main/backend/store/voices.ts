import type Database from "better-sqlite3";
import type { RememberedVoice } from "../../../app/insight/remembered-voices.ts";

/** The print of an agent's voice in one conversation, to be kept. */
export interface KeptVoice {
  readonly participantId: string;
  /** Catalogue id of the model that made it. */
  readonly model: string;
  readonly seconds: number;
  readonly print: readonly number[];
}

/** A kept voice as it is read back, with the name that its conversation gives the agent. */
export interface VoiceRecord extends RememberedVoice {
  readonly participantId: string;
}

/**
 * Voices of agents, where a person has turned on that they are remembered: biometric data. A conversation's voice goes
 * with the conversation; what is removed is overwritten in the file, and leaves the write-ahead log at once.
 */
export interface VoiceTable {
  /** Replaces the agents' voices of a conversation. */
  put(conversationId: string, voices: readonly KeptVoice[]): void;
  of(conversationId: string): VoiceRecord[];
  /** Every voice of a model. */
  all(model: string): VoiceRecord[];
  count(): number;
  /** Forgets them all. */
  clear(): void;
}

interface Row {
  conversation_id: string;
  participant_id: string;
  model: string;
  seconds: number;
  print: Buffer;
  agent: string | null;
}

/** The voices in a database. */
export function voiceTable(database: Database.Database): VoiceTable {
  const remove = database.prepare<[string]>("DELETE FROM voice_prints WHERE conversation_id = ?");
  const insert = database.prepare<[Record<string, unknown>]>(`
    INSERT INTO voice_prints (conversation_id, participant_id, kind, model, seconds, print)
    SELECT id, @participantId, 'agent', @model, @seconds, @print FROM conversations WHERE id = @conversationId`);
  const select = `SELECT voice_prints.*, conversations.agent FROM voice_prints
    JOIN conversations ON conversations.id = voice_prints.conversation_id WHERE voice_prints.kind = 'agent'`;
  const ofOne = database.prepare<[string], Row>(`${select} AND conversation_id = ?`);
  const ofModel = database.prepare<[string], Row>(`${select} AND model = ?`);
  const count = database.prepare<[], number>("SELECT count(*) FROM voice_prints").pluck();
  const clear = database.prepare("DELETE FROM voice_prints");
  return {
    put: (conversationId, voices) =>
      database.transaction(() => {
        remove.run(conversationId);
        for (const { participantId, model, seconds, print } of voices) {
          const bytes = Buffer.from(Float32Array.from(print).buffer);
          insert.run({ conversationId, participantId, model, seconds, print: bytes });
        }
      })(),
    of: (conversationId) => ofOne.all(conversationId).map(toRecord),
    all: (model) => ofModel.all(model).map(toRecord),
    count: () => count.get() ?? 0,
    clear() {
      const { changes } = clear.run();
      if (changes > 0 && !database.inTransaction) database.pragma("wal_checkpoint(TRUNCATE)");
    },
  };
}

function toRecord(row: Row): VoiceRecord {
  const floats = new Float32Array(Math.floor(row.print.length / 4));
  for (let at = 0; at < floats.length; at += 1) floats[at] = row.print.readFloatLE(4 * at);
  return {
    conversationId: row.conversation_id,
    participantId: row.participant_id,
    name: row.agent,
    model: row.model,
    seconds: row.seconds,
    print: floats,
  };
}
