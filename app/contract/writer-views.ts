import { z } from "zod";
import { failureSchema } from "./errors.ts";

/* What a person can set of the writer, the language model that answers questions, and what trying it answers. */

const price = z.number().min(0).max(100_000).nullable();

/** The settings of the writer without their defaults. */
export const writerFields = z.object({
  /** Nobody, Amazon Bedrock, or an endpoint that speaks the chat completions of OpenAI. */
  engine: z.enum(["none", "bedrock", "endpoint"]),
  /** Bedrock: a model's id, an inference profile's id, or the ARN of either. */
  modelId: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9:/._-]{0,2047}$/u),
  /** A profile of AWS's own configuration files; null takes what the surroundings offer. No keys are kept here. */
  profile: z.string().max(200).nullable(),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/u)
    .nullable(),
  /** Another address than AWS's own, such as a private one. */
  url: z.url({ protocol: /^https?$/u }).nullable(),
  /** The endpoint's address up to `/v1`. */
  endpointUrl: z.url({ protocol: /^https?$/u }).nullable(),
  /** The name by which the endpoint knows its model. */
  endpointModel: z.string().max(500),
  /** The environment variable that holds the endpoint's key; null where it needs none. The key itself is not kept. */
  keyVariable: z
    .string()
    .regex(/^[A-Z_][A-Z0-9_]{0,99}$/u)
    .nullable(),
  /** Tokens that the model takes in and gives out together. */
  contextTokens: z.int().min(2_000).max(10_000_000),
  /** Tokens of one answer. */
  maxOutputTokens: z.int().min(256).max(200_000),
  /** For a million tokens, in one's own currency; null where nobody knows. */
  inputPrice: price,
  outputPrice: price,
  /** Whether answers come as they are written. Without it nothing is seen of them before they are whole. */
  stream: z.boolean(),
  /** Whether every answer is checked by a second request that sees the question and the quotes alone. */
  crossCheck: z.boolean(),
});

/** The settings of the writer. */
export const writerSettingsSchema = z.object({
  engine: writerFields.shape.engine.default("none"),
  modelId: z.union([z.literal(""), writerFields.shape.modelId]).default(""),
  profile: writerFields.shape.profile.default(null),
  region: writerFields.shape.region.default(null),
  url: writerFields.shape.url.default(null),
  endpointUrl: writerFields.shape.endpointUrl.default(null),
  endpointModel: writerFields.shape.endpointModel.default(""),
  keyVariable: writerFields.shape.keyVariable.default(null),
  contextTokens: writerFields.shape.contextTokens.default(128_000),
  maxOutputTokens: writerFields.shape.maxOutputTokens.default(4_096),
  inputPrice: writerFields.shape.inputPrice.default(null),
  outputPrice: writerFields.shape.outputPrice.default(null),
  stream: writerFields.shape.stream.default(true),
  crossCheck: writerFields.shape.crossCheck.default(true),
});
/** The settings of the writer. */
export type WriterSettings = z.infer<typeof writerSettingsSchema>;

/** The settings of the writer as a change of settings brings them: whole, and without defaults. */
export const writerChangeSchema = writerFields.extend({ modelId: z.union([z.literal(""), writerFields.shape.modelId]) });

/** Whether an address is this machine's own: what is sent there leaves it not. */
export function isThisMachine(url: string): boolean {
  return /^https?:\/\/(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?(?:[/?#]|$)/iu.test(url);
}

/** One step of trying the writer with real calls. */
export const writerTrialSchema = z.object({
  step: z.enum(["settings", "prompts", "identity", "model", "quotes"]),
  state: z.enum(["ok", "wrong", "skipped"]),
  /** What was found, for people. */
  detail: z.string(),
  failure: failureSchema.nullable(),
});
/** One step of trying the writer with real calls. */
export type WriterTrial = z.infer<typeof writerTrialSchema>;
