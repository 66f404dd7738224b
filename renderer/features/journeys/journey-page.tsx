import { Button, SegmentedControl } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { Link } from "wouter";
import type { JourneyView } from "../../../app/contract/journey-views.ts";
import { memory, useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useKept } from "../../ui/desk/kept-place.ts";
import { tell } from "../../ui/notices.tsx";
import { PageFailure, PageLoading } from "../../ui/states.tsx";
import { moment } from "../../ui/time.ts";
import { Claims } from "./journey-claims.tsx";
import { JourneyLine } from "./journey-line.tsx";
import { JourneyPeek } from "./journey-peek.tsx";
import { JourneySteps } from "./journey-steps.tsx";
import { JourneyTable } from "./journey-table.tsx";
import classes from "./journeys.module.css";
import { Proposals } from "./proposals.tsx";

const looks = ["story", "table"] as const;

/** A place in one of the conversations. */
export interface Peeked {
  readonly conversationId: string;
  readonly turnId: string | null;
}

/** What one customer went through, on one line of time. */
export function JourneyPage({ id }: { id: string }) {
  const { t } = useTranslation();
  const view = useCall("journey.get", { id });
  const proposals = useCall("journey.proposals", { journeyId: id });
  const [look, setLook] = useKept("journey.look", "story", looks);
  const [peeked, setPeeked] = useState<Peeked | null>(null);
  const customer = view.data?.customer ?? t("journeys.unnamed");
  useEffect(() => {
    document.title = `${customer} · ${t("app.name")}`;
  }, [customer, t]);
  if (view.data === undefined || view.isError) {
    return view.isError ? <PageFailure failure={view.error} again={() => void view.refetch()} /> : <PageLoading />;
  }
  const journey = view.data;
  const { steps, claims, more } = journey;
  return (
    <div className={classes["page"]} data-testid="journey" data-keep-scroll={`journey.${id}`}>
      <Head journey={journey} customer={customer} />
      <div className={classes["body"]}>
        <JourneyLine steps={steps} claims={claims} peek={setPeeked} />
        <Claims claims={claims} steps={steps} peek={setPeeked} />
        {proposals.data !== undefined && proposals.data.total > 0 && (
          <Proposals proposals={proposals.data.proposals} total={proposals.data.total} />
        )}
        <section aria-labelledby="journey-conversations">
          <div className={classes["sectionHead"]}>
            <h2 id="journey-conversations">{t("journeys.page.conversations")}</h2>
            <SegmentedControl
              size="xs"
              aria-label={t("journeys.page.conversations")}
              value={look}
              data={[
                { value: "story", label: t("journeys.page.asStory") },
                { value: "table", label: t("journeys.page.asTable") },
              ]}
              onChange={(value) => setLook(looks.find((each) => each === value) ?? look)}
            />
          </div>
          {more > 0 && <p className={classes["quiet"]}>{t("journeys.page.more", { count: more })}</p>}
          {look === "story" ? (
            <JourneySteps steps={steps} claims={claims} peek={setPeeked} />
          ) : (
            <JourneyTable steps={steps} claims={claims} />
          )}
        </section>
        <Decisions journey={journey} />
      </div>
      {peeked !== null && (
        <JourneyPeek key={`${peeked.conversationId} ${peeked.turnId}`} {...peeked} close={() => setPeeked(null)} />
      )}
    </div>
  );
}

function Head({ journey: { identities, steps }, customer }: { journey: JourneyView; customer: string }) {
  const { t } = useTranslation();
  const day = (iso: string) => moment(iso, (time) => t("state.today", { time }));
  const times = steps.flatMap(({ startedAt }) => startedAt ?? []);
  const [first, last] = [times[0], times.at(-1)];
  return (
    <header className={classes["header"]}>
      <Link href="/journeys" aria-label={t("journeys.page.back")} className={classes["backLink"]}>
        <IconArrowLeft size={18} aria-hidden="true" />
      </Link>
      <div className={classes["naming"]}>
        <h1 dir="auto">{customer}</h1>
        <p className={classes["quiet"]}>
          {t("journeys.conversations", { count: steps.length })}
          {first !== undefined &&
            last !== undefined &&
            ` · ${first === last ? day(first) : t("journeys.page.from", { from: day(first), to: day(last) })}`}
        </p>
        {identities.length > 0 && (
          <p className={classes["quiet"]}>
            {t("journeys.page.by")}{" "}
            {identities
              .map(({ kind, value, shared }) =>
                [
                  t(`journeys.page.identity.${kind}`),
                  value ?? t("journeys.page.hashed"),
                  shared ? `(${t("journeys.page.shared")})` : "",
                ]
                  .join(" ")
                  .trim(),
              )
              .join(" · ")}
          </p>
        )}
      </div>
    </header>
  );
}

function Decisions({ journey: { decisions, steps } }: { journey: JourneyView }) {
  const { t } = useTranslation();
  const undo = useAct("journey.undo", () => {
    tell(t("journeys.page.undone"));
    for (const name of ["journey.get", "journey.of", "journey.list", "journey.proposals"] as const)
      void memory.invalidateQueries({ queryKey: [name] });
  });
  if (decisions.length === 0) return null;
  const titleOf = (id: string | null) =>
    steps.find(({ conversationId }) => conversationId === id)?.title ?? t("journeys.page.gone");
  return (
    <section aria-labelledby="journey-decisions">
      <h2 id="journey-decisions">{t("journeys.page.decisions")}</h2>
      <ul className={classes["decisions"]}>
        {decisions.map(({ id, verdict, conversationId, otherId, at, author }) => (
          <li key={id}>
            <span>
              {t(`journeys.page.verdicts.${verdict}`, { author, one: titleOf(conversationId), other: titleOf(otherId) })},{" "}
              {moment(at, (time) => t("state.today", { time }))}
            </span>
            <Button size="compact-xs" variant="default" loading={undo.isPending} onClick={() => undo.mutate({ decisionId: id })}>
              {t("journeys.page.undo")}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
