import { IconAlertTriangle, IconArrowForwardUp, IconRepeat, IconTimeline } from "@tabler/icons-react";
import type { ClaimView, JourneyStepView } from "../../../app/contract/journey-views.ts";
import { useTranslation } from "../../text/index.ts";
import { moment } from "../../ui/time.ts";
import { ChannelIcon } from "./channel-icon.tsx";
import type { Peeked } from "./journey-page.tsx";
import classes from "./journeys.module.css";

interface ClaimsProps {
  readonly claims: readonly ClaimView[];
  readonly steps: readonly JourneyStepView[];
  readonly peek: (place: Peeked) => void;
}

const icons = {
  "reason-again": IconRepeat,
  "asked-again": IconRepeat,
  promise: IconTimeline,
  "hand-over": IconArrowForwardUp,
} as const;

/** What can be said of a journey, each claim with the words it rests on. */
export function Claims({ claims, steps, peek }: ClaimsProps) {
  const { t } = useTranslation();
  return (
    <section aria-labelledby="journey-claims">
      <h2 id="journey-claims">{t("journeys.page.claims")}</h2>
      {claims.length === 0 ? (
        <p className={classes["quiet"]}>{t("journeys.page.noClaims")}</p>
      ) : (
        <ul className={classes["claims"]}>
          {claims.map((claim, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: claims have no names, and are made anew as a whole
            <li key={index} data-claim={claim.kind}>
              <Claim claim={claim} steps={steps} peek={peek} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Claim({ claim, steps, peek }: Omit<ClaimsProps, "claims"> & { claim: ClaimView }) {
  const { t } = useTranslation();
  const bad = claim.kind === "promise" && (claim.state === "broken" || claim.state === "not-seen");
  const Icon = bad ? IconAlertTriangle : icons[claim.kind];
  return (
    <>
      <p className={classes["claim"]} data-bad={bad || undefined}>
        <Icon size={15} aria-hidden="true" /> <strong>{useClaimText(claim)}</strong>{" "}
        {claim.kind === "promise" && (
          <span>
            {t(`journeys.claim.states.${claim.state}`)}
            {claim.dueAt !== null &&
              `, ${t("journeys.claim.due", { time: moment(claim.dueAt, (time) => t("state.today", { time })) })}`}
          </span>
        )}
        {claim.kind === "asked-again" && (
          <span>{t("journeys.claim.knew", { channel: t(`channel.${claim.earlierChannel}`).toLowerCase() })}</span>
        )}
        {claim.kind === "hand-over" && claim.laterId === null && <span>{t("journeys.claim.noNext")}</span>}
      </p>
      {claim.doubt !== null && <p className={classes["quiet"]}>{t(`journeys.claim.doubt.${claim.doubt}`)}</p>}
      <ul className={classes["words"]} aria-label={t("journeys.claim.words")}>
        {claim.words.map(({ conversationId, turnId, quote, role }) => {
          const step = steps.find((one) => one.conversationId === conversationId);
          return (
            <li key={`${conversationId} ${turnId}`}>
              <button type="button" className={classes["plain"]} onClick={() => peek({ conversationId, turnId })}>
                {step !== undefined && <ChannelIcon channel={step.channel} size={13} />}{" "}
                <span className={classes["quiet"]}>{t(`role.${role}`)}</span> <q dir="auto">{quote}</q>
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}

/** A claim in words. */
export function useClaimText(claim: ClaimView): string {
  const { t } = useTranslation();
  switch (claim.kind) {
    case "reason-again":
      return t("journeys.claim.reason-again", { name: claim.name });
    case "asked-again":
      return t("journeys.claim.asked-again", {
        what: claim.what === null ? (claim.slot ?? "") : t(`journeys.claim.what.${claim.what}`),
      });
    case "promise":
      return t("journeys.claim.promise", { what: t(`journeys.claim.promises.${claim.promise}`) });
    case "hand-over":
      return t("journeys.claim.hand-over");
  }
}
