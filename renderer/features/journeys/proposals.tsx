import { Button } from "@mantine/core";
import { type KeyboardEvent, useRef, useState } from "react";
import type { JourneyProposalView } from "../../../app/contract/journey-views.ts";
import { memory, useAct } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { tell } from "../../ui/notices.tsx";
import { moment, percent } from "../../ui/time.ts";
import { ChannelIcon } from "./channel-icon.tsx";
import { JourneyPeek } from "./journey-peek.tsx";
import classes from "./journeys.module.css";

/** Who may be one customer, with the reasons, for a person to say. */
export function Proposals({ proposals, total }: { proposals: readonly JourneyProposalView[]; total: number }) {
  const { t } = useTranslation();
  const list = useRef<HTMLUListElement>(null);
  const [looking, setLooking] = useState<string | null>(null);
  const decide = useAct("journey.decide", ({ decision }) => {
    tell(t(decision.verdict === "same" ? "journeys.proposals.joined" : "journeys.proposals.refused"));
    void memory.invalidateQueries({ queryKey: ["journey.proposals"] });
    void memory.invalidateQueries({ queryKey: ["journey.list"] });
    void memory.invalidateQueries({ queryKey: ["journey.get"] });
  });
  const say = (proposalId: string, verdict: "same" | "different") => {
    if (!decide.isPending) decide.mutate({ proposalId, verdict });
  };
  const keys = (event: KeyboardEvent<HTMLLIElement>, id: string) => {
    const key = event.key.toLowerCase();
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const items = [...(list.current?.children ?? [])];
    const beside = items[items.indexOf(event.currentTarget) + (key === "arrowdown" ? 1 : -1)];
    if (key === "y") say(id, "same");
    else if (key === "n") say(id, "different");
    else if ((key === "arrowdown" || key === "arrowup") && beside instanceof HTMLElement) beside.focus();
    else return;
    event.preventDefault();
    if (key === "y" || key === "n") (beside instanceof HTMLElement ? beside : list.current)?.focus();
  };
  return (
    <section className={classes["proposals"]} aria-labelledby="journey-proposals">
      <h2 id="journey-proposals">
        {t("journeys.proposals.title")} <span className={classes["quiet"]}>{total}</span>
      </h2>
      <p className={classes["quiet"]}>
        {t("journeys.proposals.note")} {t("journeys.proposals.keys")}
      </p>
      <ul ref={list} aria-label={t("journeys.proposals.list")} tabIndex={-1}>
        {proposals.map(({ id, confidence, signs, one, other }) => (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: keys decide on the proposal as a whole, its buttons do the same
          <li key={id} className={classes["proposal"]} tabIndex={0} onKeyDown={(event) => keys(event, id)} data-proposal={id}>
            <Side side={one} look={setLooking} />
            <Side side={other} look={setLooking} />
            <p>
              <strong>{t("journeys.proposals.sure", { percent: percent(confidence) })}</strong>{" "}
              {t("journeys.proposals.because", { signs: signs.map((sign) => t(`journeys.proposals.signs.${sign}`)).join(", ") })}
            </p>
            <div className={classes["actions"]}>
              <Button size="compact-xs" loading={decide.isPending} onClick={() => say(id, "same")}>
                {t("journeys.proposals.same")}
              </Button>
              <Button size="compact-xs" variant="default" disabled={decide.isPending} onClick={() => say(id, "different")}>
                {t("journeys.proposals.different")}
              </Button>
            </div>
          </li>
        ))}
      </ul>
      {looking !== null && <JourneyPeek conversationId={looking} turnId={null} close={() => setLooking(null)} />}
    </section>
  );
}

function Side({ side, look }: { side: JourneyProposalView["one"]; look: (conversationId: string) => void }) {
  const { t } = useTranslation();
  return (
    <p className={classes["side"]}>
      <ChannelIcon channel={side.channel} size={14} />
      <button type="button" className={classes["plain"]} onClick={() => look(side.conversationId)}>
        <span className="unseen">{t("journeys.proposals.look")} </span>
        <span dir="auto">{side.customer ?? t("journeys.unnamed")}</span>
      </button>
      <span className={classes["quiet"]}>
        {side.title}
        {side.startedAt !== null && `, ${moment(side.startedAt, (time) => t("state.today", { time }))}`}
        {side.conversations > 1 && `, ${t("journeys.conversations", { count: side.conversations })}`}
      </span>
    </p>
  );
}
