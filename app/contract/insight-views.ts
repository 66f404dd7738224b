import { z } from "zod";
import { usualEntityThresholds } from "../insight/entities.ts";
import { sentimentFormulas, usualThresholds } from "../insight/sentiment.ts";
import { failureSchema } from "./errors.ts";

/* What a person can set of reading a conversation's language, and what trying it answers. */

const share = z.number().min(0).max(1);

/** The settings of language without their defaults. */
export const languageFields = z.object({
  /** Who reads: this machine, Amazon Comprehend, or Comprehend with this machine where Comprehend cannot. */
  engine: z.enum(["local", "comprehend", "auto"]),
  /** A profile of AWS's own configuration files; null takes what the surroundings offer. No keys are kept here. */
  profile: z.string().max(200).nullable(),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/u)
    .nullable(),
  /** Another address than AWS's own, such as a private one. */
  url: z.url({ protocol: /^https?$/u }).nullable(),
  /** A custom entity recogniser's endpoint at Comprehend; null for none. */
  recogniser: z
    .string()
    .regex(/^arn:aws[a-z-]*:comprehend:[a-z0-9-]+:\d{12}:entity-recognizer-endpoint\/[A-Za-z0-9-]{1,63}$/u)
    .nullable(),
  /** From which score on an entity counts: for all types, and for some of their own. */
  entityThreshold: share,
  entityThresholds: z.record(z.string().min(1).max(100), share),
  /** From which probability on a turn is positive or negative (`MinSentimentPositive`, `MinSentimentNegative`). */
  minPositive: share,
  minNegative: share,
  /** Whose way to count is shown. */
  formula: z.enum(sentimentFormulas),
  /** The string map, a CSV file with the columns Text and Type; `-en` and the like before its ending name a language's own. */
  terms: z.string().max(4_000).nullable(),
});

/** The settings of language. */
export const languageSettingsSchema = z.object({
  engine: languageFields.shape.engine.default("local"),
  profile: languageFields.shape.profile.default(null),
  region: languageFields.shape.region.default(null),
  url: languageFields.shape.url.default(null),
  recogniser: languageFields.shape.recogniser.default(null),
  entityThreshold: languageFields.shape.entityThreshold.default(usualEntityThresholds.all),
  entityThresholds: languageFields.shape.entityThresholds.default({}),
  minPositive: languageFields.shape.minPositive.default(usualThresholds.positive),
  minNegative: languageFields.shape.minNegative.default(usualThresholds.negative),
  formula: languageFields.shape.formula.default("pca"),
  terms: languageFields.shape.terms.default(null),
});
/** The settings of language. */
export type LanguageSettings = z.infer<typeof languageSettingsSchema>;

/** One step of trying the settings of language with a real call. */
export const languageTrialSchema = z.object({
  step: z.enum(["local", "terms", "identity", "sentiment", "entities", "recogniser"]),
  state: z.enum(["ok", "wrong", "skipped"]),
  /** What was found, for people. */
  detail: z.string(),
  failure: failureSchema.nullable(),
  /** Of the string map: rows that cannot be used, of all its files, at most 200; left out where there are none. */
  badRows: z.array(z.object({ file: z.string(), line: z.int().min(0), reason: z.string() })).optional(),
});
/** One step of trying the settings of language with a real call. */
export type LanguageTrial = z.infer<typeof languageTrialSchema>;
