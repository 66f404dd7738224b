import type { Speaker } from "../../../app/conversation/search-query.ts";
import type { LibraryFigures } from "../../../app/insight/library-figures.ts";
import type { Store } from "./store.ts";

/** How many of what a made-up library holds. */
export interface GeneratedSize {
  readonly conversations: number;
  /** Turns of a conversation in the mean. */
  readonly turns: number;
}

const agents = Array.from(
  { length: 120 },
  (_, index) =>
    `Agent ${String.fromCharCode(65 + (index % 26))}${Math.floor(index / 26)} ${["Lee", "Novak", "Okafor", "Silva", "Haddad"][index % 5]}`,
);
const queues = ["Billing", "Cancellations", "Technical support", "Sales", "Complaints", "Orders"];
const languages = ["en-US", "en-GB", "de", "es", "fr", null];
const tags = ["late", "vip", "refund", "training", "dispute", "escalated"];
/** Words as a contact centre has them: a few in almost every turn, many seldom. */
const frequent =
  "the and you to I a it is my for that of your can have on we with please not will call account today thank".split(" ");
const usual =
  "cancel refund card number order delivery invoice contract payment address password internet router engineer appointment supervisor complaint discount renewal upgrade charge monthly broken waiting transfer confirm email phone never received wrong amount question help minute moment details security name date birth system check sorry problem".split(
    " ",
  );

/**
 * Fills a library with made-up conversations, the same for the same size: through the store, so that everything the list
 * and the search go by is there. Without transcripts and files: nothing of it can be opened or heard.
 */
export function generateLibrary(
  store: Store,
  { conversations, turns }: GeneratedSize,
  told: (done: number) => void = () => {},
): void {
  const random = randomFrom(7);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const word = (): string => {
    const chance = random();
    if (chance < 0.55) return pick(frequent);
    if (chance < 0.9) return pick(usual);
    return `item${Math.floor(random() * 20_000)}`;
  };
  const begun = Date.UTC(2024, 0, 1);
  const step = 500;
  for (let from = 0; from < conversations; from += step) {
    store.transaction(() => {
      for (let index = from; index < Math.min(conversations, from + step); index++) {
        const isChat = random() < 0.2;
        const durationMs = Math.round(60_000 + random() ** 3 * 1_800_000);
        const count = Math.max(2, Math.round(turns * (0.5 + random())));
        const { id } = store.conversations.insert({
          kind: isChat ? "chat" : "call",
          channel: isChat ? pick(["chat", "sms", "bot"] as const) : "voice",
          title: `${pick(usual)} ${pick(usual)} ${index}`,
          startedAt: new Date(begun + Math.floor(random() * 90_000_000_000)).toISOString(),
          timeZone: pick(["Europe/Berlin", "America/New_York", null]),
          source: { name: `call-${index}.wav`, sha256: index.toString(16).padStart(64, "0"), bytes: 1_000_000, format: "WAV" },
          durationMs,
          queue: pick(queues),
          direction: pick(["inbound", "inbound", "outbound", null] as const),
        });
        store.conversations.summarise(id, {
          language: pick(languages),
          agent: random() < 0.95 ? pick(agents) : null,
          customer: `Customer ${Math.floor(random() * 60_000)}`,
          turns: count,
          agentTalkShare: random(),
          nonTalkMs: Math.round(durationMs * random() * 0.5),
          interruptions: Math.floor(random() ** 3 * 20),
          lacksWords: random() < 0.01,
        });
        store.conversations.putFigures(id, figuresFor(index));
        store.search.index(
          id,
          Array.from({ length: count }, (_, turn) => ({
            id: `t${turn + 1}`,
            startMs: Math.round((turn * durationMs) / count),
            role: (turn % 2 === 0 ? "agent" : "customer") satisfies Speaker,
            text: Array.from({ length: 4 + Math.floor(random() * 8) }, word).join(" "),
          })),
        );
        if (random() < 0.15) store.tags.change([id], [pick(tags)], [], "Generator");
        if (random() < 0.3) store.reviews.finish(id, pick(agents), true);
        else if (random() < 0.02) store.reviews.assign([id], pick(agents), null, "Generator");
      }
    });
    told(Math.min(conversations, from + step));
  }
}

const topics = ["Cancellation", "Complaint", "Escalation asked for", "Payment taken", null];
const trends = ["up", "down", "flat", null] as const;

/** By number and not by chance, so that the conversations of one size stay what they were. */
function figuresFor(index: number): LibraryFigures {
  const sentiment = (spread: number) =>
    (index * spread) % 11 === 10
      ? null
      : { score: ((index * spread) % 101) / 10 - 5, trend: trends[(index * spread) % 4] ?? null, vendor: null };
  const topic = topics[index % 5] ?? null;
  return {
    agentSentiment: sentiment(37),
    customerSentiment: sentiment(53),
    topic: topic === null ? null : { name: topic, vendor: null },
  };
}

/** Numbers from 0 to 1, the same for the same seed: mulberry32 (public domain, T. Ettinger). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
