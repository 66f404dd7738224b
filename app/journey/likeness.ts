import { z } from "zod";
import { isOneSlip, mayBeSameName } from "./joining.ts";

/*
 * Who may be the same customer, for a person to say. Nothing here joins anybody. Each sign has a weight, and what speaks against
 * it ends the matter: one name is many people's, a household shares a line, and a company a switchboard.
 */

/** What is compared of a conversation, or of a journey. Texts are as they are compared (see identity.ts). */
export interface Likeable {
  /** Full names. */
  readonly names: readonly string[];
  readonly places: readonly string[];
  /** Ids of what it was about. */
  readonly reasons: readonly string[];
  /** Instants in milliseconds since the epoch at which it was spoken with; null where nobody knows. */
  readonly times: readonly number[];
  /** Names of identities by kind: whatever is the same text means the same. */
  readonly customers: readonly string[];
  readonly saidPhones: readonly string[];
  readonly saidEmails: readonly string[];
  readonly nearPhones: readonly string[];
  readonly nearEmails: readonly string[];
}

/** Signs that two may be one customer. */
export const likenessSigns = [
  "same-name",
  "like-name",
  "same-place",
  "same-reason",
  "close-in-time",
  "near-phone",
  "near-email",
  "said-phone",
  "said-email",
] as const;
/** Signs that two may be one customer. */
export const likenessSignSchema = z.enum(likenessSigns);
/** A sign that two may be one customer. */
export type LikenessSign = z.infer<typeof likenessSignSchema>;

/** How much each sign says, by itself. They add up, and more than 0.95 is never claimed. */
const weights: Readonly<Record<LikenessSign, number>> = {
  "same-name": 0.3,
  "like-name": 0.15,
  "same-place": 0.15,
  "same-reason": 0.15,
  "close-in-time": 0.1,
  "near-phone": 0.35,
  "near-email": 0.35,
  "said-phone": 0.5,
  "said-email": 0.5,
};

/** From which confidence on somebody is asked. */
export const leastConfidence = 0.6;
/** What is closer in time than this is close. */
export const closeMs = 14 * 24 * 3_600_000;
/** A name that more customers than this have says half as much. */
export const commonName = 3;

/** That two may be one customer: why, and how sure that is. */
export interface Likeness {
  readonly signs: readonly LikenessSign[];
  /** 0 to 1. */
  readonly confidence: number;
}

/**
 * How alike two are; null where that is not enough to ask anybody. A name with a place and a reason close in time, or a name
 * beside a near number or address, is. Different ids of customers, and full names that cannot be one person's, end the matter.
 *
 * @param namesakes how many customers of the library have the name.
 */
export function likenessOf(one: Likeable, other: Likeable, namesakes: number): Likeness | null {
  const both = (a: readonly string[], b: readonly string[]): boolean => a.some((each) => b.includes(each));
  if (one.customers.length > 0 && other.customers.length > 0) return null;
  const pairs = one.names.flatMap((a) => other.names.map((b) => [a, b] as const));
  if (pairs.length > 0 && !pairs.some(([a, b]) => mayBeSameName(a, b) || isSlipInEach(a, b))) return null;
  const signs: LikenessSign[] = [];
  if (pairs.some(([a, b]) => a === b)) signs.push("same-name");
  else if (pairs.length > 0) signs.push("like-name");
  if (both(one.places, other.places)) signs.push("same-place");
  if (both(one.reasons, other.reasons)) signs.push("same-reason");
  if (one.times.some((a) => other.times.some((b) => Math.abs(a - b) <= closeMs))) signs.push("close-in-time");
  if (both(one.saidPhones, other.saidPhones)) signs.push("said-phone");
  else if (both(one.nearPhones, other.nearPhones)) signs.push("near-phone");
  if (both(one.saidEmails, other.saidEmails)) signs.push("said-email");
  else if (both(one.nearEmails, other.nearEmails)) signs.push("near-email");
  const sum = signs.reduce((total, sign) => {
    const isName = sign === "same-name" || sign === "like-name";
    return total + weights[sign] * (isName && namesakes > commonName ? 0.5 : 1);
  }, 0);
  const confidence = Math.round(Math.min(0.95, sum) * 100) / 100;
  // One sign alone is never enough: everybody shares something with somebody.
  return confidence >= leastConfidence && signs.length >= 2 ? { signs, confidence } : null;
}

/** Whether each part of two names differs by one slip at most, the parts being as many. */
function isSlipInEach(one: string, other: string): boolean {
  const [a, b] = [one.split(" "), other.split(" ")];
  return a.length === b.length && a.every((part, index) => isOneSlip(part, b[index] ?? ""));
}
