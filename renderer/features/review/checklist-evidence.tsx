import { IconPlayerPlay, IconRoute } from "@tabler/icons-react";
import { useState } from "react";
import type { Suggestion } from "../../../app/conformity/answer.ts";
import type { ShownEvidence } from "../../../app/contract/conformity-views.ts";
import { useTranslation } from "../../text/index.ts";
import { clock, percent } from "../../ui/time.ts";
import { JourneyPeek } from "../journeys/index.ts";
import classes from "./checklist-question.module.css";
import type { AskedQuestion } from "./checklist-questions.ts";

/** What an answer rests on: words to be played, and where there are none, what was searched in vain. */
export function EvidenceList({ asked, play }: { asked: AskedQuestion; play: (evidence: ShownEvidence) => void }) {
  const { t } = useTranslation();
  const { judged } = asked;
  const { decision, suggestion } = judged.answer;
  const searched = (decision ?? suggestion)?.searched ?? [];
  if (judged.evidence.length === 0 && searched.length === 0) return null;
  return (
    <div className={classes["part"]}>
      {judged.evidence.length > 0 && (
        <>
          <p className={classes["partName"]}>{t("checklist.evidence")}</p>
          <ul className={classes["evidence"]}>
            {judged.evidence.map((one, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the same words can stand under an answer twice
              <li key={index} data-against={one.evidence.stance === "against" || undefined}>
                <EvidenceButton one={one} play={play} />
                <Elsewhere places={one.evidence.elsewhere ?? []} />
              </li>
            ))}
          </ul>
        </>
      )}
      {searched.length > 0 && (
        <>
          <p className={classes["partName"]}>{t("checklist.searched")}</p>
          <Searched searched={searched} />
        </>
      )}
    </div>
  );
}

function EvidenceButton({ one, play }: { one: ShownEvidence; play: (evidence: ShownEvidence) => void }) {
  const { t } = useTranslation();
  const time = clock(one.startMs);
  const role = one.role === null ? "" : t(`role.${one.role}`);
  const hasWords = one.wordIds.length > 0 || one.turnId !== null;
  const quote =
    one.quote === null ? t("checklist.evidenceHidden") : one.quote === "" || !hasWords ? t("checklist.evidenceSound") : one.quote;
  const against = one.evidence.stance === "against";
  return (
    <button type="button" onClick={() => play(one)}>
      <IconPlayerPlay size={12} aria-hidden="true" />
      <span className="unseen">{t("checklist.play")} </span>
      <span className="numeric">{time}</span>
      {role !== "" && <span className={classes["role"]}>{role}</span>}
      <q data-none={one.quote === null || one.quote === "" || undefined}>{quote}</q>
      {against && <small>{t("checklist.against")}</small>}
    </button>
  );
}

/** What other conversations of the customer say of it: each opens in place. */
function Elsewhere({ places }: { places: NonNullable<ShownEvidence["evidence"]["elsewhere"]> }) {
  const { t } = useTranslation();
  const [peeked, setPeeked] = useState<(typeof places)[number] | null>(null);
  if (places.length === 0) return null;
  return (
    <>
      {places.map((place) => (
        <button key={`${place.conversationId} ${place.turnId}`} type="button" onClick={() => setPeeked(place)}>
          <IconRoute size={12} aria-hidden="true" />
          {t("journeys.review.evidence")}: {t(`channel.${place.channel}`)},{" "}
          <span className="numeric">{clock(place.startMs)}</span>
        </button>
      ))}
      {peeked !== null && (
        <JourneyPeek conversationId={peeked.conversationId} turnId={peeked.turnId} close={() => setPeeked(null)} />
      )}
    </>
  );
}

function Searched({ searched }: { searched: Suggestion["searched"] }) {
  const { t } = useTranslation();
  return (
    <ul className={classes["searched"]}>
      {searched.map((one) => (
        <li key={`${one.what} ${one.role} ${one.startMs}`}>
          {one.role === null
            ? t("checklist.searchedForAll", { what: one.what })
            : t("checklist.searchedFor", { what: one.what, role: t(`role.${one.role}`).toLowerCase() })}{" "}
          <small>
            {t("checklist.searchedIn", {
              from: clock(one.startMs),
              to: clock(one.endMs),
              turns:
                one.turnNumbers === null
                  ? t("checklist.turns", { count: one.turns })
                  : t("checklist.searchedTurns", one.turnNumbers),
              words: t("checklist.words", { count: one.words }),
            })}
          </small>
        </li>
      ))}
    </ul>
  );
}

/** How much an answer is in doubt, and why; nothing where it is not. */
export function Doubts({ asked: { judged } }: { asked: AskedQuestion }) {
  const { t } = useTranslation();
  const reasons = judged.doubt.reasons.filter(({ kind }) => kind !== "stale");
  if (reasons.length === 0) return null;
  return (
    <div className={classes["part"]}>
      <p className={classes["partName"]}>{t("checklist.doubts", { percent: percent(judged.doubt.amount) })}</p>
      <ul className={classes["doubts"]}>
        {reasons.map(({ kind, text }) => (
          <li key={`${kind} ${text}`}>{text}</li>
        ))}
      </ul>
    </div>
  );
}
