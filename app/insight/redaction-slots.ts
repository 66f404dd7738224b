import type { PersonalType } from "./redaction-policy.ts";

/** What a slot's value is by the words of its name, the first that fits. */
const types: readonly (readonly [RegExp, PersonalType])[] = [
  [/\be ?mail(?: address)?\b/u, "email"],
  [/\b(?:cvv2?|cvc2?|csc|cid|security code|card code)\b/u, "card-security-code"],
  [/\b(?:expiry|expiration|exp|valid until)\b/u, "card-expiry"],
  [/\b(?:postcode|post code|postal code|pin ?code|zip(?: code)?|zipcode|cep|address|street)\b/u, "address"],
  [/\b(?:pin|pin number|atm pin)\b/u, "pin"],
  [/\b(?:card number|card num|card no|pan number|credit card|debit card|cc number|ccnumber|cardnumber)\b/u, "card-number"],
  [
    /\b(?:password|passcode|passphrase|otp|secret|security answer|memorable word|mothers? maiden name|maiden name)\b/u,
    "password",
  ],
  [/\b(?:account number|account no|accountnumber|sort code|routing(?: number)?|iban|ifsc|swift)\b/u, "bank-account"],
  [
    /\b(?:ssn|social(?: security(?: number)?)?|nino|national insurance(?: number)?|nhs number|aadhaar|aadhar|cpf|cnpj|pan|dni|nie|bsn|pesel|tax id|passport(?: number)?|national id)\b/u,
    "national-id",
  ],
  [/\b(?:phone|telephone|mobile|cell)(?: number)?\b/u, "phone"],
  [/\b(?:date of birth|birth ?date|birthday|dob)\b/u, "birth-date"],
  [/\b(?:(?:first|last|full|customer|caller|user|sur) ?name|name|surname)\b/u, "name"],
];

/** The type of personal data that a bot's slot holds by its name; null where the name says nothing. */
export function slotType(name: string): PersonalType | null {
  const words = spaced(name).toLowerCase();
  return types.find(([pattern]) => pattern.test(words))?.[1] ?? null;
}

/** "CardNumber", "card_number" and "card-number" as words. */
export function spaced(name: string): string {
  return name.replaceAll(/(?<=[a-z])(?=[A-Z])|[_-]+/gu, " ");
}
