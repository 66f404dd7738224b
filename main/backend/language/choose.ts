import { EarmarkError } from "../../../app/contract/errors.ts";
import type { LanguageSettings } from "../../../app/contract/insight-views.ts";
import type { Clock, LanguageEngine } from "../../../app/ports.ts";
import type { RecordEgress } from "../speech/sagemaker/egress.ts";
import { type ComprehendOptions, createComprehend } from "./comprehend.ts";

/** What choosing needs from outside. */
export interface ChoiceOptions {
  readonly settings: () => LanguageSettings;
  readonly onEgress: RecordEgress;
  readonly clock: Clock;
  /** For tests: waits and patience of Comprehend. */
  readonly comprehend?: Partial<Pick<ComprehendOptions, "rule" | "random" | "patienceMs">>;
}

/** The reader that the settings ask for. */
export interface ChoosingLanguage extends LanguageEngine {
  /** Changes when the settings would have the same text read otherwise. */
  fingerprint(): readonly string[];
}

/** Settings of Comprehend under which one client stays open. */
function connectionKey({ profile, region, url, recogniser }: LanguageSettings): string {
  return JSON.stringify([profile, region, url, recogniser]);
}

/**
 * The reader that the settings ask for: this machine's, Comprehend, or (`auto`) Comprehend and, where that fails, this
 * machine's with the reason told. Whoever asks for Comprehend alone is told of its failure.
 */
export function createChoosingLanguage(options: ChoiceOptions): ChoosingLanguage {
  let remote: { readonly key: string; readonly engine: LanguageEngine } | null = null;
  // Loaded at the first reading: the libraries cost a start more than they are worth to it.
  let local: Promise<LanguageEngine> | undefined;
  const here = (): Promise<LanguageEngine> => {
    local ??= import("./local.ts").then(({ createLocalLanguage }) => createLocalLanguage());
    return local;
  };
  const elsewhere = async (settings: LanguageSettings): Promise<LanguageEngine> => {
    const key = connectionKey(settings);
    if (remote?.key === key) return remote.engine;
    const { profile, region, url, recogniser } = settings;
    const engine = createComprehend({
      connection: { profile, region, url },
      recogniser,
      onEgress: options.onEgress,
      clock: options.clock,
      local: await here(),
      ...options.comprehend,
    });
    // One that is still reading ends with its own client; a closed one only lets go of idle connections.
    remote = { key, engine };
    return engine;
  };
  return {
    async read(texts, occasion, attention) {
      const settings = options.settings();
      if (settings.engine === "local") return (await here()).read(texts, occasion, attention);
      const engine = await elsewhere(settings);
      if (settings.engine === "comprehend") return engine.read(texts, occasion, attention);
      try {
        return await engine.read(texts, occasion, attention);
      } catch (thrown) {
        if (!(thrown instanceof EarmarkError) || !failsOver.has(thrown.code) || texts.length === 0) throw thrown;
        const { readings } = await (await here()).read(texts, occasion, attention);
        return { readings, fallbacks: [{ reason: thrown.code, language: null, turns: texts.length }] };
      }
    },
    fingerprint() {
      const settings = options.settings();
      return settings.engine === "local" ? ["local"] : [settings.engine, connectionKey(settings)];
    },
    close() {
      remote?.engine.close();
      remote = null;
    },
  };
}

/** Failures of Comprehend after which this machine reads instead, where both are allowed. */
const failsOver: ReadonlySet<string> = new Set([
  "aws-credentials-missing",
  "aws-denied",
  "aws-not-found",
  "aws-throttled",
  "aws-unreachable",
  "engine-failed",
  "file-too-large",
]);
