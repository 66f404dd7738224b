import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCpu } from "@tabler/icons-react";
import { useId, useState } from "react";
import type { WritingRun, WritingView } from "../../../app/contract/writing-views.ts";
import { useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { currentEvidence } from "../../ui/proof/current-evidence.ts";
import { Provenance } from "../../ui/proof/provenance.tsx";
import { QuoteList } from "../../ui/proof/quote-list.tsx";
import { WrittenValue } from "../../ui/proof/written-value.tsx";
import { FailureNote } from "../../ui/states.tsx";
import { moment, percent } from "../../ui/time.ts";
import type { GoTo } from "./left-behind.tsx";
import classes from "./writing.module.css";
import { playQuote } from "./writing-places.ts";

/** Below this confidence of its own the machine says that it was unsure. */
const unsureBelow = 0.5;

/** One thing that the machine wrote: what it says, the words it rests on, who wrote it, and whether it still holds. */
export function WritingItem({
  conversationId,
  one,
  run,
  canWrite,
  goTo,
}: {
  conversationId: string;
  one: WritingView;
  run: WritingRun | null;
  canWrite: boolean;
  goTo: GoTo;
}) {
  const { t } = useTranslation();
  const heading = useId();
  const write = useAct("writing.write", undefined, "inPlace");
  const isUnderWay = run?.prompts.includes(one.prompt.id) === true;
  const { prompt, latestVersion } = one;
  return (
    <article
      className={classes["item"]}
      aria-labelledby={heading}
      data-prompt={prompt.id}
      data-stale={one.stale.length > 0 || one.withheld || undefined}
    >
      <header>
        <h3 id={heading}>{one.title}</h3>
        {isUnderWay ? (
          <span className={classes["quiet"]}>{t("writing.beingWritten")}</span>
        ) : (
          canWrite &&
          latestVersion !== null && (
            <Button
              size="compact-xs"
              variant="subtle"
              loading={write.isPending}
              aria-label={`${t("writing.again")}: ${one.title}`}
              onClick={() => write.mutate({ conversationId, promptIds: [prompt.id] })}
            >
              {t("writing.again")}
            </Button>
          )
        )}
      </header>
      {write.isError && <FailureNote compact live failure={write.error} />}
      <Stale one={one} />
      <Written one={one} goTo={goTo} />
      <p className={classes["by"]}>
        <IconCpu size={12} aria-hidden="true" />{" "}
        {t("writing.by", { ...prompt, model: one.model, when: moment(one.at, (time) => t("state.today", { time })) })}
        {latestVersion !== null && latestVersion !== prompt.version && (
          <> {t("writing.anotherVersion", { version: latestVersion })}</>
        )}
      </p>
      <Provenance by={one}>
        {one.together > 1 && one.inputTokens !== null && (
          <p className={classes["quiet"]}>{t("writing.together", { count: one.together - 1 })}</p>
        )}
      </Provenance>
      {one.earlier > 0 && <Earlier conversationId={conversationId} one={one} goTo={goTo} />}
    </article>
  );
}

/** Why it does not hold as it stands: said aloud. */
function Stale({ one }: { one: WritingView }) {
  const { t } = useTranslation();
  if (!one.withheld && one.stale.length === 0) return null;
  return (
    <div className={classes["stale"]} data-testid="writing-stale">
      <IconAlertTriangle size={14} aria-hidden="true" />
      {one.withheld ? (
        <p>{t("writing.withheld")}</p>
      ) : (
        <div>
          <strong>{t("writing.stale")}</strong>
          <ul>
            {one.stale.map(({ kind, reason, startMs }) => (
              <li key={`${kind} ${startMs} ${reason}`}>{reason}</li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

/** What was written with what it rests on; or why it is left to a person. */
function Written({ one, goTo }: { one: WritingView; goTo: GoTo }) {
  const { t } = useTranslation();
  if (one.withheld) return null;
  const play = playQuote(goTo);
  const { value, quotes, searched, confidence } = one;
  // The entries of a list have their own quotes beside them.
  const own = new Set(value?.kind === "list" ? value.items.flatMap((item) => item.quotes) : []);
  const others = quotes.filter((_, place) => !own.has(place)).map(currentEvidence);
  return (
    <div className={classes["written"]}>
      {value === null ? (
        <p className={classes["person"]}>
          <strong>{t("writing.person")}.</strong> {one.faults.map(({ text }) => text).join(" ")}
        </p>
      ) : (
        <WrittenValue value={value} output={one.output} quotes={quotes.map(currentEvidence)} target={{ play }} />
      )}
      {value !== null && value.kind !== "text" && one.justification !== "" && (
        <p className={classes["quiet"]}>{one.justification}</p>
      )}
      {confidence !== null && value !== null && confidence < unsureBelow && (
        <p className={classes["unsure"]}>{t("writing.unsure", { percent: percent(confidence) })}</p>
      )}
      {others.length > 0 && (
        <details className={classes["quotes"]} open={others.length <= 2}>
          <summary>{t("writing.quotes", { count: others.length })}</summary>
          <QuoteList quotes={others} target={{ play }} />
        </details>
      )}
      {searched.map((what) => (
        <p key={what} className={classes["quiet"]}>
          {t("writing.searched", { what })}
        </p>
      ))}
    </div>
  );
}

/** What the same prompt wrote before, asked for when somebody wants to see it. */
function Earlier({ conversationId, one, goTo }: { conversationId: string; one: WritingView; goTo: GoTo }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  const earlier = useCall("writing.earlier", { conversationId, promptId: one.prompt.id }, { enabled: shown });
  return (
    <details className={classes["earlier"]} open={shown} onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary>{t("writing.earlier", { count: one.earlier })}</summary>
      {earlier.isError && <FailureNote compact failure={earlier.error} />}
      {earlier.data?.writings.map((each) => (
        <div key={each.id} className={classes["before"]}>
          <p className={classes["by"]}>
            {t("writing.by", { ...each.prompt, model: each.model, when: moment(each.at, (time) => t("state.today", { time })) })}
          </p>
          <Stale one={each} />
          <Written one={each} goTo={goTo} />
        </div>
      ))}
    </details>
  );
}
