import { IconEar } from "@tabler/icons-react";
import { useState } from "react";
import type { EvaluationView } from "../../../app/contract/conformity-views.ts";
import { useTranslation } from "../../text/index.ts";
import { clock, span } from "../../ui/time.ts";
import type { AskedQuestion } from "./checklist-questions.ts";
import classes from "./checklist-score.module.css";

/** A stretch that is worth hearing. */
export type Clip = EvaluationView["listenNext"][number];

/** How many stretches are shown before the rest is asked for. */
const shownAtFirst = 3;

/** What to hear next, the stretch first that settles most in the least time, with why. */
export function ListenNext({
  view: { listenNext, heard },
  questions,
  playing,
  play,
}: {
  view: EvaluationView;
  questions: readonly AskedQuestion[];
  /** Where the stretch begins that was begun last; null where none was. */
  playing: number | null;
  play: (clip: Clip) => void;
}) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const shown = all ? listenNext : listenNext.slice(0, shownAtFirst);
  const heardMs = heard.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  const numbersOf = (ids: readonly string[]) =>
    questions.flatMap(({ question, judged }) => (ids.includes(question.id) ? [judged.number] : []));
  return (
    <details className={classes["listen"]} open data-testid="listen-next">
      <summary>
        <IconEar size={14} aria-hidden="true" /> {t("checklist.listen.title")}
        {heardMs > 0 && <small>{t("checklist.listen.heard", { length: span(heardMs) })}</small>}
      </summary>
      {listenNext.length === 0 ? (
        <p className={classes["quiet"]}>{t("checklist.listen.nothing")}</p>
      ) : (
        <ol>
          {shown.map((clip) => {
            const numbers = numbersOf(clip.questionIds);
            const length = span(clip.endMs - clip.startMs);
            return (
              <li key={`${clip.startMs}-${clip.endMs}`} data-playing={clip.startMs === playing || undefined}>
                <button type="button" onClick={() => play(clip)}>
                  <span className="unseen">{t("checklist.play")} </span>
                  <span className="numeric">{clock(clip.startMs)}</span>
                  <span className={classes["length"]}>{length}</span>
                  <span className={classes["why"]}>
                    {clip.reasons.join("; ")}{" "}
                    <small>
                      {t(numbers.length === 1 ? "checklist.listen.question" : "checklist.listen.questions", {
                        numbers: numbers.join(", "),
                      })}
                      , {t("checklist.listen.settles", { worth: clip.worth })}
                    </small>
                  </span>
                </button>
              </li>
            );
          })}
        </ol>
      )}
      {!all && listenNext.length > shownAtFirst && (
        <button type="button" className={classes["more"]} onClick={() => setAll(true)}>
          {t("checklist.listen.more", { count: listenNext.length - shownAtFirst })}
        </button>
      )}
    </details>
  );
}
