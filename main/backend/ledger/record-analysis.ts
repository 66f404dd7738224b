import { z } from "zod";
import type { StageName } from "../../../app/contract/views.ts";
import { loadedModelSchema } from "../../../app/conversation/conversation.ts";
import type { EntryData } from "../../../app/report/entries.ts";
import type { Recorder } from "../store/ledger.ts";

/** A stage that ended well. */
export interface EndedStage {
  readonly stage: { readonly name: StageName; readonly version: number };
  readonly inputHash: string;
  readonly resultHash: string;
  /** What its result depended on besides earlier results. */
  readonly facts: unknown;
  readonly result: unknown;
}

/** What a result says of the engine that made it, wherever it says so. */
const madeBySchema = z.object({
  engine: z.string(),
  models: z.array(loadedModelSchema).default([]),
  executionProvider: z.string().nullable().default(null),
});
const resultSchema = z.object({ provenance: madeBySchema.nullable() });
const factsSchema = z.object({
  options: z.record(z.string(), z.unknown()).default({}),
  models: z.array(z.string()).default([]),
});

/**
 * Records that a stage ended, in the transaction that writes its result: which engine on which device with which models and
 * parameters. Of the options only plain values are named; a vocabulary may hold names, and counts in the input hash alone.
 */
export function recordAnalysis(ledger: Recorder, conversationId: string, ended: EndedStage): void {
  const result = ledger.commit(conversationId, ended.resultHash);
  if (result === null) return;
  const madeBy = resultSchema.safeParse(ended.result).data?.provenance ?? null;
  const facts = factsSchema.safeParse(ended.facts).data ?? { options: {}, models: [] };
  const parameters: EntryData<"analysis">["parameters"] = {};
  for (const [name, value] of Object.entries(facts.options))
    if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
      parameters[name] = value;
  ledger.append(
    "analysis",
    conversationId,
    {
      stage: ended.stage.name,
      version: ended.stage.version,
      inputHash: ended.inputHash,
      result,
      engine: madeBy?.engine ?? null,
      device: madeBy?.executionProvider ?? null,
      models: madeBy?.models.map(({ id, sha256, task }) => ({ id, sha256, task })) ?? facts.models.map((id) => ({ id })),
      parameters,
    },
    "",
  );
}
