import { Button } from "@mantine/core";
import { IconMessages } from "@tabler/icons-react";
import { Link } from "wouter";
import type { WritingView } from "../../../app/contract/writing-views.ts";
import { useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { currentEvidence } from "../../ui/proof/current-evidence.ts";
import { Provenance } from "../../ui/proof/provenance.tsx";
import { addressOfQuote, QuoteList } from "../../ui/proof/quote-list.tsx";
import { WrittenValue } from "../../ui/proof/written-value.tsx";
import { EmptyState, FailureNote } from "../../ui/states.tsx";
import { useChosenConversation } from "./chosen-conversation.tsx";
import classes from "./preview.module.css";

/** What a language model answers to the prompt that is being written, on a conversation. Nothing of it is kept. */
export function PromptTrial({ text, isBroken }: { text: string; isBroken: boolean }) {
  const { t } = useTranslation();
  const { id, isNone, choice } = useChosenConversation();
  const engine = useCall("settings.get", {}).data?.writer.engine;
  const trial = useAct("prompt.try", undefined, "inPlace");
  const cancel = useAct("writing.cancel");
  if (isNone) {
    return (
      <EmptyState icon={<IconMessages size={36} stroke={1.4} />} title={t("prompts.panels.try")} body={t("prompts.try.none")} />
    );
  }
  if (engine === "none") {
    return (
      <p className={classes["note"]}>
        {t("prompts.try.noWriter")} <Link href="/settings#writer">{t("writing.setUp")}</Link>
      </p>
    );
  }
  return (
    <div className={classes["panel"]} data-testid="prompt-trial">
      {choice}
      <div>
        {trial.isPending && id !== null ? (
          <Button variant="default" onClick={() => cancel.mutate({ conversationId: id })}>
            {t("prompts.try.cancel")}
          </Button>
        ) : (
          <Button
            variant="default"
            disabled={id === null || isBroken}
            onClick={() => {
              if (id !== null) trial.mutate({ conversationId: id, text });
            }}
          >
            {t("prompts.try.run")}
          </Button>
        )}
      </div>
      <p className={classes[isBroken && !trial.isPending ? "note" : "quiet"]} role="status">
        {t(trial.isPending ? "prompts.try.running" : isBroken ? "prompts.try.broken" : "prompts.try.note")}
      </p>
      {trial.isError && <FailureNote compact live failure={trial.error} />}
      {trial.data?.writings.length === 0 && <p className={classes["note"]}>{t("prompts.try.nothing")}</p>}
      {trial.data?.writings.map((one) => (
        <Tried key={one.id} one={one} conversationId={trial.variables?.conversationId ?? ""} />
      ))}
    </div>
  );
}

function Tried({ one, conversationId }: { one: WritingView; conversationId: string }) {
  const { t } = useTranslation();
  const quotes = one.quotes.map(currentEvidence);
  const target = { address: (quote: (typeof quotes)[number]) => addressOfQuote(conversationId, quote) };
  const own = new Set(one.value?.kind === "list" ? one.value.items.flatMap((item) => item.quotes) : []);
  return (
    <article className={classes["tried"]}>
      <h2 className={classes["triedTitle"]}>{one.title}</h2>
      {one.value === null ? (
        <p className={classes["quiet"]}>
          <strong>{t("prompts.try.person")}.</strong> {one.faults.map(({ text }) => text).join(" ")}
        </p>
      ) : (
        <WrittenValue value={one.value} output={one.output} quotes={quotes} target={target} />
      )}
      <QuoteList quotes={quotes.filter((_, place) => !own.has(place))} target={target} />
      {one.searched.map((what) => (
        <p key={what} className={classes["quiet"]}>
          {t("prompts.try.searched", { what })}
        </p>
      ))}
      <Provenance by={one} />
    </article>
  );
}
