import type { Role, VendorFinding } from "../conversation/conversation.ts";
import { at } from "./import-notes.ts";
import { type DraftSentiment, type DraftTurn, numberOrNull } from "./imported.ts";
import { type DraftFinding, findingLists } from "./vendor-findings.ts";

/*
 * What Contact Lens found in a chat. It points at messages by their ids: the mood of a group of one side's messages, the
 * items of its summary, and where its categories were met.
 * https://docs.aws.amazon.com/connect/latest/adminguide/contact-lens-output-file-locations.html
 */

/** Longest list that is read of a file. */
const mostItems = 10_000;

/** The turns with the mood of each message, and what was found in it. `ids` are the messages' ids, turn by turn. */
export function withChatFindings(file: unknown, turns: readonly DraftTurn[], ids: readonly string[]): DraftTurn[] {
  const moods = moodsById(at(file, "ConversationCharacteristics.Sentiment"));
  const findings = findingsById(file);
  return turns.map((turn, index): DraftTurn => {
    const id = ids[index] ?? "";
    const mood = id === "" ? undefined : moods.get(id);
    const found = id === "" ? undefined : findings.get(id);
    return {
      ...turn,
      ...(mood === undefined ? {} : { vendor: mood }),
      ...(found === undefined ? {} : { found: [...(turn.found ?? []), ...found] }),
    };
  });
}

/** Amazon's figures of each side, from -5 to 5: of the whole chat, and its shift from the beginning to the end. */
export function chatSentiment(file: unknown, turns: readonly DraftTurn[]): DraftSentiment[] {
  const sentiment = at(file, "ConversationCharacteristics.Sentiment");
  const sides: readonly (readonly [string, Role])[] = [
    ["AGENT", "agent"],
    ["CUSTOMER", "customer"],
  ];
  return sides.flatMap(([name, role]): DraftSentiment[] => {
    const figure = (path: string): number | null => numberOrNull.parse(at(sentiment, path)) ?? null;
    const score = figure(`OverallSentiment.DetailsByParticipantRole.${name}`) ?? figure(`OverallSentiment.${name}`);
    const key = turns.find(({ speaker }) => speaker.role === role)?.speaker.key;
    if (score === null || key === undefined) return [];
    const begin = figure(`SentimentShift.DetailsByParticipantRole.${name}.BeginScore`);
    const end = figure(`SentimentShift.DetailsByParticipantRole.${name}.EndScore`);
    return [{ key, score, change: begin === null || end === null ? null : end - begin, quarters: [] }];
  });
}

function moodsById(sentiment: unknown): Map<string, NonNullable<DraftTurn["vendor"]>> {
  const moods = new Map<string, NonNullable<DraftTurn["vendor"]>>();
  for (const group of listAt(sentiment, "DetailsByTranscriptItemGroup")) {
    const label = at(group, "Sentiment");
    const score = numberOrNull.parse(at(group, "ProgressiveScore")) ?? null;
    if (typeof label !== "string" && score === null) continue;
    const mood = { label: typeof label === "string" ? label.toLowerCase().slice(0, 40) : null, score };
    for (const { id } of itemsOf(group)) moods.set(id, mood);
  }
  return moods;
}

function findingsById(file: unknown): Map<string, DraftFinding[]> {
  const found = new Map<string, DraftFinding[]>();
  const note = (id: string, finding: DraftFinding): void => {
    const known = found.get(id);
    if (known === undefined) found.set(id, [finding]);
    else known.push(finding);
  };
  const all = (raw: unknown, kind: VendorFinding["kind"], name: string): void => {
    for (const { id, from, to } of itemsOf(raw)) note(id, { kind, name, from, to });
  };
  for (const summary of listAt(file, "ConversationCharacteristics.ContactSummary.SummaryItemsDetected"))
    for (const [key, kind] of findingLists) for (const one of listAt(summary, key)) all(one, kind, "");
  const details = at(file, "Categories.MatchedDetails");
  if (typeof details === "object" && details !== null)
    for (const [name, detail] of Object.entries(details))
      for (const point of listAt(detail, "PointsOfInterest")) all(point, "category", name.slice(0, 200));
  return found;
}

/** Messages that something points at, with the characters where the file says them. */
function itemsOf(raw: unknown): { id: string; from: number; to: number }[] {
  return listAt(raw, "TranscriptItems").flatMap((item) => {
    const id = at(item, "Id");
    if (typeof id !== "string" || id === "") return [];
    const from = numberOrNull.parse(at(item, "CharacterOffsets.BeginOffsetChar")) ?? null;
    const to = numberOrNull.parse(at(item, "CharacterOffsets.EndOffsetChar")) ?? null;
    return [{ id, from: from ?? 0, to: from === null || to === null ? Number.MAX_SAFE_INTEGER : to }];
  });
}

function listAt(value: unknown, path: string): readonly unknown[] {
  const list = at(value, path);
  return Array.isArray(list) ? list.slice(0, mostItems) : [];
}
