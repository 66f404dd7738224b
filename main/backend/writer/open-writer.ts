import { join } from "node:path";
import { callsOf, takenBy, type Written, type WrittenAnswer } from "../../../app/conformity/writing/written.ts";
import { EarmarkError } from "../../../app/contract/errors.ts";
import type { Writer } from "../../../app/ports.ts";
import type { EntryData } from "../../../app/report/entries.ts";
import { createLedgerEgress } from "../ledger/record-egress.ts";
import type { AttemptRule } from "../speech/sagemaker/attempts.ts";
import type { Store } from "../store/store.ts";
import { chooseWriter } from "./choose.ts";
import type { WriterWorld } from "./writer-handlers.ts";

/* What whatever asks a writer has in common: how it is opened, and what the ledger says of an answer. */

/**
 * Opens the writer that the settings ask for. What leaves the machine enters the ledger and the record of egress before it does.
 *
 * @param rule for tests: how often and how soon a request is tried again.
 * @throws EarmarkError `writer-none` where none is set, or not whole.
 */
export function openWriter(
  { store, options, paths }: Pick<WriterWorld, "store" | "options" | "paths">,
  rule?: AttemptRule,
): Writer {
  const { writer: settings, redaction } = store.settings.get();
  const writer = chooseWriter(settings, redaction, {
    onEgress: createLedgerEgress(store, join(paths.root, "egress.jsonl")),
    clock: options.clock ?? { now: () => Date.now() },
    ...(rule === undefined ? {} : { rule }),
  });
  if (writer === null) throw new EarmarkError("writer-none", "No writer is set up to answer questions.");
  return writer;
}

/** Who answered and how, as an entry of the ledger says it. Call it inside the transaction of the entry. */
export function modelForLedger(
  store: Pick<Store, "ledger">,
  conversationId: string,
  answer: Pick<WrittenAnswer, "id" | "prompt">,
  written: Pick<Written, "calls" | "model" | "region">,
): NonNullable<EntryData<"answer">["model"]> {
  const calls = callsOf(answer, written);
  const { inputTokens, outputTokens } = takenBy(calls);
  return {
    id: written.model,
    profile: null,
    region: written.region,
    prompt: answer.prompt.id,
    promptVersion: answer.prompt.version,
    request:
      store.ledger.commit(
        conversationId,
        calls.map(({ requestHash }) => requestHash),
      ) ?? "",
    inputTokens,
    outputTokens,
  };
}
