import type { DriverConversation } from "./drivers.ts";

/*
 * Topics without a model: phrases that are said in the same conversations are of one thing. Counting alone, so that anybody
 * can see why a phrase belongs to a topic.
 */

/** Phrases that belong together, the most frequent first. */
export interface Topic {
  readonly phrases: readonly string[];
}

/** What grouping looks at. */
export interface TopicOptions {
  /** Conversations that a phrase has at least; 3 unless told. */
  readonly least?: number;
  /** From which Jaccard index (shared conversations of all of both) two phrases belong together; 0.4 unless told. */
  readonly alike?: number;
  /** A phrase of more than this share of the conversations is of everything; 0.5 unless told. */
  readonly mostShare?: number;
}

/** Phrases that are looked at, the most frequent first: each is compared with the topics found so far. */
const mostPhrases = 150;
/** Phrases that name a topic and find its conversations. */
const mostOfTopic = 6;

/**
 * Groups phrases by the conversations they share (leader clustering by the Jaccard index, the most frequent phrase of a group
 * leading it). A phrase alone is no topic. Takes the phrases with the conversations of each, out of `all` conversations.
 */
export function topicsOf(
  phrases: readonly { readonly term: string; readonly conversationIds: readonly string[] }[],
  all: number,
  { least = 3, alike = 0.4, mostShare = 0.5 }: TopicOptions = {},
): Topic[] {
  const frequent = phrases
    .filter(({ conversationIds }) => conversationIds.length >= least && conversationIds.length <= all * mostShare)
    .toSorted((a, b) => b.conversationIds.length - a.conversationIds.length || (a.term < b.term ? -1 : 1))
    .slice(0, mostPhrases);
  const groups: { readonly phrases: string[]; readonly ids: ReadonlySet<string> }[] = [];
  for (const { term, conversationIds } of frequent) {
    let best: (typeof groups)[number] | null = null;
    let bestIndex = alike;
    for (const group of groups) {
      // The smaller set can share no more than all of itself: most pairs need no counting.
      const [few, many] = [group.ids.size, conversationIds.length].toSorted((a, b) => a - b);
      if ((few ?? 0) < bestIndex * (many ?? 0)) continue;
      const index = jaccard(group.ids, conversationIds);
      if (index >= bestIndex) {
        best = group;
        bestIndex = index;
      }
    }
    if (best === null) groups.push({ phrases: [term], ids: new Set(conversationIds) });
    else best.phrases.push(term);
  }
  return groups.filter((group) => group.phrases.length > 1).map((group) => ({ phrases: group.phrases.slice(0, mostOfTopic) }));
}

/** How alike two sets are: what both hold, of what either holds. */
function jaccard(one: ReadonlySet<string>, other: readonly string[]): number {
  let both = 0;
  for (const id of other) if (one.has(id)) both += 1;
  return both / (one.size + other.length - both);
}

/** The conversations with their topics in the place of their phrases: whoever says any phrase of a topic speaks of it. */
export function withTopics(conversations: readonly DriverConversation[], topics: readonly Topic[]): DriverConversation[] {
  const topicsOfPhrase = new Map<string, string[]>();
  for (const { phrases } of topics) {
    const term = phrases.join("\n");
    for (const phrase of phrases) topicsOfPhrase.set(phrase, [...(topicsOfPhrase.get(phrase) ?? []), term]);
  }
  return conversations.map(({ id, at, terms }) => ({
    id,
    at,
    terms: [...new Set(terms.flatMap((term) => topicsOfPhrase.get(term) ?? []))],
  }));
}
