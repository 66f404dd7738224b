import { type ReadRevision, stalenessFinder } from "../../../app/conformity/evidence.ts";
import type { Writing } from "../../../app/conformity/writing/writing.ts";
import { evidenceOfQuotes } from "../../../app/conformity/writing/written.ts";
import type { ShownEvidence } from "../../../app/contract/conformity-views.ts";
import type { WritingView } from "../../../app/contract/writing-views.ts";
import type { Conversation } from "../../../app/conversation/conversation.ts";
import { redactText } from "../../../app/insight/redaction.ts";
import type { RedactionPolicy } from "../../../app/insight/redaction-policy.ts";
import { extractSummary } from "../../../app/insight/summary.ts";
import { evidenceShower } from "../pipeline/evaluator.ts";

/** What showing writings of a conversation works with. */
export interface ShownOn {
  readonly read: ReadRevision;
  readonly policy: RedactionPolicy;
  /** The version that a prompt is in now; null where it is gone. */
  readonly versionOf: (promptId: string) => number | null;
}

/** Shows writings as they stand on the revision on screen: what they rest on now, and what does not hold any more. */
export function writingShower({
  read,
  policy,
  versionOf,
}: ShownOn): (writing: Writing, named: Pick<WritingView, "id" | "at" | "earlier">) => WritingView {
  const show = evidenceShower(read);
  const stale = stalenessFinder(read);
  const hide = (text: string): string => redactText(text, policy);
  return (writing, named) => {
    const { evidence, searched, hidden: _, promptHash: __, ...kept } = writing;
    const quotes = evidence.map((one) => ({ ...show(one), stale: stale.evidence(one) }));
    return {
      ...kept,
      ...named,
      value: valueHidden(kept.value, hide),
      justification: hide(kept.justification),
      quotes,
      searched: searched.map(({ what }) => hide(what)),
      stale: [...quotes.flatMap((one) => one.stale ?? []), ...searched.flatMap((one) => stale.absence(one) ?? [])],
      latestVersion: versionOf(writing.prompt.id),
    };
  };
}

/** A value whose texts are hidden by the present policy: it may hide more than the one it was written under. */
function valueHidden(value: Writing["value"], hide: (text: string) => string): Writing["value"] {
  switch (value?.kind) {
    case "text":
      return { ...value, text: hide(value.text) };
    case "list":
      return {
        ...value,
        items: value.items.map(({ fields, quotes }) => ({
          fields: Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, hide(text)])),
          quotes,
        })),
      };
    default:
      return value ?? null;
  }
}

/** Summaries of revisions: the same revision is asked for again and again. */
const picked = new WeakMap<Conversation["turns"], readonly ShownEvidence[]>();

/** The sentences that tell most of a revision, as they were said: a summary that needs no language model. */
export function pickedSentences(read: ReadRevision): ShownEvidence[] {
  const { turns } = read.conversation;
  const known = picked.get(turns);
  if (known !== undefined) return [...known];
  // Messages of one moment have an order that their times do not tell.
  const order = new Map(turns.map(({ id }, place) => [id, place]));
  const quotes = extractSummary(read.conversation)
    .map((one) => ({ ...one, wordIds: [...one.wordIds] }))
    .sort((a, b) => (order.get(a.turnId) ?? 0) - (order.get(b.turnId) ?? 0) || a.startMs - b.startMs);
  const found = evidenceOfQuotes(quotes, read).map(evidenceShower(read));
  picked.set(turns, found);
  return found;
}
