import { EarmarkError } from "../../../app/contract/errors.ts";
import type { WriterSettings } from "../../../app/contract/writer-views.ts";
import type { RedactionPolicy } from "../../../app/insight/redaction-policy.ts";
import type { Clock, LanguageModel, Writer } from "../../../app/ports.ts";
import type { AttemptRule } from "../speech/sagemaker/attempts.ts";
import type { RecordEgress } from "../speech/sagemaker/egress.ts";
import { createWriter } from "./answer-questions.ts";
import { createBedrock } from "./bedrock.ts";
import { createEndpoint } from "./endpoint.ts";

/** What choosing needs from outside. */
export interface ModelOptions {
  readonly onEgress: RecordEgress;
  readonly clock: Clock;
  /** For tests: waits and patience. */
  readonly rule?: AttemptRule;
  readonly random?: () => number;
  readonly patienceMs?: number;
}

/** What the settings lack before a writer can be asked; null where nothing is lacking. For people. */
export function lackingOf(settings: WriterSettings): string | null {
  const { engine, modelId, endpointUrl, endpointModel } = settings;
  if (engine === "bedrock" && modelId === "") return "Name a model or an inference profile.";
  if (engine === "endpoint" && endpointUrl === null) return "Name the endpoint's address.";
  if (engine === "endpoint" && endpointModel === "") return "Name the endpoint's model.";
  return null;
}

/**
 * The language model that the settings ask for.
 *
 * @throws EarmarkError `writer-none` where none is set, or not whole.
 */
export function chooseModel(settings: WriterSettings, options: ModelOptions): LanguageModel {
  const lacking = lackingOf(settings);
  if (settings.engine === "none" || lacking !== null) {
    throw new EarmarkError("writer-none", lacking ?? "No writer is set.");
  }
  const { stream } = settings;
  if (settings.engine === "bedrock") {
    const { profile, region, url, modelId } = settings;
    return createBedrock({ ...options, connection: { profile, region, url }, modelId, stream });
  }
  const { endpointUrl, endpointModel, keyVariable } = settings;
  return createEndpoint({ ...options, url: endpointUrl ?? "", model: endpointModel, keyVariable, stream });
}

/**
 * The writer that the settings ask for; null where a person has set none.
 *
 * @throws EarmarkError `writer-none` where it is not set whole.
 */
export function chooseWriter(settings: WriterSettings, policy: RedactionPolicy, options: ModelOptions): Writer | null {
  if (settings.engine === "none") return null;
  const { contextTokens, maxOutputTokens, inputPrice, outputPrice, crossCheck } = settings;
  return createWriter({
    model: chooseModel(settings, options),
    contextTokens,
    maxOutputTokens,
    inputPrice,
    outputPrice,
    crossCheck,
    policy,
    clock: options.clock,
  });
}

/** Changes when the settings would have the same question answered otherwise. */
export function writerFingerprint(settings: WriterSettings): readonly string[] {
  const { engine, modelId, endpointUrl, endpointModel, contextTokens, maxOutputTokens, crossCheck } = settings;
  if (engine === "none") return ["none"];
  const name = engine === "bedrock" ? [modelId] : [endpointUrl ?? "", endpointModel];
  return [engine, ...name, String(contextTokens), String(maxOutputTokens), String(crossCheck)];
}
