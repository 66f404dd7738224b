import { type IdentityKind, identityKinds } from "./identity.ts";

/*
 * Which conversations are of one customer. Only what is the same joins, and what a person has decided goes first: nobody is
 * joined with anybody because they are alike.
 */

/** A conversation to be joined, by its number. */
export interface Joinable {
  readonly conversation: number;
  /** A person took it out of its journey: only a person brings it into one. */
  readonly apart: boolean;
  /** What a file says of its customer. */
  readonly identities: readonly { readonly kind: IdentityKind; readonly number: number }[];
}

/** What a person decided of two conversations. */
export interface Decided {
  readonly first: number;
  readonly second: number;
  readonly verdict: "same" | "different";
}

/** Most conversations of one telephone number or e-mail address without anything surer: beyond, it is a switchboard's. */
export const mostOfOneLine = 200;

/**
 * The telephone numbers and e-mail addresses that are not one customer's: customers with different ids, or with different full
 * names, used them, or more conversations than one customer has. They join nothing.
 *
 * @param users of each identity, who used it: a customer's ids and full names as they are compared.
 */
export function isShared(
  kind: IdentityKind,
  users: readonly { readonly customers: readonly number[]; readonly name: string | null }[],
): boolean {
  if (kind === "contact" || kind === "customer") return false;
  if (users.length > mostOfOneLine) return true;
  const customers = new Set(users.flatMap((one) => one.customers));
  if (customers.size > 1) return true;
  const names = [...new Set(users.flatMap(({ name }) => name ?? []))];
  return names.some((name, index) => names.slice(index + 1).some((other) => !mayBeSameName(name, other)));
}

/** Whether two full names may be one person's: the same last name and a first name that begins alike, in either order. */
export function mayBeSameName(one: string, other: string): boolean {
  if (one === other) return true;
  const a = one.split(" ");
  const b = other.split(" ");
  const [firstA = "", lastA = ""] = [a[0], a.at(-1)];
  const [firstB = "", lastB = ""] = [b[0], b.at(-1)];
  const alike = (x: string, y: string): boolean => x.startsWith(y) || y.startsWith(x) || isOneSlip(x, y);
  if (firstA === lastB && lastA === firstB) return true;
  // "Ann" and "Anna" may be one; a slip of the pen in one of the two names, and not in both.
  return (lastA === lastB && alike(firstA, firstB)) || (firstA === firstB && isOneSlip(lastA, lastB));
}

/** Whether two words differ by one letter written otherwise, left out, put in, or exchanged with its neighbour. */
export function isOneSlip(one: string, other: string): boolean {
  if (one === other) return true;
  if (Math.abs(one.length - other.length) > 1 || Math.min(one.length, other.length) < 4) return false;
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  const rest = (text: string, skip: number): string => text.slice(at + skip);
  if (one.length !== other.length) {
    const [long, short] = one.length > other.length ? [one, other] : [other, one];
    return rest(long, 1) === rest(short, 0);
  }
  return (
    rest(one, 1) === rest(other, 1) || (one[at] === other[at + 1] && one[at + 1] === other[at] && rest(one, 2) === rest(other, 2))
  );
}

/**
 * Groups conversations by customer: union-find over what a person decided to be the same, then over the same identities, the
 * surest kind first. Two that a person said to be different never come into one group, whatever else joins them.
 *
 * @param shared identities that are not one customer's.
 */
export function groupsOf(
  conversations: readonly Joinable[],
  decided: readonly Decided[],
  shared: ReadonlySet<number>,
): number[][] {
  const parent = new Map(conversations.map(({ conversation }) => [conversation, conversation]));
  const members = new Map(conversations.map(({ conversation }) => [conversation, [conversation]]));
  const root = (one: number): number => {
    let at = one;
    for (let above = parent.get(at) ?? at; above !== at; above = parent.get(at) ?? at) {
      parent.set(at, parent.get(above) ?? above);
      at = above;
    }
    return at;
  };
  const apartOf = new Map<number, Set<number>>();
  for (const { first, second, verdict } of decided) {
    if (verdict !== "different") continue;
    apartOf.set(first, (apartOf.get(first) ?? new Set()).add(second));
    apartOf.set(second, (apartOf.get(second) ?? new Set()).add(first));
  }
  const mayJoin = (few: readonly number[], other: number): boolean =>
    few.every((one) => ![...(apartOf.get(one) ?? [])].some((foe) => parent.has(foe) && root(foe) === other));
  const join = (one: number, other: number): void => {
    if (!parent.has(one) || !parent.has(other)) return;
    let [large, small] = [root(one), root(other)];
    if (large === small) return;
    if ((members.get(large)?.length ?? 0) < (members.get(small)?.length ?? 0)) [large, small] = [small, large];
    const few = members.get(small) ?? [];
    if (!mayJoin(few, large)) return;
    parent.set(small, large);
    members.get(large)?.push(...few);
    members.delete(small);
  };

  for (const { first, second, verdict } of decided) if (verdict === "same") join(first, second);
  for (const kind of identityKinds) {
    const first = new Map<number, number>();
    for (const { conversation, apart, identities } of conversations) {
      if (apart) continue;
      for (const identity of identities) {
        if (identity.kind !== kind || shared.has(identity.number)) continue;
        const known = first.get(identity.number);
        if (known === undefined) first.set(identity.number, conversation);
        else join(known, conversation);
      }
    }
  }
  return [...members.values()].map((group) => group.toSorted((a, b) => a - b));
}
