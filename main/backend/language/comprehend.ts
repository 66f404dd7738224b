import { createHash } from "node:crypto";
import { z } from "zod";
import { EarmarkError, throwIfCancelled } from "../../../app/contract/errors.ts";
import { type EntityMention, foldedKey } from "../../../app/insight/entities.ts";
import { findAmounts, findPercentages, numberValue } from "../../../app/insight/entities-values.ts";
import type { Fallback, LanguageReading } from "../../../app/insight/insight.ts";
import type { Judgement } from "../../../app/insight/sentiment.ts";
import type { Clock, LanguageEngine, LanguageOccasion, LanguageText } from "../../../app/ports.ts";
import { type AttemptRule, createPlaces, pause, withAttempts } from "../speech/sagemaker/attempts.ts";
import { awsFailure } from "../speech/sagemaker/aws-failure.ts";
import type { RecordEgress } from "../speech/sagemaker/egress.ts";
import { type Comprehend, type ComprehendConnection, openComprehend } from "./comprehend-client.ts";
import { largestBatch, type Piece, piecesOf, unitOffsets } from "./pieces.ts";

/*
 * Amazon Comprehend over the SDK. Texts go in batches by language; what a batch could not answer is asked again alone; what
 * stays without an answer, and what is in a language that Comprehend lacks, is read by the reader passed in, and told.
 */

/** Languages of Comprehend's sentiment and entities. Source: "Languages supported in Amazon Comprehend". */
export const comprehendLanguages: ReadonlySet<string> = new Set([
  "de",
  "en",
  "es",
  "it",
  "pt",
  "fr",
  "ja",
  "ko",
  "hi",
  "ar",
  "zh",
  "zh-TW",
]);

/** Shortest text that is sent: PCA's 8 characters. Shorter ones are read here. */
export const shortestText = 8;

/** What Comprehend needs from outside. */
export interface ComprehendOptions {
  readonly connection: ComprehendConnection;
  /** A custom recogniser's endpoint, asked beside Comprehend's own entities. */
  readonly recogniser: string | null;
  readonly onEgress: RecordEgress;
  readonly clock: Clock;
  /** Reads what Comprehend does not, and what it has no names for: amounts, numbers, addresses. */
  readonly local: LanguageEngine;
  /** 0 to 1, for the spread of waits. */
  readonly random?: () => number;
  readonly rule?: AttemptRule;
  /** How long an answer may take, in milliseconds. */
  readonly patienceMs?: number;
}

/** Five attempts over some ten seconds: Comprehend's limits are a few requests a second. */
const usualRule: AttemptRule = { attempts: 5, firstMs: 500, longestMs: 8_000 };

/** Batches on their way at a time. */
const atATime = 4;

interface Sent extends Piece {
  /** Which text it is of. */
  readonly of: number;
  readonly language: string;
}

const share = z.number().min(0).max(1);
const sentimentAnswer = z.object({
  ResultList: z.array(
    z.object({
      Index: z.int().min(0),
      SentimentScore: z.object({ Positive: share, Negative: share, Neutral: share, Mixed: share }),
    }),
  ),
});
const entitySchema = z.object({
  Score: share,
  Type: z.string().min(1).max(100),
  BeginOffset: z.int().min(0),
  EndOffset: z.int().min(0),
});
const entityAnswer = z.object({ ResultList: z.array(z.object({ Index: z.int().min(0), Entities: z.array(entitySchema) })) });
const recognised = z.object({ Entities: z.array(entitySchema) });

/** The code that Comprehend knows a language by; null for one that it lacks. */
export function comprehendLanguage(tag: string | null): string | null {
  if (tag === null) return null;
  const [main = "", ...rest] = tag.toLowerCase().split("-");
  const traditional = main === "zh" && rest.some((part) => ["tw", "hk", "mo", "hant"].includes(part));
  const code = traditional ? "zh-TW" : main;
  return comprehendLanguages.has(code) ? code : null;
}

