import type { EntityGroup } from "./entities.ts";

// Whose name or number it was says nothing of what customers call about, and a list of them would be a list of people.
const passedOver: ReadonlySet<string> = new Set([
  "PERSON",
  "DATE",
  "NUMBER",
  "QUANTITY",
  "PERCENTAGE",
  "PHONE",
  "EMAIL",
  "URL",
  "ORDER_NUMBER",
  "ACCOUNT_NUMBER",
]);

/** What a conversation names that can drive contacts, each once: the kind, a tab, and the value. People and numbers are left out. */
export function entityTerms(groups: readonly Pick<EntityGroup, "type" | "value">[]): string[] {
  const plain = (text: string): string => text.replaceAll(/\s+/gu, " ").trim();
  return [
    ...new Set(groups.filter(({ type }) => !passedOver.has(type)).map(({ type, value }) => `${plain(type)}\t${plain(value)}`)),
  ];
}
