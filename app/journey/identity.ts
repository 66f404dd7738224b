import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";
import { z } from "zod";

/*
 * What tells one customer from another: ids that systems give, telephone numbers, e-mail addresses. Each has one way of being
 * written, so that two that mean the same are the same text. What a file says of its customer joins; what somebody said in a
 * conversation may be anybody's, and is only like.
 */

/** Kinds of identity that join conversations by themselves, the surest first. */
export const identityKinds = ["contact", "customer", "email", "phone"] as const;
/** A kind of identity. */
export type IdentityKind = (typeof identityKinds)[number];

/** Where an identity was found: in what a system wrote beside the conversation, or in what the customer said. */
export const identityOriginSchema = z.enum(["file", "said"]);
/** Where an identity was found. */
export type IdentityOrigin = z.infer<typeof identityOriginSchema>;

/** Something that names a customer, written the one way it is compared in. */
export interface Identity {
  readonly kind: IdentityKind;
  readonly value: string;
}

/** Longest id that is believed. */
const longestId = 200;

/** What systems write where they know nobody. */
const nobody: ReadonlySet<string> = new Set([
  "anonymous",
  "unknown",
  "none",
  "null",
  "undefined",
  "restricted",
  "private",
  "n/a",
  "na",
  "0",
  "-",
]);

/**
 * An identity written the one way; null for what names nobody. A telephone number without its country is taken to be of
 * `region`, and is null where there is none: seven digits are somebody's in every country.
 */
export function readIdentity(kind: IdentityKind, written: string, region: string | null = null): Identity | null {
  const text = written.trim();
  if (text === "" || text.length > longestId || nobody.has(text.toLowerCase())) return null;
  const value = kind === "phone" ? phoneOf(text, region) : kind === "email" ? emailOf(text) : idOf(text);
  return value === null ? null : { kind, value };
}

/**
 * Whom a system names in its one field for the customer: a number with its country, an address, or an id, which has a digit.
 * Null for words alone: they are a name, and one name is many people's.
 */
export function readCustomer(written: string): Identity | null {
  const text = written.trim();
  if (text.includes("@")) return readIdentity("email", text);
  if (/^(?:\+|00)[\d\s().-]{7,}$/u.test(text)) return readIdentity("phone", text);
  return /\d/u.test(text) ? readIdentity("customer", text) : null;
}

function phoneOf(text: string, region: string | null): string | null {
  const plain = text.replace(/^(?:tel|sip|sms|whatsapp):/iu, "").replace(/@.*$/u, "");
  const country = region !== null && isSupportedCountry(region) ? (region as CountryCode) : undefined;
  const number = parsePhoneNumberFromString(plain.startsWith("00") ? `+${plain.slice(2)}` : plain, country);
  return number?.isPossible() === true ? number.number : null;
}

function emailOf(text: string): string | null {
  const plain = text.replace(/^mailto:/iu, "").toLowerCase();
  return /^[^\s@<>()",;:]{1,64}@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+$/u.test(plain) ? plain : null;
}

/** Ids differ by case in no system that people type them in. What is masked names nobody. */
function idOf(text: string): string | null {
  const plain = text.toLowerCase();
  return plain.replaceAll(/[^\p{L}\p{N}]/gu, "").length >= 3 && !/[[\]*•]|(?:x{4,})/u.test(plain) ? plain : null;
}

/** The country that the time zone of a conversation's place lies in, of those whose customers give numbers without it. */
const zones: Readonly<Record<string, string>> = {
  "Europe/London": "GB",
  "Europe/Dublin": "IE",
  "Europe/Berlin": "DE",
  "Europe/Vienna": "AT",
  "Europe/Zurich": "CH",
  "Europe/Paris": "FR",
  "Europe/Madrid": "ES",
  "Europe/Rome": "IT",
  "Europe/Amsterdam": "NL",
  "Europe/Warsaw": "PL",
  "America/New_York": "US",
  "America/Chicago": "US",
  "America/Denver": "US",
  "America/Los_Angeles": "US",
  "America/Toronto": "CA",
  "America/Sao_Paulo": "BR",
  "Asia/Kolkata": "IN",
  "Asia/Singapore": "SG",
  "Australia/Sydney": "AU",
};

/** The country that telephone numbers of a conversation are taken to be of: that of its place, else that of its language. */
export function regionOf(timeZone: string | null, language: string | null): string | null {
  const byZone = timeZone === null ? undefined : zones[timeZone];
  return byZone ?? /^[A-Za-z]{2,3}(?:-[A-Za-z]{4})?-([A-Za-z]{2})(?:-|$)/u.exec(language ?? "")?.[1]?.toUpperCase() ?? null;
}

/**
 * What two telephone numbers have in common where one digit was mistyped, left out or exchanged with its neighbour: the
 * number with each of its last nine digits left out. Two numbers are near where one of these is the same.
 */
export function nearPhones(value: string): string[] {
  const digits = value.replaceAll(/\D/gu, "");
  const from = Math.max(2, digits.length - 9);
  const found = new Set<string>();
  for (let at = from; at < digits.length; at++) found.add(digits.slice(0, at) + digits.slice(at + 1));
  return [...found];
}

/** Shortest name before the @ that tells somebody apart. */
const shortestMailbox = 6;

/**
 * What two e-mail addresses have in common that are the same mailbox, or the same name with another provider: the part
 * before the @ without dots and what follows a plus. Null where that is too short to tell anybody apart, or is a post.
 */
export function nearEmail(value: string): string | null {
  const mailbox = value.split("@")[0]?.split("+")[0]?.replaceAll(/[._-]/gu, "") ?? "";
  const isPost = /^(?:info|office|sales|service|support|contact|admin|hello|team|mail|noreply|post|accounts?|billing)\d*$/u.test(
    mailbox,
  );
  return mailbox.length >= shortestMailbox && !isPost ? mailbox : null;
}

const titles: ReadonlySet<string> = new Set([
  "mr",
  "mrs",
  "ms",
  "miss",
  "mister",
  "missus",
  "dr",
  "doctor",
  "herr",
  "frau",
  "sir",
  "madam",
]);

/** A person's name as it is compared: without titles, signs and accents. Null unless it has a first and a last name. */
export function fullName(name: string | null): string | null {
  const parts = partsOfName(name);
  return parts.length >= 2 && parts.length <= 5 && parts.every((part) => part.length >= 2) ? parts.join(" ") : null;
}

/** The parts of a name as they are compared. */
export function partsOfName(name: string | null): string[] {
  const plain = (name ?? "").normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
  return plain.split(/[^\p{L}'-]+/u).filter((part) => part !== "" && !titles.has(part));
}

/** A place as it is compared. */
export function plainPlace(place: string): string {
  return place
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
