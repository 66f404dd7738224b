import { passesLuhn } from "./check-digits.ts";
import { redactionLabels } from "./redaction-policy.ts";

/*
 * File names are full of long numbers that are none of a card: times, telephone numbers, identifiers of contacts. So only
 * what cannot well be anything else is masked in one: digits together, or in groups as on a card, that begin as a card's
 * do, have its length, and pass its check.
 */

/** 13 to 19 digits, together or in groups of at least four, beside no other digit or letter. */
const written = /(?<![\p{L}\d.:-])(?:\d{13,19}|\d{4}([ -])(?:\d{4}\1){2}\d{1,7}|\d{4}([ -])\d{6}\2\d{5})(?![\d:-])/gu;
/** How the card networks' numbers begin: Visa, Mastercard, American Express, Discover, Diners Club, JCB, UnionPay, Maestro. */
const network =
  /^(?:4|5[1-5]|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)|3[47]|6011|64[4-9]|65|3(?:0[0-5]|[689])|35(?:2[89]|[3-8]\d)|62|50|5[6-8]|63|67)/u;

/** A file's name without card numbers; whatever else it says stays. */
export function redactFileName(name: string): string {
  return name.replaceAll(written, (found) => {
    const digits = found.replaceAll(/\D/gu, "");
    return network.test(digits) && passesLuhn(digits) ? redactionLabels["card-number"] : found;
  });
}
