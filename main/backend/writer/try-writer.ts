import type { ReadRevision } from "../../../app/conformity/evidence.ts";
import type { Asked } from "../../../app/conformity/writing/asked.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { WriterSettings, WriterTrial } from "../../../app/contract/writer-views.ts";
import type { Turn } from "../../../app/conversation/conversation.ts";
import { measure } from "../../../app/conversation/measures.ts";
import { defaultRedactionPolicy } from "../../../app/insight/redaction-policy.ts";
import { awsFailure } from "../speech/sagemaker/aws-failure.ts";
import type { RecordEgress } from "../speech/sagemaker/egress.ts";
import { trialSteps } from "../trial-steps.ts";
import { createWriter } from "./answer-questions.ts";
import { openBedrock } from "./bedrock-client.ts";
import { chooseModel, lackingOf, type ModelOptions } from "./choose.ts";
import { type PromptSet, usualPrompts } from "./prompts.ts";

/** What a trial needs. */
export interface TryWriterOptions extends ModelOptions {
  readonly settings: WriterSettings;
  readonly prompts: PromptSet;
  readonly signal: AbortSignal;
}

const said = (id: string, participantId: string, startMs: number, text: string): Turn => {
  const words = text.split(" ").map((word, index) => ({
    id: `${id}-${index + 1}`,
    text: word,
    startMs: startMs + 300 * index,
    endMs: startMs + 300 * (index + 1),
    confidence: null,
  }));
  return { id, participantId, startMs, endMs: startMs + 300 * words.length, text, words, speakerConfidence: null };
};

/** Three sentences that are about nobody. */
function madeUp(): ReadRevision {
  const transcript = {
    durationMs: 12_000,
    language: "en",
    participants: [
      { id: "a", role: "agent" as const, roleConfidence: null, name: null, channel: 0 },
      { id: "c", role: "customer" as const, roleConfidence: null, name: null, channel: 1 },
    ],
    turns: [
      said("t1", "a", 0, "Thank you for calling the test line"),
      said("t2", "c", 4_000, "I would like to know when the shop opens"),
      said("t3", "a", 8_000, "The shop opens at nine in the morning"),
    ],
    shortfalls: [],
    provenance: null,
  };
  const conversation = {
    ...transcript,
    id: "trial",
    kind: "call" as const,
    channel: "voice" as const,
    title: "Trial",
    startedAt: null,
    timeZone: null,
    importedAt: "2026-01-01T00:00:00Z",
    source: { name: "trial", sha256: "", bytes: 0, format: "made up" },
    measures: measure(transcript.durationMs, transcript.participants, transcript.turns),
  };
  return { conversation, wordsHash: "trial", revision: "trial" };
}

/**
 * Tries the settings of the writer, step by step: the prompts are read; who one is and where; then a made-up conversation of
 * three sentences that is about nobody is asked about, and it is seen whether the quotes are found.
 */
export async function tryWriter(options: TryWriterOptions): Promise<WriterTrial[]> {
  const { settings, prompts, signal } = options;
  const { trials, step, skip } = trialSteps<WriterTrial["step"]>(signal);

  await step("prompts", async () => {
    for (const id of Object.values(usualPrompts)) {
      if (!prompts.prompts.has(id)) throw new EarmarkError("file-missing", `The prompt '${id}' is not there.`);
    }
    return `${prompts.prompts.size} prompts and ${prompts.workflows.size} workflows.`;
  });
  if (settings.engine === "none") return skip("No writer is set.", "settings", "identity", "model", "quotes");
  const whole = await step("settings", async () => {
    const lacking = lackingOf(settings);
    if (lacking !== null) throw new EarmarkError("writer-none", lacking);
    return settings.engine === "bedrock" ? settings.modelId : `${settings.endpointModel} at ${settings.endpointUrl ?? ""}`;
  });
  if (!whole) return skip("Not tried before the settings are whole.", "identity", "model", "quotes");

  if (settings.engine === "bedrock") {
    const { profile, region, url } = settings;
    const known = await step("identity", async () => {
      try {
        const { client } = await openBedrock({ profile, region, url }, options.patienceMs);
        try {
          const place = await client.config.region();
          if ((process.env["AWS_BEARER_TOKEN_BEDROCK"] ?? "") === "") await client.config.credentials();
          return `Credentials were found; the region is ${place}.`;
        } finally {
          client.destroy();
        }
      } catch (thrown) {
        throw awsFailure(thrown, { service: "bedrock-runtime", operation: "Converse" });
      }
    });
    if (!known) return skip("Not tried without credentials.", "model", "quotes");
  } else {
    const { keyVariable } = settings;
    if (keyVariable === null) skip("No key is set.", "identity");
    else {
      await step("identity", async () => {
        if ((process.env[keyVariable] ?? "") !== "") return `${keyVariable} holds a key.`;
        throw new EarmarkError("writer-none", `The environment has no variable ${keyVariable}.`);
      });
    }
  }

  // What is sent belongs to no conversation.
  const onEgress: RecordEgress = (record) => options.onEgress({ ...record, fields: [], conversationId: null });
  const model = chooseModel(settings, { ...options, onEgress });
  try {
    const { contextTokens, maxOutputTokens, inputPrice, outputPrice } = settings;
    const limits = { contextTokens, maxOutputTokens, inputPrice, outputPrice };
    const writer = createWriter({ model, ...limits, crossCheck: false, policy: defaultRedactionPolicy, clock: options.clock });
    const question: Asked = {
      id: "opening",
      ask: "At what time does the shop open, as the agent says?",
      guidance: "",
      shape: { kind: "text", most: 100 },
      mayNotApply: false,
      prompt: { id: "trial", version: 1, text: "Answer in a few words." },
    };
    let answered: Awaited<ReturnType<typeof writer.answer>> | null = null;
    const isThere = await step("model", async () => {
      answered = await writer.answer([question], madeUp(), { signal, onProgress: () => undefined });
      const [call] = answered.calls;
      const tokens = call?.inputTokens == null ? "" : `; ${call.inputTokens} tokens in, ${call.outputTokens} out`;
      return `The model answered in ${Math.round(call?.ms ?? 0)} ms${tokens}.`;
    });
    if (!isThere) return skip("Not tried without an answer.", "quotes");
    await step("quotes", async () => {
      const [answer] = (answered as Awaited<ReturnType<typeof writer.answer>> | null)?.answers ?? [];
      if (answer?.value?.kind === "text" && answer.quotes.length > 0) return "The answer's quotes stand in what it was given.";
      const why = answer?.faults.map(({ text }) => text).join(" ") ?? "";
      throw new EarmarkError("writer-failed", `The model answers, but does not prove it: ${why}`);
    });
    return trials;
  } finally {
    model.close();
  }
}
