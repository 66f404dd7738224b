import type { Evidence } from "../../../app/conformity/evidence.ts";
import type { ShownEvidence } from "../../../app/contract/conformity-views.ts";

/** Evidence with its place and words as they are on the revision on screen. */
export function currentEvidence({ evidence, startMs, endMs, turnId, wordIds, quote }: ShownEvidence): Evidence {
  return { ...evidence, anchor: { ...evidence.anchor, startMs, endMs, turnId, wordIds: [...wordIds], quote: quote ?? "" } };
}
