import { randomUUID } from "node:crypto";
import type Database from "better-sqlite3";
import { z } from "zod";
import { type Likeable, type LikenessSign, likenessOf, likenessSignSchema } from "../../../app/journey/likeness.ts";
import type { ComparedKind, IdentityTable, KeptIdentity } from "./identities.ts";
import { parseJson } from "./stored-json.ts";

/** Two conversations that may be of one customer, of two journeys. */
export interface JourneyProposal {
  readonly id: string;
  readonly conversationId: string;
  readonly otherId: string;
  readonly journeyId: string;
  readonly otherJourneyId: string;
  readonly confidence: number;
  readonly signs: readonly LikenessSign[];
}

/** Who may be one customer, for a person to say. */
export interface JourneyProposals {
  /** Looks for who may be the same as a conversation's customer; what was proposed of it before is forgotten. */
  propose(conversation: number): void;
  /** The two conversations of a proposal; null where there is no such proposal any more. */
  pair(proposalId: string): { readonly first: number; readonly second: number } | null;
  list(options: { readonly offset: number; readonly limit: number; readonly journeyId?: string | undefined }): {
    readonly proposals: JourneyProposal[];
    readonly total: number;
  };
}

/** What proposing knows of journeys. Conversations and journeys are named by their numbers. */
export interface ProposingWorld {
  readonly identities: IdentityTable;
  /** Whether an identity is more than one customer's. */
  readonly isOfSeveral: (identity: KeptIdentity) => boolean;
  readonly journeyOf: (conversation: number) => number | null;
  /** The conversations of a conversation's journey. */
  readonly members: (conversation: number) => readonly number[];
  readonly decisionsOf: (conversation: number) => readonly {
    readonly verdict: "same" | "different" | "apart";
    readonly first_number: number;
    readonly second_number: number | null;
  }[];
}

/** Candidates that are looked at for one conversation, and members of a journey that it is compared by. */
const mostCandidates = 60;
const mostCompared = 50;

/** What a journey is compared by, with the numbers and addresses that are its own. */
interface Compared extends Likeable {
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  /** The same without those that several customers use. */
  readonly ownPhones: readonly string[];
  readonly ownEmails: readonly string[];
}

