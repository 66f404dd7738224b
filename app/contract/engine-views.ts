import { z } from "zod";
import { enginePreferenceSchema } from "../conversation/engine-choice.ts";
import { failureSchema } from "./errors.ts";

/* What the page is shown of where speech is heard: here or elsewhere, on what, at what cost, and what has left the machine. */

/** Execution providers that a person can name; `auto` lets Earmark try them. */
export const executionProviderSchema = z.enum(["auto", "cpu", "cuda", "dml", "coreml", "webgpu"]);
/** Execution providers that a person can name. */
export type ExecutionProvider = z.infer<typeof executionProviderSchema>;

/** One thing that left this machine, or was removed from where it went. */
export const egressViewSchema = z.object({
  at: z.iso.datetime(),
  service: z.string(),
  operation: z.string(),
  region: z.string().nullable(),
  destination: z.string(),
  /** Which parts of the conversation were in it, where that is not the sound. */
  fields: z.array(z.string()).optional(),
  bytes: z.number().min(0),
  /** Over the content sent; null for a removal. */
  sha256: z.string().nullable(),
});
/** One thing that left this machine, or was removed from where it went. */
export type EgressView = z.infer<typeof egressViewSchema>;

/** The provider that hears on this machine, and how it was chosen. */
export const providerViewSchema = z.object({
  /** What is set. */
  setting: executionProviderSchema,
  /** What can be set here: those that this kind of machine may have. */
  offered: z.array(executionProviderSchema),
  /** What hears; null while nothing has been tried, because nothing was heard yet. */
  provider: z.string().nullable(),
  /** Why it is this one, for people. */
  reason: z.string(),
  chosenAt: z.iso.datetime().nullable(),
  /** Every provider that was tried. */
  trials: z.array(
    z.object({
      provider: z.string(),
      ran: z.boolean(),
      /** One run of the installed model's encoder, in milliseconds; null when it was not timed. */
      encoderMs: z.number().nullable(),
      reason: z.string().nullable(),
    }),
  ),
});
/** The provider that hears on this machine, and how it was chosen. */
export type ProviderView = z.infer<typeof providerViewSchema>;

/** Where new recordings would be heard, with what that costs and sends. */
export const enginePlanSchema = z.object({
  /** What would happen to a recording imported now with this preference. */
  preference: enginePreferenceSchema,
  place: z.enum(["local", "sagemaker"]),
  reason: z.enum(["import", "folder", "setting", "no-endpoint", "short-queue-and-accelerated", "short-queue", "long-queue"]),
  /** The settings name an endpoint whole, so that SageMaker can be asked for. */
  endpointReady: z.boolean(),
  /** Sound waiting for this machine, in milliseconds. */
  backlogMs: z.number().min(0),
  /** What leaves the machine when SageMaker hears: to which endpoint and bucket. Empty where none is set. */
  destinations: z.array(z.string()),
  /** Hearing an hour of sound on SageMaker. */
  remoteHour: z.object({
    workMs: z.number().min(0),
    cost: z.number().min(0),
    /** The pace was measured on past recordings. */
    measured: z.boolean(),
  }),
});
/** Where new recordings would be heard, with what that costs and sends. */
export type EnginePlan = z.infer<typeof enginePlanSchema>;

/** One step of trying the settings of SageMaker with a real call. */
export const offloadTrialSchema = z.object({
  step: z.enum(["settings", "identity", "bucket", "endpoint", "second-endpoint"]),
  state: z.enum(["ok", "wrong", "skipped"]),
  /** What was found, for people: who one is, which endpoint answered. */
  detail: z.string(),
  failure: failureSchema.nullable(),
});
/** One step of trying the settings of SageMaker with a real call. */
export type OffloadTrial = z.infer<typeof offloadTrialSchema>;