/** The reader that asks Amazon Comprehend. */
export function createComprehend(options: ComprehendOptions): LanguageEngine {
  const { onEgress, clock, local, recogniser, connection } = options;
  const random = options.random ?? Math.random;
  const rule = options.rule ?? usualRule;
  let opened: Promise<Comprehend> | undefined;
  const open = (): Promise<Comprehend> => {
    opened ??= openComprehend(connection, options.patienceMs).catch((thrown: unknown) => {
      opened = undefined;
      throw awsFailure(thrown, { service: "comprehend", operation: "BatchDetectSentiment" });
    });
    return opened;
  };

  type Operation = "BatchDetectSentiment" | "BatchDetectEntities" | "DetectEntities";
  const ask = async <T>(
    operation: Operation,
    content: readonly string[],
    conversationId: string,
    schema: z.ZodType<T>,
    send: (comprehend: Comprehend, signal: AbortSignal) => Promise<unknown>,
    signal: AbortSignal,
  ): Promise<T> => {
    const bytes = Buffer.from(content.join("\n"), "utf8");
    await onEgress({
      at: new Date(clock.now()).toISOString(),
      service: "comprehend",
      operation,
      region: connection.region,
      destination: operation === "DetectEntities" && recogniser !== null ? recogniser : (connection.url ?? "comprehend"),
      fields: ["turns.text"],
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      conversationId,
    });
    const comprehend = await open();
    const answer = await withAttempts(
      async () => {
        try {
          return await send(comprehend, signal);
        } catch (thrown) {
          throw awsFailure(thrown, { service: "comprehend", operation });
        }
      },
      rule,
      signal,
      random,
    );
    const parsed = schema.safeParse(answer);
    if (parsed.success) return parsed.data;
    throw new EarmarkError("engine-failed", `Comprehend's answer to ${operation} is none.`, { service: "comprehend", operation });
  };

  /** Asks a batch and, for what it lacks, again with that alone. Answers by place in the batch; what stays without one is absent. */
  const askBatch = async <T>(
    operation: "BatchDetectSentiment" | "BatchDetectEntities",
    batch: readonly Sent[],
    { conversationId }: LanguageOccasion,
    signal: AbortSignal,
    read: (answer: unknown) => readonly (readonly [index: number, value: T])[],
    schema: z.ZodType,
  ): Promise<Map<number, T>> => {
    const found = new Map<number, T>();
    let open: number[] = batch.map((_, index) => index);
    for (let round = 1; open.length > 0 && round <= rule.attempts; round++) {
      if (round > 1) await pause(Math.min(rule.longestMs, rule.firstMs * 2 ** (round - 2)) * (0.5 + random() / 2), signal);
      const asked = open;
      const texts = asked.map((index) => batch[index]?.text ?? "");
      const [first] = batch;
      const answer = await ask(
        operation,
        texts,
        conversationId,
        schema,
        ({ client, commands }, abortSignal) => {
          const input = { TextList: texts, LanguageCode: (first?.language ?? "en") as "en" };
          return operation === "BatchDetectSentiment"
            ? client.send(new commands.BatchDetectSentimentCommand(input), { abortSignal })
            : client.send(new commands.BatchDetectEntitiesCommand(input), { abortSignal });
        },
        signal,
      );
      for (const [index, value] of read(answer)) {
        const place = asked[index];
        if (place !== undefined) found.set(place, value);
      }
      open = asked.filter((index) => !found.has(index));
    }
    return found;
  };

  const entitiesOf = (sent: Sent, entities: readonly z.infer<typeof entitySchema>[], source: EntityMention["source"]) => {
    const units = unitOffsets(sent.text);
    return entities.flatMap(({ Score, Type, BeginOffset, EndOffset }): EntityMention[] => {
      const start = units(BeginOffset);
      const end = units(EndOffset);
      const text = sent.text.slice(start, end);
      // An entity that is nothing but a mask, or outside of the text, is none.
      if (end <= start || !/[\p{L}\p{N}]/u.test(text)) return [];
      return [{ type: Type, start: sent.at + start, end: sent.at + end, score: Score, source, key: valueKey(text) }];
    });
  };

  return {
    async read(texts, occasion, { signal, onProgress }) {
      const sent = texts.flatMap((text, of): Sent[] => {
        const language = comprehendLanguage(text.language);
        if (language === null || text.text.trim().length < shortestText || !/[\p{L}\p{N}]/u.test(text.text)) return [];
        return piecesOf(text.text).map((piece) => ({ ...piece, of, language }));
      });
      const batches = inBatches(sent);
      const recogniserAsks = recogniser === null ? [] : sent;
      const steps = 2 * batches.length + recogniserAsks.length;
      let done = 0;
      const step = (): void => onProgress(++done / Math.max(1, steps + 1));

      const judged = new Map<number, { judgement: Judgement; bytes: number }[]>();
      const missed = new Set<number>();
      const mentions = new Map<number, EntityMention[]>();
      const add = (of: number, more: readonly EntityMention[]): void =>
        void mentions.set(of, [...(mentions.get(of) ?? []), ...more]);

      // What fails stops the others: nothing more is sent once an answer says that nothing will come of it.
      const stop = new AbortController();
      const either = AbortSignal.any([signal, stop.signal]);
      const places = createPlaces(atATime);
      const work = [
        ...batches.map((batch) => async () => {
          const answers = await askBatch("BatchDetectSentiment", batch, occasion, either, readSentiment, sentimentAnswer);
          for (const [index, one] of batch.entries()) {
            const judgement = answers.get(index);
            if (judgement === undefined) missed.add(one.of);
            else judged.set(one.of, [...(judged.get(one.of) ?? []), { judgement, bytes: one.bytes }]);
          }
        }),
        ...batches.map((batch) => async () => {
          const answers = await askBatch("BatchDetectEntities", batch, occasion, either, readEntities, entityAnswer);
          for (const [index, one] of batch.entries()) {
            const entities = answers.get(index);
            if (entities === undefined) missed.add(one.of);
            else add(one.of, entitiesOf(one, entities, "comprehend"));
          }
        }),
        ...recogniserAsks.map((one) => async () => {
          const { Entities } = await ask(
            "DetectEntities",
            [one.text],
            occasion.conversationId,
            recognised,
            ({ client, commands }, abortSignal) =>
              client.send(new commands.DetectEntitiesCommand({ Text: one.text, EndpointArn: recogniser ?? "" }), { abortSignal }),
            either,
          );
          add(one.of, entitiesOf(one, Entities, "recogniser"));
        }),
      ];
      let failure: unknown = null;
      await Promise.all(
        work.map((job) =>
          places.take(job, either).then(step, (thrown: unknown) => {
            failure ??= thrown;
            stop.abort();
          }),
        ),
      );
      throwIfCancelled(signal);
      if (failure !== null) throw failure;

      // Patterns that Comprehend has no names for are found here for all; moods only of what it did not judge.
      const own = await local.read(texts, occasion, { signal, onProgress: () => undefined });
      const fallbacks: Fallback[] = [];
      const lacking = new Map<string | null, number>();
      const readings = texts.map((text, of): LanguageReading => {
        const here = own.readings[of] ?? { judgement: null, mentions: [] };
        const parts = judged.get(of) ?? [];
        const whole = parts.length > 0 && !missed.has(of);
        if (!whole && comprehendLanguage(text.language) === null && /\p{L}/u.test(text.text)) {
          lacking.set(text.language, (lacking.get(text.language) ?? 0) + 1);
        }
        if (!whole) return here;
        const patterns = here.mentions.filter(({ type }) => !named.has(type));
        return { judgement: joined(parts), mentions: [...(mentions.get(of) ?? []), ...patterns] };
      });
      for (const [language, turns] of lacking) fallbacks.push({ reason: "language", language, turns });
      if (missed.size > 0) fallbacks.push({ reason: "partial", language: null, turns: missed.size });
      return { readings, fallbacks };
    },
    close() {
      opened?.then(({ client }) => client.destroy()).catch(() => undefined);
      local.close();
    },
  };
}

