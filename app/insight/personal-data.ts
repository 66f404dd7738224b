import { findCodes, findForms, findNumbers, findPhones } from "./personal-numbers.ts";
import { findAddresses, findBirthDates } from "./personal-places.ts";
import { type PersonalReading, readPersonal } from "./personal-reading.ts";
import { findEmails, findNames, findSecrets } from "./personal-words.ts";
import { findCardData } from "./redaction-cards.ts";
import { type Finding, redactionRules } from "./redaction-findings.ts";
import type { RedactionPolicy } from "./redaction-policy.ts";
import type { TurnTimes, Writing } from "./redaction-reading.ts";

/**
 * Everything in one writing of a conversation that a policy hides. Card numbers that were found are added to `known`, and
 * parts of known ones are found.
 */
export function findPersonalData(
  turns: readonly TurnTimes[],
  writing: readonly Writing[],
  known: string[],
  policy: RedactionPolicy,
): readonly Finding[] {
  const hides = ({ type }: Finding) => policy[type] !== "keep";
  const cards = findCardData(turns, writing, known);
  const others = cards.length === 0 ? [] : surelyNoCards(readPersonal(turns, writing, [])).filter(hides);
  // What has the check digits of another number and is called by its name is that; where that were kept it stays a card.
  const sure = cards.filter(
    (card) => !others.some(({ turn, start, end }) => turn === card.turn && start <= card.start && end >= card.end),
  );
  const reading = readPersonal(turns, writing, sure);
  // What is surest is looked for first, and no word is two things. What is kept is found all the same: a telephone
  // number is no account number.
  findEmails(reading);
  findForms(reading);
  findBirthDates(reading);
  findAddresses(reading);
  findCodes(reading);
  findPhones(reading);
  findSecrets(reading);
  findNumbers(reading);
  findNames(reading);
  return [...sure, ...reading.findings].filter(hides);
}

/** Numbers that pass the check of what they are called, and telephone numbers with their country. */
function surelyNoCards(reading: PersonalReading): Finding[] {
  findForms(reading);
  findPhones(reading);
  findNumbers(reading);
  return reading.findings.filter(({ rule }) => redactionRules[rule] === "check-digit" || rule.startsWith("phone-"));
}
