import type { PersonalType } from "./redaction-policy.ts";

/** Every rule by which personal data is found, and what convinced it. */
export const redactionRules = {
  luhn: "check-digit",
  "card-context": "context",
  "card-repeated": "repeated",
  "card-code-context": "context",
  "card-expiry-context": "context",
  "pin-context": "context",
  "password-context": "context",
  "security-answer": "context",
  "one-time-code": "context",
  "bank-account-context": "context",
  "sort-code": "context",
  "us-routing": "check-digit",
  iban: "check-digit",
  ifsc: "form",
  "us-ssn": "form",
  "us-ssn-context": "context",
  "uk-nino": "form",
  "uk-nhs": "check-digit",
  "de-steuer-id": "check-digit",
  "fr-nir": "check-digit",
  "es-dni": "check-digit",
  "it-codice-fiscale": "check-digit",
  "nl-bsn": "check-digit",
  "pl-pesel": "check-digit",
  "in-aadhaar": "check-digit",
  "in-pan": "form",
  "br-cpf": "check-digit",
  "br-cnpj": "check-digit",
  "national-id-context": "context",
  "name-introduced": "context",
  "name-answered": "context",
  "name-addressed": "context",
  "name-spelled": "context",
  "participant-name": "context",
  "street-address": "form",
  "address-context": "context",
  postcode: "form",
  "postcode-context": "context",
  "email-typed": "form",
  "email-spoken": "form",
  "phone-valid": "form",
  "phone-context": "context",
  "birth-date-context": "context",
  "bot-slot": "slot",
} as const;
/** A rule by which personal data is found. */
export type RedactionRule = keyof typeof redactionRules;
/** What convinced a rule: a check digit or length of the number, its form, what was said around it, that it repeats, or a bot's slot. */
export type RedactionReason = (typeof redactionRules)[RedactionRule];

/** Personal data in one writing of a turn. */
export interface Finding {
  readonly turn: number;
  readonly of: "words" | "text" | "translation";
  readonly type: PersonalType;
  readonly rule: RedactionRule;
  /** Offsets into the writing's text. */
  readonly start: number;
  readonly end: number;
}
