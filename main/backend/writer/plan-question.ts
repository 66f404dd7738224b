import { createHash } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import { type AskingEstimate, estimateAsking } from "../../../app/conformity/writing/budget.ts";
import type { Answerer, QuestionShape } from "../../../app/conformity/writing/question.ts";
import { renderTranscript } from "../../../app/conformity/writing/rendering.ts";
import { throwIfCancelled } from "../../../app/contract/errors.ts";
import type { QuestionPlan } from "../../../app/contract/question-views.ts";
import { isThisMachine } from "../../../app/contract/writer-views.ts";
import { redactPersonalData } from "../../../app/insight/redaction.ts";
import { canonicalJson } from "../../../app/report/canonical-json.ts";
import { revisionToRead } from "../pipeline/revision.ts";
import type { Store } from "../store/store.ts";
import { writerFingerprint } from "./choose.ts";
import { promptsOfLibrary } from "./prompts.ts";
import { askedQuestion } from "./writer.ts";

/** What is going to be asked, of whom. */
export interface Asking {
  /** Redacted. */
  readonly text: string;
  readonly shape: QuestionShape;
  readonly by: Answerer;
  readonly conversationIds: readonly string[];
}

/** Of more conversations than this a part is read, spread evenly, and the rest taken to be like it. */
const mostRead = 60;

/** Works out what asking would do, and names it, so that what is asked then is what a person has agreed to. Sends nothing. */
export async function planQuestion(asking: Asking, store: Store, signal: AbortSignal): Promise<QuestionPlan> {
  const { text, by, conversationIds } = asking;
  const withWords = conversationIds.filter((id) => store.transcripts.wordsHash(id) !== null);
  const common = {
    ...{ by, text },
    conversations: conversationIds.length,
    withoutWords: conversationIds.length - withWords.length,
    agreement: agreementOf(asking, store),
  };
  if (by === "search") {
    return { ...common, requests: 0, inputTokens: 0, outputTokens: 0, cost: null, sampled: false, to: null };
  }
  const { writer } = store.settings.get();
  const estimate = await estimated(asking, withWords, store, signal);
  const { engine, inputPrice, outputPrice } = writer;
  const { inputTokens, outputTokens } = estimate;
  const cost =
    inputPrice === null || outputPrice === null ? null : (inputTokens * inputPrice + outputTokens * outputPrice) / 1_000_000;
  const isBedrock = engine === "bedrock";
  const url = isBedrock ? writer.url : writer.endpointUrl;
  return {
    ...common,
    ...estimate,
    cost,
    sampled: withWords.length > mostRead,
    to: {
      engine: isBedrock ? "bedrock" : "endpoint",
      model: isBedrock ? writer.modelId : writer.endpointModel,
      region: isBedrock ? writer.region : null,
      url,
      isHere: !isBedrock && url !== null && isThisMachine(url),
    },
  };
}

/** Names what would be asked of whom and where it would be sent: where any of that is another, so is the name. */
export function agreementOf({ text, shape, by, conversationIds }: Asking, store: Pick<Store, "settings">): string {
  const { writer, redaction } = store.settings.get();
  const to = by === "search" ? null : [...writerFingerprint(writer), writer.url, writer.region, writer.profile, redaction];
  // Through JSON once: what is left out there has no canonical form.
  const plain: unknown = JSON.parse(JSON.stringify({ text, shape, by, to, conversationIds }));
  return createHash("sha256").update(canonicalJson(plain)).digest("hex");
}

async function estimated(
  { text, shape }: Asking,
  conversationIds: readonly string[],
  store: Store,
  signal: AbortSignal,
): Promise<AskingEstimate> {
  const { writer, redaction } = store.settings.get();
  const asked = [askedQuestion({ text, shape }, promptsOfLibrary(store))];
  const step = Math.max(1, conversationIds.length / mostRead);
  const sum = { requests: 0, inputTokens: 0, outputTokens: 0 };
  let read = 0;
  for (let at = 0; at < conversationIds.length; at += step) {
    throwIfCancelled(signal);
    const conversation = revisionToRead(store, conversationIds[Math.floor(at)] ?? "")?.conversation;
    read += 1;
    if (conversation === undefined) continue;
    const shown = { ...conversation, ...redactPersonalData(conversation, redaction).transcript };
    const one = estimateAsking(asked, renderTranscript(shown), writer);
    sum.requests += one.requests;
    sum.inputTokens += one.inputTokens;
    sum.outputTokens += one.outputTokens;
    // Whoever else waits for the library has a turn in between.
    await turn();
  }
  const scale = read === 0 ? 0 : conversationIds.length / read;
  return {
    requests: Math.round(sum.requests * scale),
    inputTokens: Math.round(sum.inputTokens * scale),
    outputTokens: Math.round(sum.outputTokens * scale),
  };
}
