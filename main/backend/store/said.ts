import type Database from "better-sqlite3";
import { type Speaker, speakers } from "../../../app/conversation/search-query.ts";

/*
 * What was said, turn by turn, so that "the customer said 'cancel' in the first minute" is one look into an index. The
 * number of a turn's row holds conversation, time and role (see migration 4): they are read out of it by shifts.
 */

/** A turn as it is indexed: redacted text of one line. */
export interface SaidTurn {
  readonly startMs: number;
  readonly role: Speaker;
  readonly text: string;
}

const countBits = 12n;
const roleBits = 3n;
const timeBits = 23n;
const placeBits = countBits + roleBits + timeBits;
const latest = (1 << Number(timeBits)) - 1;

/** SQL for the conversation's number of a row of `said` or `said_brief`. */
export const saidConversation = `rowid >> ${placeBits}`;
/** SQL for the start of such a row, in hundredths of a second. */
export const saidStart = `((rowid >> ${countBits + roleBits}) & ${latest})`;
/** SQL for the role of such a row. */
export const saidRole = `((rowid >> ${countBits}) & ${(1 << Number(roleBits)) - 1})`;

/** The number that stands for a role in a row of `said`. */
export function roleNumber(role: Speaker): number {
  return speakers.indexOf(role);
}

/** Milliseconds as `saidStart` counts: 23 hours and more are one. */
export function saidTime(milliseconds: number): number {
  return Math.min(latest, Math.max(0, Math.ceil(milliseconds / 10)));
}

/** The index of what was said in a database. */
export interface SaidIndex {
  add(conversationNumber: number, turns: readonly SaidTurn[]): void;
  /** Takes out what was put in: the same turns have to be given, because the index keeps no text. */
  remove(conversationNumber: number, turns: readonly SaidTurn[]): void;
}

/** The index of what was said in a database. */
export function saidIndex(database: Database.Database): SaidIndex {
  const add = database.prepare<[bigint, string]>("INSERT INTO said (rowid, text) VALUES (?, ?)");
  const addBrief = database.prepare<[bigint, string]>("INSERT INTO said_brief (rowid, text) VALUES (?, ?)");
  const remove = database.prepare<[bigint, string]>("INSERT INTO said (said, rowid, text) VALUES ('delete', ?, ?)");
  const removeBrief = database.prepare<[bigint, string]>(
    "INSERT INTO said_brief (said_brief, rowid, text) VALUES ('delete', ?, ?)",
  );
  const each = (number: number, turns: readonly SaidTurn[], put: (row: bigint, text: string) => void): void => {
    const counts = new Map<number, number>();
    for (const { startMs, role, text } of turns) {
      if (text === "" || text === " ") continue;
      const place = Math.min(latest, Math.floor(Math.max(0, startMs) / 10)) * (1 << Number(roleBits)) + roleNumber(role);
      const count = counts.get(place) ?? 0;
      counts.set(place, count + 1);
      // More turns of one role in one hundredth of a second than can be counted: a file of nonsense, found by its whole text.
      if (count >= 1 << Number(countBits)) continue;
      put((BigInt(number) << placeBits) | (BigInt(place) << countBits) | BigInt(count), text);
    }
  };
  return {
    add: (number, turns) =>
      each(number, turns, (row, text) => {
        add.run(row, text);
        addBrief.run(row, text);
      }),
    remove: (number, turns) =>
      each(number, turns, (row, text) => {
        remove.run(row, text);
        removeBrief.run(row, text);
      }),
  };
}
