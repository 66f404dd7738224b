import { EarmarkError } from "../../../app/contract/errors.ts";
import type { LanguageSettings, LanguageTrial } from "../../../app/contract/insight-views.ts";
import type { Clock } from "../../../app/ports.ts";
import { awsFailure } from "../speech/sagemaker/aws-failure.ts";
import type { RecordEgress } from "../speech/sagemaker/egress.ts";
import { trialSteps } from "../trial-steps.ts";
import { trialText } from "./comprehend.ts";
import { openComprehend } from "./comprehend-client.ts";
import { createLocalLanguage } from "./local.ts";
import type { TermFile, TermFiles } from "./term-files.ts";

/** Languages that a string map of their own is looked for. */
const mappedLanguages = ["en", "es", "pt", "fr", "de", "it", "nl", "hi", "cy"] as const;
/** Rows that cannot be used and are told of. */
const mostRows = 200;

/** What a trial needs. */
export interface TryLanguageOptions {
  readonly settings: LanguageSettings;
  readonly terms: TermFiles;
  readonly onEgress: RecordEgress;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly patienceMs?: number;
}

/**
 * Tries the settings of language, step by step, with one real call for each thing that Comprehend is asked: a sentence
 * that says nothing of anybody is sent. What is missing (credentials, permission, region) stands in the step's failure.
 */
export async function tryLanguage(options: TryLanguageOptions): Promise<LanguageTrial[]> {
  const { settings, terms, signal } = options;
  const { trials, step, skip } = trialSteps<LanguageTrial["step"]>(signal);
  const bad: TermFile["bad"][number][] = [];
  const told = (): LanguageTrial[] =>
    trials.map((one) => (one.step === "terms" && bad.length > 0 ? { ...one, badRows: bad.slice(0, mostRows) } : one));
  const local = createLocalLanguage();
  const quiet = { signal, onProgress: () => undefined };
  const nowhere = { conversationId: "trial", startedAt: null };

  await step("local", async () => {
    const { readings } = await local.read([trialText], nowhere, quiet);
    if (readings[0]?.judgement == null) throw new EarmarkError("internal", "The reader of this machine judged nothing.");
    return "This machine reads English, Spanish, Portuguese, French, German, Italian, Dutch, Hindi and Welsh.";
  });
  const { terms: path } = settings;
  if (path === null) skip("No string map is named.", "terms");
  else {
    await step("terms", async () => {
      // Each language may have a file of its own beside the one that is named.
      const files = new Map<string, TermFile>();
      for (const language of [null, ...mappedLanguages]) {
        const found = await terms.of(path, language);
        if (found.file !== null) files.set(found.file, found);
      }
      if (files.size === 0) throw new EarmarkError("file-missing", "There is no string map under this name.");
      for (const file of files.values()) bad.push(...file.bad);
      const [first] = bad;
      if (first !== undefined) {
        const { file, line, reason } = first;
        throw new EarmarkError("format-malformed", `${file}, line ${line}: ${reason}. ${bad.length} such rows in all.`, {
          line,
          column: null,
          reason,
        });
      }
      return [...files].map(([file, { terms: found }]) => `${file}: ${found.length} terms.`).join(" ");
    });
  }
  if (settings.engine === "local") {
    skip("Comprehend is not asked.", "identity", "sentiment", "entities", "recogniser");
    return told();
  }
  const { profile, region, url, recogniser } = settings;
  const comprehend = await openComprehend({ profile, region, url }, options.patienceMs);
  try {
    const known = await step("identity", async () => {
      try {
        const place = await comprehend.client.config.region();
        await comprehend.client.config.credentials();
        return `Credentials were found; the region is ${place}.`;
      } catch (thrown) {
        throw awsFailure(thrown, { service: "comprehend", operation: "BatchDetectSentiment" });
      }
    });
    if (!known) {
      skip("Not tried without credentials.", "sentiment", "entities", "recogniser");
      return told();
    }
    const call = async (
      operation: "BatchDetectSentiment" | "BatchDetectEntities" | "DetectEntities",
      send: () => Promise<unknown>,
    ): Promise<void> => {
      const bytes = Buffer.byteLength(trialText.text, "utf8");
      await options.onEgress({
        at: new Date(options.clock.now()).toISOString(),
        service: "comprehend",
        operation,
        region,
        destination: operation === "DetectEntities" && recogniser !== null ? recogniser : (url ?? "comprehend"),
        fields: [],
        bytes,
        sha256: null,
        conversationId: null,
      });
      try {
        await send();
      } catch (thrown) {
        throw awsFailure(thrown, { service: "comprehend", operation });
      }
    };
    const { client, commands } = comprehend;
    const batch = { TextList: [trialText.text], LanguageCode: "en" as const };
    const abort = { abortSignal: signal };
    await step("sentiment", async () => {
      await call("BatchDetectSentiment", () => client.send(new commands.BatchDetectSentimentCommand(batch), abort));
      return "Comprehend judged a sentence.";
    });
    await step("entities", async () => {
      await call("BatchDetectEntities", () => client.send(new commands.BatchDetectEntitiesCommand(batch), abort));
      return "Comprehend looked for entities in a sentence.";
    });
    if (recogniser === null) skip("No recogniser is named.", "recogniser");
    else {
      await step("recogniser", async () => {
        const command = new commands.DetectEntitiesCommand({ Text: trialText.text, EndpointArn: recogniser });
        await call("DetectEntities", () => client.send(command, abort));
        return "The recogniser answered.";
      });
    }
    return told();
  } finally {
    comprehend.client.destroy();
  }
}
