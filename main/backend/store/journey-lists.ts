import type Database from "better-sqlite3";
import type { CallOutput, ParsedInput } from "../../../app/contract/api.ts";
import { type Channel, channelSchema } from "../../../app/conversation/conversation.ts";
import { identityKinds, readIdentity } from "../../../app/journey/identity.ts";
import type { Clock } from "../../../app/ports.ts";
import type { IdentityTable } from "./identities.ts";
import { toInstantOrNull } from "./instants.ts";

/** What the list shows of a journey. Instants are milliseconds since the epoch; null where nobody knows. */
export interface JourneyFigures {
  readonly conversations: number;
  readonly channels: readonly Channel[];
  /** The customer's name, where a conversation gives it. */
  readonly customer: string | null;
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  readonly reasonsAgain: number;
  readonly askedAgain: number;
  readonly promises: number;
  readonly promisesBroken: number;
  /** The earliest time by which a promise is due that nothing shows kept. */
  readonly dueAt: number | null;
  readonly handOvers: number;
}

/** The list of journeys, and which of them have to be looked at again. */
export interface JourneyLists {
  /** Filters, sorts (the latest first, or the largest) and cuts out a page; `counts` are of the whole library. */
  list(query: ParsedInput<"journey.list">): Omit<CallOutput<"journey.list">, "waiting">;
  /** Writes what the list shows. Answers whether it is other than before. */
  putFigures(journeyId: string, figures: JourneyFigures): boolean;
  /** The customer's name as the list shows it; null where nobody knows it. */
  customer(journeyId: string): string | null;
  /** Journeys whose figures are wanting; `lost` where one has lost a conversation, and may fall apart. */
  stale(limit: number): { readonly id: string; readonly lost: boolean }[];
  countStale(): number;
  /** Has the figures of all journeys worked out again: what they are counted by is another now. */
  dropFigures(): void;
  /** Ids of conversations with a transcript that have no journey yet, the latest first. */
  withoutJourney(limit: number): string[];
  countWithoutJourney(): number;
}

const channels = channelSchema.options;

interface Row {
  id: string;
  conversations: number;
  channels: number;
  customer: string | null;
  first_at: number | null;
  last_at: number | null;
  reasons_again: number;
  asked_again: number;
  promises: number;
  promises_broken: number;
  due_at: number | null;
  hand_overs: number;
  proposals: number;
}

/** What each filter asks for. The words of a query are chosen here and never come from outside. */
const filters: Readonly<Record<ParsedInput<"journey.list">["filters"][number], string>> = {
  // More than one bit is set.
  "several-channels": "(channels & (channels - 1)) <> 0",
  "reason-again": "reasons_again > 0",
  "asked-again": "asked_again > 0",
  "promise-not-kept": "(promises_broken > 0 OR due_at < @now)",
  "hand-over": "hand_overs > 0",
  proposal: `number IN (
    SELECT journey_number FROM journey_members JOIN journey_proposals
    ON conversation_number = first_number OR conversation_number = second_number)`,
};

