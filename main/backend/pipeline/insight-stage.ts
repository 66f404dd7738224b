import { createHash } from "node:crypto";
import type { LanguageSettings } from "../../../app/contract/insight-views.ts";
import type { Transcript, Turn } from "../../../app/conversation/conversation.ts";
import { textToRead } from "../../../app/insight/entities.ts";
import {
  type InsightView,
  insightView,
  type LanguageReading,
  type ReadInsight,
  readInsightSchema,
} from "../../../app/insight/insight.ts";
import { type TermFinder, termFinder } from "../../../app/insight/terms.ts";
import type { LanguageText } from "../../../app/ports.ts";
import type { ChoosingLanguage } from "../language/choose.ts";
import type { TermFile, TermFiles } from "../language/term-files.ts";
import type { Store } from "../store/store.ts";
import { parseJson } from "../store/stored-json.ts";
import type { Stage } from "./queue.ts";
import { readRevision } from "./revision.ts";

/** What the stage works with. */
export interface InsightWorld {
  readonly store: Store;
  readonly language: ChoosingLanguage;
  readonly terms: TermFiles;
}

/** Names a turn's text as it was read. */
export function turnTextHash({ text }: Pick<Turn, "text">): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** Readings that are kept for as long as Earmark is open, so that a correction has only what it changed read again. */
const mostKept = 20_000;

/**
 * The stage that reads sentiment, entities and terms off the revision on screen, which holds redacted text alone. A
 * conversation that is corrected is read again; turns whose text is what it was are not sent anywhere a second time.
 */
export function insightStage({ store, language, terms }: InsightWorld): Stage {
  const kept = new Map<string, LanguageReading>();
  const finders = new WeakMap<TermFile, TermFinder>();
  const finderOf = (file: TermFile): TermFinder => {
    const known = finders.get(file) ?? termFinder(file.terms);
    finders.set(file, known);
    return known;
  };
  const mapFor = async (tag: string | null): Promise<TermFile | null> => {
    const { terms: path } = store.settings.get().language;
    return path === null ? null : terms.of(path, tag);
  };
  return {
    name: "insight",
    version: 1,
    resource: "cpu",
    needs: [],
    // A call that could not be heard has nothing to read, and a chat no roles.
    optional: ["parse", "align", "roles"],
    async facts({ conversationId }) {
      const { name, transcript } = readRevision(store, conversationId);
      return {
        revision: name,
        engine: language.fingerprint(),
        terms: (await mapFor(transcript.language))?.fingerprint ?? null,
      };
    },
    async run(context): Promise<ReadInsight> {
      const { transcript } = readRevision(store, context.conversationId);
      const begun = store.conversations.get(context.conversationId)?.startedAt ?? null;
      const spoken = transcript.turns.filter(({ text }) => /[\p{L}\p{N}]/u.test(text));
      if (spoken.length === 0) return { turns: [], fallbacks: [], badTerms: [] };
      const { identifyLanguage } = await import("../language/lexicons.ts");
      const whole = transcript.language ?? identifyLanguage(spoken.map(textToRead).join("\n").slice(0, 8_000));
      const texts = spoken.map((turn, index): LanguageText => {
        const before = spoken[index - 1];
        return {
          turnId: turn.id,
          text: textToRead(turn),
          language: turn.language ?? whole,
          before: before === undefined ? "" : textToRead(before),
        };
      });
      const engine = JSON.stringify([language.fingerprint(), begun]);
      const keyOf = ({ text, language: tag, before }: LanguageText): string =>
        createHash("sha256")
          .update(JSON.stringify([engine, text, tag, before]))
          .digest("hex");
      const open = texts.filter((text) => !kept.has(keyOf(text)));
      const { readings, fallbacks } = await language.read(
        open,
        { conversationId: context.conversationId, startedAt: begun === null ? null : new Date(begun) },
        context,
      );
      // What stood in for an engine that could not answer is not kept: next time that one may.
      const whyNot = fallbacks.some(({ reason }) => reason !== "language");
      const fresh = new Map(open.map((text, index) => [keyOf(text), readings[index]] as const));
      const bad = new Map<string, ReadInsight["badTerms"][number]>();
      const turns: ReadInsight["turns"] = [];
      for (const [index, text] of texts.entries()) {
        const turn = spoken[index];
        if (turn === undefined) continue;
        const key = keyOf(text);
        const reading = fresh.get(key) ?? kept.get(key) ?? { judgement: null, mentions: [] };
        if (!whyNot) kept.set(key, reading);
        const map = await mapFor(text.language);
        for (const row of map?.bad ?? []) bad.set(JSON.stringify(row), { ...row });
        turns.push({
          turnId: turn.id,
          textHash: turnTextHash(turn),
          language: text.language,
          judgement: reading.judgement,
          mentions: [...reading.mentions],
          terms: map === null ? [] : finderOf(map)(text.text),
        });
      }
      for (const key of kept.keys()) {
        if (kept.size <= mostKept) break;
        kept.delete(key);
      }
      return { turns, fallbacks: [...fallbacks], badTerms: [...bad.values()].slice(0, 100) };
    },
  };
}

/** How insight is counted, by the settings. */
export function insightChoice(settings: LanguageSettings) {
  return {
    formula: settings.formula,
    thresholds: { positive: settings.minPositive, negative: settings.minNegative },
    entityThresholds: { all: settings.entityThreshold, byType: settings.entityThresholds },
  };
}

/** What was made last of a transcript, by the transcript, and of a result, by its hash: one edit asks for the same several times. */
const shown = new WeakMap<Transcript, { readonly key: string; readonly view: InsightView }>();
const parsed = new Map<string, ReadInsight>();
/** Results that are remembered: as many conversations are at work at a time. */
const mostParsed = 12;

/** Sentiment, entities and terms of the revision on screen; null while they have not been read. */
export function readInsight(store: Store, conversationId: string): InsightView | null {
  const job = store.jobs.byConversation(conversationId);
  const result = job === null ? null : store.jobs.result(job.number, "insight");
  if (result === null) return null;
  const { transcript } = readRevision(store, conversationId);
  const choice = insightChoice(store.settings.get().language);
  const key = JSON.stringify([result.resultHash, choice]);
  const known = shown.get(transcript);
  if (known?.key === key) return known.view;
  const read = parsed.get(result.resultHash) ?? readInsightSchema.safeParse(parseJson(result.result)).data;
  if (read === undefined) return null;
  const [oldest] = parsed.keys();
  if (parsed.size >= mostParsed && oldest !== undefined) parsed.delete(oldest);
  parsed.set(result.resultHash, read);
  const view = insightView(read, transcript, choice, turnTextHash);
  shown.set(transcript, { key, view });
  return view;
}
