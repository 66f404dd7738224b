import { randomUUID } from "node:crypto";
import type Database from "better-sqlite3";
import { EarmarkError } from "../../../app/contract/errors.ts";
import { type IdentityKind, identityKinds } from "../../../app/journey/identity.ts";
import { groupsOf, isShared, type Joinable, mostOfOneLine } from "../../../app/journey/joining.ts";
import type { Clock } from "../../../app/ports.ts";
import { type ComparedKind, type IdentityTable, identityTable, type KeptIdentity } from "./identities.ts";
import { toInstant } from "./instants.ts";
import { type JourneyLists, journeyLists } from "./journey-lists.ts";
import { type JourneyProposals, journeyProposals } from "./journey-proposals.ts";
import type { Recorder } from "./ledger.ts";

/** A decision of a person about which conversations are of one customer. */
export interface JourneyDecision {
  readonly id: string;
  readonly verdict: "same" | "different" | "apart";
  readonly conversationId: string;
  /** The other one; null where one was taken out. */
  readonly otherId: string | null;
  readonly at: string;
  readonly author: string;
}

/** The conversations of one customer each: who they are of, what a person decided, and who may be the same. */
export interface JourneyTable extends JourneyLists {
  readonly identities: IdentityTable;
  /**
   * Joins a conversation with those of its customer by the identities that were put for it, in milliseconds however large the
   * library is, and looks for who may be the same. Answers with the ids of the journeys that changed.
   */
  join(conversationId: string, basis: string): string[];
  /** Joins the members of a journey anew: it has lost one, and may fall apart. */
  rejoin(journeyId: string): string[];
  /** What the identities of a conversation were read from last; null where it has no journey yet. */
  basis(conversationId: string): string | null;
  journeyOf(conversationId: string): string | null;
  /** Ids of the conversations of a journey, in order of time; those of unknown time last. */
  members(journeyId: string): string[];
  /** Identities that name the customer of a journey, each once. */
  identitiesOf(journeyId: string): { readonly kind: IdentityKind; readonly value: string | null; readonly shared: boolean }[];
  readonly proposals: JourneyProposals["list"];
  /** Says of a proposal that the two are one customer, or are not. Throws `not-found`. Recorded in the ledger with it. */
  decide(proposalId: string, verdict: "same" | "different", author: string): JourneyDecision;
  /** Takes a conversation out of its journey, until that is taken back. Throws `not-found`. Recorded in the ledger with it. */
  takeOut(conversationId: string, author: string): JourneyDecision;
  /** Takes a decision back. Throws `not-found`. Recorded in the ledger with it. */
  undo(decisionId: string, author: string): JourneyDecision;
  /** Decisions that concern the conversations of a journey, the latest first. */
  decisions(journeyId: string): JourneyDecision[];
}

interface DecisionRow {
  id: string;
  verdict: JourneyDecision["verdict"];
  first_number: number;
  second_number: number | null;
  at: number;
  author: string;
}

const isJoining = (kind: ComparedKind): kind is IdentityKind => (identityKinds as readonly string[]).includes(kind);