/** Kinds that Comprehend names itself: what this machine thinks of them is left out where Comprehend has answered. */
const named: ReadonlySet<string> = new Set(["PERSON", "LOCATION", "ORGANIZATION", "DATE"]);

/** What groups an entity: its value where it is an amount, a share or a number, else its words. */
function valueKey(text: string): string {
  const [value] = [...findAmounts(text), ...findPercentages(text)].filter(({ start, end }) => start === 0 && end === text.length);
  return value?.key ?? numberValue(text)?.toString() ?? foldedKey(text);
}

function inBatches(sent: readonly Sent[]): Sent[][] {
  const byLanguage = new Map<string, Sent[]>();
  for (const one of sent) byLanguage.set(one.language, [...(byLanguage.get(one.language) ?? []), one]);
  return [...byLanguage.values()].flatMap((all) => {
    const batches: Sent[][] = [];
    for (let at = 0; at < all.length; at += largestBatch) batches.push(all.slice(at, at + largestBatch));
    return batches;
  });
}

function readSentiment(answer: unknown): (readonly [number, Judgement])[] {
  return sentimentAnswer.parse(answer).ResultList.map(({ Index, SentimentScore: { Positive, Negative, Neutral, Mixed } }) => [
    Index,
    {
      shares: { positive: Positive, negative: Negative, neutral: Neutral, mixed: Mixed },
      by: "comprehend",
      confidence: Math.max(Positive, Negative, Neutral, Mixed),
    },
  ]);
}

function readEntities(answer: unknown): (readonly [number, z.infer<typeof entitySchema>[]])[] {
  return entityAnswer.parse(answer).ResultList.map(({ Index, Entities }) => [Index, Entities]);
}

/** The judgement of a text that was judged in pieces: each counts by its length. */
function joined(parts: readonly { readonly judgement: Judgement; readonly bytes: number }[]): Judgement {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const of = (name: keyof Judgement["shares"]): number =>
    Math.min(1, parts.reduce((sum, part) => sum + part.judgement.shares[name] * part.bytes, 0) / Math.max(1, bytes));
  const shares = { positive: of("positive"), negative: of("negative"), neutral: of("neutral"), mixed: of("mixed") };
  return { shares, by: "comprehend", confidence: Math.max(...Object.values(shares)) };
}

/** Texts for a trial, which say nothing of anybody. */
export const trialText: LanguageText = {
  turnId: "trial",
  text: "Earmark asks whether it may use this service.",
  language: "en",
  before: "",
};
