import { setImmediate as turnOfEvents } from "node:timers/promises";
import { throwIfCancelled } from "../../../app/contract/errors.ts";
import { findLocalEntities } from "../../../app/insight/entities-local.ts";
import type { LanguageReading } from "../../../app/insight/insight.ts";
import { judgeByLexicon } from "../../../app/insight/sentiment-lexicon.ts";
import type { LanguageEngine } from "../../../app/ports.ts";
import { lexiconOf } from "./lexicons.ts";

/** Raised when the same text would be read otherwise. */
export const localVersion = 1;

/** How long this reads without letting the rest of Earmark have a turn, in milliseconds. */
const atOnceMs = 12;

/** The reader of this machine: word lists and rules, in the process that asks, a few turns at a time. */
export function createLocalLanguage(): LanguageEngine {
  return {
    async read(texts, { startedAt }, { signal, onProgress }) {
      const readings: LanguageReading[] = [];
      let begun = performance.now();
      for (const { text, language, before } of texts) {
        const [main = ""] = language?.toLowerCase().split("-") ?? [];
        const lexicon = await lexiconOf(main);
        readings.push({
          judgement: lexicon === null ? null : judgeByLexicon(text, main, lexicon),
          mentions: findLocalEntities(text, { language: language ?? "", startedAt, before }),
        });
        if (performance.now() - begun < atOnceMs) continue;
        onProgress(readings.length / texts.length);
        await turnOfEvents();
        throwIfCancelled(signal);
        begun = performance.now();
      }
      return { readings, fallbacks: [] };
    },
    close: () => undefined,
  };
}