/** The proposals in a database. */
export function journeyProposals(
  database: Database.Database,
  { identities, isOfSeveral, journeyOf, members, decisionsOf }: ProposingWorld,
): JourneyProposals {
  const timeOf = database
    .prepare<[number], number>("SELECT coalesce(started_at, imported_at) FROM conversations WHERE number = ?")
    .pluck();
  const drop = database.prepare<[number, number]>("DELETE FROM journey_proposals WHERE first_number = ? OR second_number = ?");
  const add = database.prepare<[Record<string, unknown>]>(
    `INSERT INTO journey_proposals (id, first_number, second_number, confidence, signs) VALUES (@id, @first, @second, @confidence, @signs)
     ON CONFLICT DO UPDATE SET confidence = excluded.confidence, signs = excluded.signs`,
  );
  const pair = database.prepare<[string], { first: number; second: number }>(
    "SELECT first_number AS first, second_number AS second FROM journey_proposals WHERE id = ?",
  );
  const open = `FROM journey_proposals
    JOIN journey_members AS one ON one.conversation_number = first_number
    JOIN journey_members AS other ON other.conversation_number = second_number
    JOIN journeys AS mine ON mine.number = one.journey_number
    JOIN journeys AS theirs ON theirs.number = other.journey_number
    JOIN conversations AS first ON first.number = first_number
    JOIN conversations AS second ON second.number = second_number
    WHERE one.journey_number <> other.journey_number AND (@of IS NULL OR mine.id = @of OR theirs.id = @of)`;
  const page = database.prepare<
    [Record<string, unknown>],
    { id: string; first: string; second: string; mine: string; theirs: string; confidence: number; signs: string }
  >(
    `SELECT journey_proposals.id AS id, first.id AS first, second.id AS second, mine.id AS mine, theirs.id AS theirs, confidence, signs
     ${open} ORDER BY confidence DESC, journey_proposals.number LIMIT @limit OFFSET @offset`,
  );
  const count = database.prepare<[Record<string, unknown>], number>(`SELECT count(*) ${open}`).pluck();

  const comparedBy = (conversations: readonly number[]): Compared => {
    const latest = conversations.slice(-mostCompared);
    const own = latest.flatMap((one) => identities.of(one));
    const each = (kind: ComparedKind, of: (identity: KeptIdentity) => string | null): string[] => [
      ...new Set(own.flatMap((identity) => (identity.kind === kind ? (of(identity) ?? []) : []))),
    ];
    const text = (kind: ComparedKind): string[] => each(kind, ({ value, mark }) => value ?? mark);
    const marks = (kind: ComparedKind): string[] => each(kind, ({ mark }) => mark);
    const ofOne = (kind: ComparedKind): string[] => each(kind, (identity) => (isOfSeveral(identity) ? null : identity.mark));
    return {
      names: text("name"),
      places: text("place"),
      reasons: text("reason"),
      times: latest.flatMap((one) => timeOf.get(one) ?? []),
      customers: marks("customer"),
      saidPhones: marks("said-phone"),
      saidEmails: marks("said-email"),
      nearPhones: marks("near-phone"),
      nearEmails: marks("near-email"),
      phones: marks("phone"),
      emails: marks("email"),
      ownPhones: ofOne("phone"),
      ownEmails: ofOne("email"),
    };
  };
  const share = (one: readonly string[], other: readonly string[]): boolean => one.some((mark) => other.includes(mark));
  /** One side as it is compared with the other: what one said and the other has counts, and what both have is no near miss. */
  const beside = (one: Compared, other: Compared): Likeable => ({
    ...one,
    saidPhones: [...one.saidPhones, ...one.ownPhones.filter((mark) => other.saidPhones.includes(mark))],
    saidEmails: [...one.saidEmails, ...one.ownEmails.filter((mark) => other.saidEmails.includes(mark))],
    nearPhones: share(one.phones, other.phones) ? [] : one.nearPhones,
    nearEmails: share(one.emails, other.emails) ? [] : one.nearEmails,
  });
  const candidatesOf = (own: readonly KeptIdentity[]): number[] => {
    const found = new Set<number>();
    const look = (mark: string, ...kinds: ComparedKind[]): void => {
      for (const one of identities.having(mark, kinds, mostCandidates)) if (found.size < 4 * mostCandidates) found.add(one);
    };
    for (const { kind, mark } of own) {
      if (kind === "name" || kind === "near-phone" || kind === "near-email") look(mark, kind);
      if (kind === "said-phone") look(mark, "said-phone", "phone");
      if (kind === "said-email") look(mark, "said-email", "email");
      if (kind === "phone") look(mark, "said-phone");
      if (kind === "email") look(mark, "said-email");
    }
    return [...found].sort((a, b) => b - a).slice(0, mostCandidates);
  };

  return {
    propose(conversation) {
      drop.run(conversation, conversation);
      const own = identities.of(conversation);
      const mine = members(conversation);
      const me = comparedBy(mine);
      const decided = mine.flatMap((one) => decisionsOf(one));
      const refused = new Set(
        decided.flatMap((row) => (row.verdict === "different" ? [row.first_number, row.second_number ?? 0] : [])),
      );
      const isApart = (all: readonly number[]): boolean =>
        all.some((one) => decisionsOf(one).some((row) => row.verdict === "apart"));
      const namesakes = Math.max(
        0,
        ...own.map(({ kind, mark }) => (kind === "name" ? identities.having(mark, ["name"], mostCandidates).length : 0)),
      );
      const seen = new Set<number | null>([journeyOf(conversation)]);
      for (const other of candidatesOf(own)) {
        const journey = journeyOf(other);
        if (journey === null || seen.has(journey)) continue;
        seen.add(journey);
        const theirs = members(other);
        // Somebody said that these two are different customers, or took one out of the other's journey.
        if (theirs.some((one) => refused.has(one)) && mine.some((one) => refused.has(one))) continue;
        const them = comparedBy(theirs);
        const isSame = share(me.phones, them.phones) || share(me.emails, them.emails) || share(me.customers, them.customers);
        if (isSame && (isApart(mine) || isApart(theirs))) continue;
        const likeness = likenessOf(beside(me, them), beside(them, me), namesakes - mine.length);
        if (likeness === null) continue;
        const [first, second] = [conversation, other].toSorted((a, b) => a - b);
        const { confidence, signs } = likeness;
        add.run({ id: randomUUID(), first, second, confidence, signs: JSON.stringify(signs) });
      }
    },
    pair: (proposalId) => pair.get(proposalId) ?? null,
    list({ offset, limit, journeyId }) {
      const of = journeyId ?? null;
      return {
        total: count.get({ of }) ?? 0,
        proposals: page.all({ of, limit, offset }).map(({ id, first, second, mine, theirs, confidence, signs }) => ({
          id,
          conversationId: first,
          otherId: second,
          journeyId: mine,
          otherJourneyId: theirs,
          confidence,
          signs: z.array(likenessSignSchema).catch([]).parse(parseJson(signs)),
        })),
      };
    },
  };
}