/** The journeys in a database. */
export function journeyTable(database: Database.Database, clock: Clock, ledger: Recorder): JourneyTable {
  const identities = identityTable(database);
  const numberOf = database.prepare<[string], number>("SELECT number FROM conversations WHERE id = ?").pluck();
  const idOf = database.prepare<[number], string>("SELECT id FROM conversations WHERE number = ?").pluck();
  const memberRow = database.prepare<[number], { journey: number; basis: string }>(
    "SELECT journey_number AS journey, basis FROM journey_members WHERE conversation_number = ?",
  );
  const membersOf = database
    .prepare<[number], number>(
      "SELECT conversation_number FROM journey_members WHERE journey_number = ? ORDER BY conversation_number",
    )
    .pluck();
  const addJourney = database.prepare<[string], number>("INSERT INTO journeys (id) VALUES (?) RETURNING number").pluck();
  const putMember = database.prepare<[number, number, string]>(
    `INSERT INTO journey_members (conversation_number, journey_number, basis) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET journey_number = excluded.journey_number, basis = excluded.basis`,
  );
  const setBasis = database.prepare<[string, number]>("UPDATE journey_members SET basis = ? WHERE conversation_number = ?");
  const touch = database.prepare<[number]>("UPDATE journeys SET stale = 1 WHERE number = ?");
  const dropEmpty = database.prepare<[number]>(
    "DELETE FROM journeys WHERE number = ? AND NOT EXISTS (SELECT 1 FROM journey_members WHERE journey_number = journeys.number)",
  );
  const journeyId = database.prepare<[number], string>("SELECT id FROM journeys WHERE number = ?").pluck();
  const journeyNumber = database.prepare<[string], number>("SELECT number FROM journeys WHERE id = ?").pluck();
  const decisionsOf = database.prepare<[number, number], DecisionRow>(
    "SELECT * FROM journey_decisions WHERE first_number = ? OR second_number = ?",
  );
  const decisionById = database.prepare<[string], DecisionRow>("SELECT * FROM journey_decisions WHERE id = ?");
  const addDecision = database.prepare<[Record<string, unknown>]>(
    `INSERT INTO journey_decisions (id, verdict, first_number, second_number, at, author)
     VALUES (@id, @verdict, @first, @second, @at, @author)`,
  );
  const dropDecision = database.prepare<[string]>("DELETE FROM journey_decisions WHERE id = ?");
  const orderedMembers = database
    .prepare<[string], string>(
      `SELECT conversations.id FROM journey_members JOIN conversations ON conversations.number = conversation_number
       WHERE journey_number = (SELECT number FROM journeys WHERE id = ?)
       ORDER BY conversations.started_at IS NULL, conversations.started_at, conversations.number`,
    )
    .pluck();

  const members = (conversation: number): number[] => {
    const row = memberRow.get(conversation);
    return row === undefined ? [conversation] : membersOf.all(row.journey);
  };
  const sharedCache = new Map<number, boolean>();
  /** Whether an identity is more than one customer's. */
  const isOfSeveral = ({ kind, number }: KeptIdentity): boolean => {
    if (!isJoining(kind)) return false;
    const known = sharedCache.get(number);
    if (known !== undefined) return known;
    const users = identities.users(number, mostOfOneLine + 1).map((user) => {
      const own = identities.of(user);
      return {
        customers: own.flatMap((one) => (one.kind === "customer" ? [one.number] : [])),
        name: own.find((one) => one.kind === "name")?.value ?? null,
      };
    });
    const found = isShared(kind, users);
    sharedCache.set(number, found);
    return found;
  };

  /** Every conversation whose journey may change when one of these did: whole journeys. */
  const affectedBy = (seeds: readonly number[]): Set<number> => {
    const affected = new Set<number>();
    const take = (conversation: number): void => {
      if (affected.has(conversation)) return;
      for (const one of members(conversation)) affected.add(one);
    };
    for (const seed of seeds) {
      for (const one of members(seed)) take(one);
      for (const decision of decisionsOf.all(seed, seed)) {
        take(decision.first_number);
        if (decision.second_number !== null) take(decision.second_number);
      }
      for (const identity of identities.of(seed)) {
        if (!isJoining(identity.kind)) continue;
        const users = identities.users(identity.number, mostOfOneLine + 2);
        // A switchboard that was one before joins nobody, and has nobody to part.
        if (users.length <= mostOfOneLine + 1) for (const user of users) take(user);
      }
    }
    return affected;
  };

  const regroup = (seeds: readonly number[]): Set<number> => {
    sharedCache.clear();
    const affected = [...affectedBy(seeds)].sort((a, b) => a - b);
    const decided = new Map(affected.flatMap((one) => decisionsOf.all(one, one)).map((row) => [row.id, row]));
    const apart = new Set([...decided.values()].flatMap((row) => (row.verdict === "apart" ? [row.first_number] : [])));
    const shared = new Set<number>();
    const joinables = affected.map((conversation): Joinable => {
      const own = identities.of(conversation).filter(({ kind }) => isJoining(kind));
      for (const identity of own) if (isOfSeveral(identity)) shared.add(identity.number);
      const joining = own.flatMap(({ kind, number }) => (isJoining(kind) ? [{ kind, number }] : []));
      return { conversation, apart: apart.has(conversation), identities: joining };
    });
    const verdicts = [...decided.values()].flatMap(({ verdict, first_number: first, second_number: second }) =>
      verdict === "apart" || second === null ? [] : [{ first, second, verdict }],
    );
    return assign(groupsOf(joinables, verdicts, shared));
  };

  /** Gives every group a journey: the one that most of it had, the older of equals; a new one where that is taken. */
  const assign = (groups: readonly (readonly number[])[]): Set<number> => {
    const changed = new Set<number>();
    const taken = new Set<number>();
    const left = new Set<number>();
    for (const group of groups.toSorted((a, b) => b.length - a.length || (a[0] ?? 0) - (b[0] ?? 0))) {
      const before = new Map<number, number>();
      for (const one of group) {
        const journey = memberRow.get(one)?.journey;
        if (journey !== undefined) before.set(journey, (before.get(journey) ?? 0) + 1);
      }
      const [best] = [...before].filter(([journey]) => !taken.has(journey)).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
      const journey = best?.[0] ?? addJourney.get(randomUUID()) ?? 0;
      taken.add(journey);
      for (const one of group) {
        const row = memberRow.get(one);
        if (row?.journey === journey) continue;
        if (row !== undefined) left.add(row.journey);
        putMember.run(one, journey, row?.basis ?? "");
        changed.add(journey);
      }
    }
    for (const journey of left) {
      changed.add(journey);
      dropEmpty.run(journey);
    }
    for (const journey of changed) touch.run(journey);
    return changed;
  };

  const proposing = journeyProposals(database, {
    identities,
    isOfSeveral,
    journeyOf: (conversation) => memberRow.get(conversation)?.journey ?? null,
    members,
    decisionsOf: (conversation) => decisionsOf.all(conversation, conversation),
  });

  const idsOf = (journeys: Iterable<number>): string[] => [...journeys].flatMap((one) => journeyId.get(one) ?? []);
  const found = (conversationId: string): number => {
    const number = numberOf.get(conversationId);
    if (number === undefined) throw new EarmarkError("not-found", "There is no such conversation.", { id: conversationId });
    return number;
  };
  const toDecision = (row: DecisionRow): JourneyDecision => ({
    id: row.id,
    verdict: row.verdict,
    conversationId: idOf.get(row.first_number) ?? "",
    otherId: row.second_number === null ? null : (idOf.get(row.second_number) ?? null),
    at: toInstant(row.at),
    author: row.author,
  });
  const record = (
    decision: JourneyDecision,
    action: "confirmed" | "refused" | "taken-out" | "taken-back",
    author: string,
  ): void => {
    ledger.append("journey", decision.conversationId, { decision: decision.id, action, other: decision.otherId }, author);
  };
  const keep = (verdict: JourneyDecision["verdict"], first: number, second: number | null, author: string): JourneyDecision => {
    const row = { id: randomUUID(), verdict, first_number: first, second_number: second, at: clock.now(), author };
    addDecision.run({ ...row, first, second });
    const decision = toDecision(row);
    record(decision, verdict === "same" ? "confirmed" : verdict === "different" ? "refused" : "taken-out", author);
    const seeds = second === null ? members(first) : [first, second];
    regroup(seeds);
    for (const one of second === null ? [first] : [first, second]) proposing.propose(one);
    return decision;
  };

  return {
    identities,
    ...journeyLists(database, clock, identities),
    join: (conversationId, basis) =>
      database.transaction(() => {
        const number = found(conversationId);
        const changed = regroup([number]);
        setBasis.run(basis, number);
        const journey = memberRow.get(number)?.journey;
        // Whatever it is about may be another now.
        if (journey !== undefined) touch.run(journey);
        proposing.propose(number);
        return idsOf(new Set([...changed, ...(journey === undefined ? [] : [journey])]));
      })(),
    rejoin: (id) =>
      database.transaction(() => {
        const number = journeyNumber.get(id);
        if (number === undefined) return [];
        const changed = regroup(membersOf.all(number));
        touch.run(number);
        return idsOf(new Set([...changed, number]));
      })(),
    basis: (conversationId) => memberRow.get(numberOf.get(conversationId) ?? -1)?.basis ?? null,
    journeyOf(conversationId) {
      const row = memberRow.get(numberOf.get(conversationId) ?? -1);
      return row === undefined ? null : (journeyId.get(row.journey) ?? null);
    },
    members: (id) => orderedMembers.all(id),
    identitiesOf(id) {
      sharedCache.clear();
      const all = membersOf.all(journeyNumber.get(id) ?? -1).flatMap((one) => identities.of(one));
      const each = new Map(all.map((identity) => [identity.number, identity]));
      return [...each.values()].flatMap((identity) => {
        const { kind, value } = identity;
        return isJoining(kind) ? [{ kind, value, shared: isOfSeveral(identity) }] : [];
      });
    },
    proposals: proposing.list,
    decide: (proposalId, verdict, author) =>
      database.transaction(() => {
        const row = proposing.pair(proposalId);
        if (row === null) throw new EarmarkError("not-found", "There is no such proposal any more.", { id: proposalId });
        return keep(verdict, row.first, row.second, author);
      })(),
    takeOut: (conversationId, author) => database.transaction(() => keep("apart", found(conversationId), null, author))(),
    undo: (decisionId, author) =>
      database.transaction(() => {
        const row = decisionById.get(decisionId);
        if (row === undefined) throw new EarmarkError("not-found", "There is no such decision any more.", { id: decisionId });
        const decision = toDecision(row);
        const seeds = [...members(row.first_number), ...(row.second_number === null ? [] : members(row.second_number))];
        dropDecision.run(decisionId);
        record(decision, "taken-back", author);
        regroup(seeds);
        for (const one of [row.first_number, row.second_number]) if (one !== null) proposing.propose(one);
        return decision;
      })(),
    decisions(id) {
      const rows = membersOf.all(journeyNumber.get(id) ?? -1).flatMap((one) => decisionsOf.all(one, one));
      const each = new Map(rows.map((row) => [row.id, row]));
      return [...each.values()].sort((a, b) => b.at - a.at).map(toDecision);
    },
  };
}