/** The list of journeys in a database. */
export function journeyLists(database: Database.Database, clock: Clock, identities: Pick<IdentityTable, "named">): JourneyLists {
  const write = database.prepare<[Record<string, unknown>]>(`
    UPDATE journeys SET conversations = @conversations, channels = @channels, customer = @customer, first_at = @firstAt, last_at = @lastAt,
      reasons_again = @reasonsAgain, asked_again = @askedAgain, promises = @promises, promises_broken = @promisesBroken, due_at = @dueAt,
      hand_overs = @handOvers, stale = 0
    WHERE id = @id`);
  const read = database.prepare<[string], Row>("SELECT *, 0 AS proposals FROM journeys WHERE id = ?");
  const stale = database.prepare<[number], { id: string; stale: number }>(
    "SELECT id, stale FROM journeys WHERE stale > 0 ORDER BY stale DESC, number DESC LIMIT ?",
  );
  const countStale = database.prepare<[], number>("SELECT count(*) FROM journeys WHERE stale > 0").pluck();
  const drop = database.prepare("UPDATE journeys SET stale = 1 WHERE stale = 0");
  const wanting = `FROM conversations WHERE id IN (SELECT conversation_id FROM transcripts)
    AND NOT EXISTS (SELECT 1 FROM journey_members WHERE conversation_number = conversations.number)`;
  const without = database.prepare<[number], string>(`SELECT id ${wanting} ORDER BY number DESC LIMIT ?`).pluck();
  const countWithout = database.prepare<[], number>(`SELECT count(*) ${wanting}`).pluck();

  /** What the text is whole, as it is compared: it is found where its hash alone is kept, too. */
  const exactly = (text: string): number[] =>
    identityKinds.flatMap((kind) => {
      const identity = readIdentity(kind, text);
      return identity === null ? [] : (identities.named(kind, identity.value) ?? []);
    });
  const where = (query: ParsedInput<"journey.list">): string => {
    const asked = query.filters.map((filter) => filters[filter]);
    if (query.least > 1) asked.push("conversations >= @least");
    if (query.text.trim() !== "") {
      // From the few that can be read to their journeys, whatever the planner thinks of it.
      asked.push(`(customer LIKE @like ESCAPE '\\' OR number IN (
        SELECT journey_number FROM identities
        CROSS JOIN conversation_identities ON identity_number = identities.number
        CROSS JOIN journey_members USING (conversation_number)
        WHERE value IS NOT NULL AND value LIKE @like ESCAPE '\\' AND kind IN ('contact', 'customer', 'email', 'phone', 'name'))
        OR number IN (SELECT journey_number FROM conversation_identities JOIN journey_members USING (conversation_number)
        WHERE identity_number IN (SELECT value FROM json_each(@exact))))`);
    }
    return asked.length === 0 ? "1" : asked.join(" AND ");
  };

  return {
    list(query) {
      const values = {
        now: clock.now(),
        least: query.least,
        exact: JSON.stringify(exactly(query.text)),
        like: `%${query.text.trim().replaceAll(/[\\%_]/gu, (sign) => `\\${sign}`)}%`,
      };
      const found = where(query);
      const order = query.sortBy === "last" ? "last_at DESC, number DESC" : "conversations DESC, last_at DESC, number DESC";
      const rows = database
        .prepare<[Record<string, unknown>], Row>(
          `SELECT *, (SELECT count(*) FROM journey_members JOIN journey_proposals
             ON conversation_number = first_number OR conversation_number = second_number
             WHERE journey_number = journeys.number) AS proposals
           FROM journeys WHERE ${found} ORDER BY ${order} LIMIT @limit OFFSET @offset`,
        )
        .all({ ...values, limit: query.limit, offset: query.offset });
      const total =
        database.prepare<[Record<string, unknown>], number>(`SELECT count(*) FROM journeys WHERE ${found}`).pluck().get(values) ??
        0;
      return { rows: rows.map((row) => toRow(row, values.now)), total };
    },
    putFigures: (id, figures) =>
      database.transaction(() => {
        const before = read.get(id);
        if (before === undefined) return false;
        const bits = figures.channels.reduce((sum, channel) => sum | (1 << channels.indexOf(channel)), 0);
        write.run({ ...figures, id, channels: bits });
        const after = read.get(id);
        return JSON.stringify({ ...before, stale: 0 }) !== JSON.stringify({ ...after, stale: 0 });
      })(),
    customer: (id) => read.get(id)?.customer ?? null,
    stale: (limit) => stale.all(limit).map((row) => ({ id: row.id, lost: row.stale === 2 })),
    countStale: () => countStale.get() ?? 0,
    dropFigures() {
      drop.run();
    },
    withoutJourney: (limit) => without.all(limit),
    countWithoutJourney: () => countWithout.get() ?? 0,
  };
}

function toRow(row: Row, now: number): CallOutput<"journey.list">["rows"][number] {
  return {
    id: row.id,
    customer: row.customer,
    conversations: row.conversations,
    channels: channels.filter((_, bit) => (row.channels & (1 << bit)) !== 0),
    firstAt: toInstantOrNull(row.first_at),
    lastAt: toInstantOrNull(row.last_at),
    reasonsAgain: row.reasons_again,
    askedAgain: row.asked_again,
    promises: row.promises,
    promisesNotKept: row.promises_broken + (row.due_at !== null && row.due_at < now ? 1 : 0),
    handOvers: row.hand_overs,
    proposals: row.proposals,
  };
}
