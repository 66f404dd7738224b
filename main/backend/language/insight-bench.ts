// biome-ignore-all lint/suspicious/noConsole: a measurement prints what it measured
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import type { Conversation, Role, Turn, Word } from "../../../app/conversation/conversation.ts";
import { measure } from "../../../app/conversation/measures.ts";
import { categorise } from "../../../app/insight/categories.ts";
import { phrasesOf } from "../../../app/insight/drivers-phrases.ts";
import { textToRead } from "../../../app/insight/entities.ts";
import { tellingSpans } from "../../../app/insight/issues-actions.ts";
import { redactPersonalData } from "../../../app/insight/redaction.ts";
import type { Category } from "../../../app/insight/rules.ts";
import { readReadyMade } from "../category-handlers.ts";
import { earmarkFolder } from "../surroundings.ts";
import { createLocalLanguage } from "./local.ts";

/*
 * How long all that is read off a conversation's words takes on this machine: hiding personal data, sentiment and
 * entities, the ready-made categories, phrases for drivers, issues and actions. The words are those of the samples, put
 * together anew. Fails where it takes longer than Earmark promises.
 *
 * npm run bench -- insight [--chats 1000] [--messages 40] [--minutes 60] [--json]
 */

/** What Earmark promises of a call of an hour, and of a thousand chats of 40 messages, in milliseconds. */
const promisedMs = { call: 3_000, chats: 60_000 };

const { values: options } = parseArgs({
  options: {
    chats: { type: "string", default: "1000" },
    messages: { type: "string", default: "40" },
    minutes: { type: "string", default: "60" },
    json: { type: "boolean", default: false },
  },
});

const truthSchema = z.object({ turns: z.array(z.object({ text: z.string() })) });
const truths = join(earmarkFolder, "resources/samples/truth");
const said = readdirSync(truths)
  .filter((name) => name.endsWith(".json"))
  .flatMap((name) => truthSchema.safeParse(JSON.parse(readFileSync(join(truths, name), "utf8"))).data?.turns ?? [])
  .map(({ text }) => text)
  .filter((text) => text !== "");

/** Milliseconds a word takes in the made call. */
const wordMs = 380;

type Step = "personal data" | "sentiment and entities" | "categories" | "phrases" | "issues and actions";
const language = createLocalLanguage();
const readyMade = await readReadyMade(join(earmarkFolder, "resources"));

// The word list is opened, and the rules are read, once in the life of Earmark.
await insightOf(made(0, "chat", 4), readyMade);

const minutes = Number(options.minutes);
const call = await timed([made(1, "call", Math.round((minutes * 60_000) / wordMs))]);
const count = Number(options.chats);
const chats = await timed(Array.from({ length: count }, (_, number) => made(number, "chat", Number(options.messages))));
report(`a call of ${minutes} min`, call, promisedMs.call * Math.max(1, minutes / 60));
report(`${count} chats of ${options.messages} messages`, chats, (promisedMs.chats * count) / 1_000);

async function timed(conversations: readonly Conversation[]): Promise<Map<Step, number>> {
  const took = new Map<Step, number>();
  for (const conversation of conversations) await insightOf(conversation, readyMade, took);
  return took;
}

async function insightOf(raw: Conversation, categories: readonly Category[], took = new Map<Step, number>()): Promise<void> {
  let begun = performance.now();
  const step = (name: Step): void => {
    const now = performance.now();
    took.set(name, (took.get(name) ?? 0) + now - begun);
    begun = performance.now();
  };
  const { transcript } = redactPersonalData(raw);
  const conversation: Conversation = { ...raw, ...transcript };
  step("personal data");
  const texts = conversation.turns.map((turn, index) => ({
    turnId: turn.id,
    text: textToRead(turn),
    language: "en",
    before: conversation.turns[index - 1]?.text ?? "",
  }));
  const attention = { signal: new AbortController().signal, onProgress: () => undefined };
  await language.read(texts, { conversationId: raw.id, startedAt: new Date(0) }, attention);
  step("sentiment and entities");
  categorise({ conversation, sentiments: null }, categories);
  step("categories");
  phrasesOf(conversation, "customer");
  step("phrases");
  tellingSpans(conversation);
  step("issues and actions");
}

function report(what: string, took: ReadonlyMap<Step, number>, promised: number): void {
  const total = [...took.values()].reduce((sum, one) => sum + one, 0);
  if (options.json) console.log(JSON.stringify({ what, totalMs: total, promisedMs: promised, steps: Object.fromEntries(took) }));
  else {
    console.log(`${what}: ${(total / 1_000).toFixed(2)} s; ${(promised / 1_000).toFixed(2)} s are promised`);
    for (const [step, ms] of took) console.log(`  ${(ms / 1_000).toFixed(2).padStart(7)} s  ${step}`);
  }
  if (total <= promised) return;
  console.error(`${what} takes longer than is promised.`);
  process.exitCode = 1;
}

/** A conversation of what the samples say, the same for the same number: `length` is in words for a call, in messages for a chat. */
function made(number: number, kind: "call" | "chat", length: number): Conversation {
  const turns: Turn[] = [];
  let at = 0;
  for (let index = 0, words = 0; (kind === "call" ? words : index) < length; index++) {
    const text = said[(number * 31 + index * 7) % said.length] ?? "";
    const spoken = kind === "chat" ? [] : text.split(" ").map((one, place) => wordAt(one, index, place, at));
    const endMs = kind === "chat" ? at : at + wordMs * spoken.length;
    turns.push({
      id: `t${index}`,
      participantId: index % 2 === 0 ? "agent" : "customer",
      startMs: at,
      endMs,
      text,
      words: spoken,
      speakerConfidence: null,
    });
    words += spoken.length;
    at = kind === "chat" ? at + 10_000 : endMs;
  }
  const participants = (["agent", "customer"] satisfies Role[]).map((role, channel) => ({
    id: role,
    role,
    roleConfidence: null,
    name: null,
    channel,
  }));
  return {
    id: `c${number}`,
    kind,
    channel: kind === "call" ? "voice" : "chat",
    title: "",
    startedAt: null,
    timeZone: null,
    importedAt: new Date(0).toISOString(),
    source: { name: "made", sha256: "", bytes: 0, format: "" },
    durationMs: at,
    language: "en",
    participants,
    turns,
    shortfalls: [],
    provenance: null,
    measures: measure(at, participants, turns),
  };
}

function wordAt(text: string, turn: number, place: number, turnMs: number): Word {
  const startMs = turnMs + wordMs * place;
  return { id: `w${turn}.${place}`, text, startMs, endMs: startMs + wordMs - 40, confidence: 0.9 };
}
