import { z } from "zod";

/*
 * What is done about each type of personal data. Card data and what opens an account (codes, PINs, passwords, bank and
 * identity numbers) is masked unless a person says otherwise: nobody needs it to judge a conversation, and a library that
 * holds it is a risk (PCI DSS 4.0, requirements 3.3 and 3.5). Names, addresses, e-mail, telephone numbers and birth dates
 * are kept: whether an agent verified the right person and read an address back rightly is what a reviewer judges, and the
 * library stays on this machine. Transcribe, Contact Lens and the like redact these only on request, too.
 */

/** Types of personal data, in the order in which they are shown. */
export const personalTypes = [
  "card-number",
  "card-security-code",
  "card-expiry",
  "pin",
  "password",
  "bank-account",
  "national-id",
  "name",
  "address",
  "email",
  "phone",
  "birth-date",
] as const;
/** A type of personal data. */
export type PersonalType = (typeof personalTypes)[number];

/** What is done with personal data: left as it is, replaced by a label, or taken out. */
export const treatmentSchema = z.enum(["keep", "mask", "remove"]);
/** What is done with personal data. */
export type Treatment = z.infer<typeof treatmentSchema>;

/** What may never be in a library: sensitive authentication data and card numbers cannot be kept. */
const hiddenSchema = treatmentSchema.exclude(["keep"]);
/** The types that cannot be kept. */
export const neverKept: ReadonlySet<PersonalType> = new Set(["card-number", "card-security-code", "pin"]);

/** The treatment of each type, without defaults. */
export const redactionPolicySchema = z.object({
  "card-number": hiddenSchema,
  "card-security-code": hiddenSchema,
  "card-expiry": treatmentSchema,
  pin: hiddenSchema,
  password: treatmentSchema,
  "bank-account": treatmentSchema,
  "national-id": treatmentSchema,
  name: treatmentSchema,
  address: treatmentSchema,
  email: treatmentSchema,
  phone: treatmentSchema,
  "birth-date": treatmentSchema,
});
/** The treatment of each type. */
export type RedactionPolicy = Readonly<z.infer<typeof redactionPolicySchema>>;

/** What is done unless a person says otherwise. */
export const defaultRedactionPolicy: RedactionPolicy = {
  "card-number": "mask",
  "card-security-code": "mask",
  "card-expiry": "mask",
  pin: "mask",
  password: "mask",
  "bank-account": "mask",
  "national-id": "mask",
  name: "keep",
  address: "keep",
  email: "keep",
  phone: "keep",
  "birth-date": "keep",
};

/** Card data masked, everything else left: what holds whatever a person sets. */
export const cardDataAlone: RedactionPolicy = {
  ...defaultRedactionPolicy,
  pin: "mask",
  password: "keep",
  "bank-account": "keep",
  "national-id": "keep",
};

/** All types masked. */
export const everythingMasked: RedactionPolicy = {
  ...defaultRedactionPolicy,
  name: "mask",
  address: "mask",
  email: "mask",
  phone: "mask",
  "birth-date": "mask",
};

/** What stands in the place of masked data. */
export const redactionLabels: Readonly<Record<PersonalType, string>> = {
  "card-number": "[card number]",
  "card-security-code": "[security code]",
  "card-expiry": "[expiry date]",
  pin: "[PIN]",
  password: "[password]",
  "bank-account": "[bank account]",
  "national-id": "[national ID]",
  name: "[name]",
  address: "[address]",
  email: "[e-mail]",
  phone: "[phone number]",
  "birth-date": "[birth date]",
};

/** What stands in the place of a type as a record names it. */
export function labelOf(type: string): string {
  return Object.entries(redactionLabels).find(([known]) => known === type)?.[1] ?? `[${type}]`;
}

/** Raised when the same policy would find or hide something else: what was redacted before is then redacted again. */
const rulesVersion = 3;

/** Names a policy and the rules that carry it out: part of the input hash of every stage that redacts. */
export function redactionFingerprint(policy: RedactionPolicy): string {
  return `${rulesVersion}:${personalTypes.map((type) => policy[type][0]).join("")}`;
}
