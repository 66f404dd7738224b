import { z } from "zod";
import { type Shortfall, type Transcript, transcriptSchema } from "../../../app/conversation/conversation.ts";
import { placeWords } from "../../../app/conversation/place-words.ts";
import type { DecodedAudio } from "../../../app/conversation/speech.ts";
import { redactPersonalData } from "../../../app/insight/redaction.ts";
import type { RedactionPolicy } from "../../../app/insight/redaction-policy.ts";
import type { Stage, StageContext, StageInput } from "./queue.ts";

/** What the stage works with. */
export interface AlignWorld {
  readonly decodedAudio: (input: StageInput) => DecodedAudio;
  /** Hears the recording whole. Nothing of it is masked. */
  readonly hear: (context: StageContext) => Promise<Transcript>;
  /** Options and models that hearing depends on. */
  readonly facts: (input: StageInput) => Promise<unknown>;
  readonly policy: () => RedactionPolicy;
  readonly commit: (input: StageInput, transcript: Transcript) => void;
}

const parsedSchema = z.object({ transcript: transcriptSchema });

/**
 * The stage that brings a transcript and the recording that was added to it together. Where the words have no times, the
 * recording is heard, and each word takes the time at which it was; where there are no words at all, what was heard
 * becomes the transcript. Where no model hears words, the transcript stays as it came and says what it lacks.
 */
export function alignStage(world: AlignWorld): Stage {
  return {
    name: "align",
    version: 1,
    resource: "speech",
    needs: ["parse", "decode"],
    facts: world.facts,
    async run(context): Promise<Transcript> {
      const { transcript } = parsedSchema.parse(context.results.parse);
      const { durationMs } = world.decodedAudio(context);
      const long = { ...transcript, durationMs: Math.max(durationMs, transcript.durationMs) };
      const written = transcript.turns.some(({ text }) => text !== "");
      const timed = transcript.turns.every(({ text, words }) => text === "" || words.length > 0);
      if (written && timed) return long;
      const heard = await world.hear(context);
      const wordless = heard.shortfalls.find(({ lacks }) => lacks === "words");
      if (wordless !== undefined) return { ...long, shortfalls: lacking(long.shortfalls, wordless) };
      if (written) return { ...placeWords(long, heard), durationMs: long.durationMs };
      return redactPersonalData(
        { ...heard, ...(transcript.vendor === undefined ? {} : { vendor: transcript.vendor }) },
        world.policy(),
      ).transcript;
    },
    commit: (result, input) => world.commit(input, transcriptSchema.parse(result)),
  };
}

/** What it lacks, with the reason why hearing did not mend it. */
function lacking(before: readonly Shortfall[], { reason, modelId }: Shortfall): Shortfall[] {
  return before.map((shortfall) => (shortfall.lacks === "word-times" ? { ...shortfall, reason, modelId } : shortfall));
}
