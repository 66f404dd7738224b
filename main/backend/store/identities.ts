import { createHmac } from "node:crypto";
import type Database from "better-sqlite3";
import type { IdentityKind } from "../../../app/journey/identity.ts";

/** What a conversation is compared by: what names its customer, and what makes two customers alike. */
export type ComparedKind = IdentityKind | "name" | "place" | "reason" | "said-phone" | "said-email" | "near-phone" | "near-email";

/** Something that a conversation is compared by, written the one way it is compared in. */
export interface Compared {
  readonly kind: ComparedKind;
  readonly value: string;
  /** Whether the value itself may lie in the database beside its keyed hash. */
  readonly readable: boolean;
}

/** The same as it is kept: `number` is one for all conversations that have it. */
export interface KeptIdentity {
  readonly number: number;
  readonly kind: ComparedKind;
  /** Names the value whatever the kind says of where it was found. */
  readonly mark: string;
  /** Null where the value itself is not kept. */
  readonly value: string | null;
}

/** Who the customers of conversations are. What is compared are keyed hashes; they are made with a key that is no part of the database. */
export interface IdentityTable {
  /** The key of the hashes. Until it is called nothing is kept and nothing found: by another key nobody would be known again. */
  hashWith(key: Uint8Array): void;
  /** Replaces what was read from a conversation; `given` adds what was told with it, and stays. */
  put(conversationId: string, compared: readonly Compared[], given?: boolean): void;
  of(conversation: number): KeptIdentity[];
  /** What a conversation is known by elsewhere, of one kind; null where that is not known, or not kept readable. */
  readable(conversationId: string, kind: IdentityKind): string | null;
  /** The number of what is called this, whether it can be read or not; null where nobody is. */
  named(kind: ComparedKind, value: string): number | null;
  /** Conversations that have an identity, the latest first. */
  users(identity: number, limit: number): number[];
  /** Conversations that have any of these marks under one of these kinds, the latest first. */
  having(mark: string, kinds: readonly ComparedKind[], limit: number): number[];
  /** Forgets the readable values of some kinds; their hashes go on joining. Answers how many there were. */
  conceal(kinds: readonly ComparedKind[]): number;
}

/** The kind that the hash of a value is of: the same number is the same whoever told it. */
const basicKinds: Partial<Record<ComparedKind, string>> = { "said-phone": "phone", "said-email": "email" };
const markBytes = 16;

interface Row {
  number: number;
  kind: ComparedKind;
  mark: Buffer;
  value: string | null;
}

/** The identities in a database. */
export function identityTable(database: Database.Database): IdentityTable {
  const numberOf = database.prepare<[string], number>("SELECT number FROM conversations WHERE id = ?").pluck();
  const known = database.prepare<[Buffer, string], Row>("SELECT * FROM identities WHERE mark = ? AND kind = ?");
  const add = database.prepare<[string, Buffer, string | null], Row>(
    "INSERT INTO identities (kind, mark, value) VALUES (?, ?, ?) RETURNING *",
  );
  const show = database.prepare<[string, number]>("UPDATE identities SET value = ? WHERE number = ? AND value IS NULL");
  const link = database.prepare<[number, number, number]>(
    `INSERT INTO conversation_identities (conversation_number, identity_number, given) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET given = max(given, excluded.given)`,
  );
  const links = database.prepare<[number], { identity: number; given: number }>(
    "SELECT identity_number AS identity, given FROM conversation_identities WHERE conversation_number = ?",
  );
  const unlink = database.prepare<[number, number]>(
    "DELETE FROM conversation_identities WHERE conversation_number = ? AND identity_number = ?",
  );
  const of = database.prepare<[number], Row>(
    `SELECT identities.* FROM conversation_identities JOIN identities ON identities.number = identity_number
     WHERE conversation_number = ? ORDER BY identities.number`,
  );
  const readable = database
    .prepare<[string, string], string>(
      `SELECT value FROM conversation_identities JOIN identities ON identities.number = identity_number
       JOIN conversations ON conversations.number = conversation_number
       WHERE conversations.id = ? AND identities.kind = ? AND value IS NOT NULL ORDER BY given DESC, identities.number LIMIT 1`,
    )
    .pluck();
  const users = database
    .prepare<[number, number], number>(
      "SELECT conversation_number FROM conversation_identities WHERE identity_number = ? ORDER BY conversation_number DESC LIMIT ?",
    )
    .pluck();
  const conceal = database.prepare<[string]>(
    "UPDATE identities SET value = NULL WHERE value IS NOT NULL AND kind IN (SELECT value FROM json_each(?))",
  );
  let key: Uint8Array | null = null;
  const markOf = (kind: ComparedKind, value: string, by: Uint8Array): Buffer =>
    createHmac("sha256", by)
      .update(`${basicKinds[kind] ?? kind}\n${value}`)
      .digest()
      .subarray(0, markBytes);

  return {
    hashWith(next) {
      key = next;
    },
    put: (conversationId, compared, given = false) =>
      database.transaction(() => {
        const conversation = numberOf.get(conversationId);
        if (conversation === undefined || key === null) return;
        const there = new Map(links.all(conversation).map(({ identity, given: told }) => [identity, told === 1]));
        const now = new Set<number>();
        for (const { kind, value, readable } of compared) {
          const mark = markOf(kind, value, key);
          const row = known.get(mark, kind) ?? add.get(kind, mark, readable ? value : null);
          if (row === undefined) continue;
          if (readable && row.value === null) show.run(value, row.number);
          now.add(row.number);
          if (!there.has(row.number) || given) link.run(conversation, row.number, given ? 1 : 0);
        }
        if (given) return;
        for (const [identity, told] of there) if (!told && !now.has(identity)) unlink.run(conversation, identity);
      })(),
    readable: (conversationId, kind) => readable.get(conversationId, kind) ?? null,
    of: (conversation) => of.all(conversation).map((row) => ({ ...row, mark: row.mark.toString("hex") })),
    named: (kind, value) => (key === null ? null : (known.get(markOf(kind, value, key), kind)?.number ?? null)),
    users: (identity, limit) => users.all(identity, limit),
    having(mark, kinds, limit) {
      const found = kinds.flatMap((kind) => {
        const row = known.get(Buffer.from(mark, "hex"), kind);
        return row === undefined ? [] : users.all(row.number, limit);
      });
      return [...new Set(found)].sort((a, b) => b - a).slice(0, limit);
    },
    conceal(kinds) {
      const { changes } = conceal.run(JSON.stringify(kinds));
      // What was readable also leaves the write-ahead log.
      if (changes > 0 && !database.inTransaction) database.pragma("wal_checkpoint(TRUNCATE)");
      return changes;
    },
  };
}
