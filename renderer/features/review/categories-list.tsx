import type { CategoryFinding, QuotedPlace } from "../../../app/contract/category-views.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { FailureNote } from "../../ui/states.tsx";
import { clock } from "../../ui/time.ts";
import classes from "./categories-list.module.css";

/** Places that are shown of one category before the rest is folded away. */
const shownPlaces = 5;

/**
 * The categories of a conversation with what they rest on, and its issues, actions and outcomes. Every place is a button
 * that `onPlay` plays; what was not found says where it was looked for.
 */
export function CategoriesList({ conversationId, onPlay }: { conversationId: string; onPlay: (place: QuotedPlace) => void }) {
  const { t } = useTranslation();
  const results = useCall("category.results", { conversationId });
  if (results.data === undefined) return results.isError ? <FailureNote failure={results.error} compact /> : null;
  const { findings, spans } = results.data;
  return (
    <div className={classes["lists"]}>
      {findings.length === 0 && <p className={classes["quiet"]}>{t("categories.none")}</p>}
      {(["present", "absent", "unknown"] as const).map((outcome) => {
        const own = findings.filter((finding) => finding.outcome === outcome);
        if (own.length === 0) return null;
        return (
          <section key={outcome} aria-label={t(`categories.outcome.${outcome}`)}>
            <h4>{`${t(`categories.outcome.${outcome}`)} (${own.length})`}</h4>
            <ul className={classes["list"]}>
              {own.map((finding) => (
                <Finding key={finding.id} finding={finding} onPlay={onPlay} />
              ))}
            </ul>
          </section>
        );
      })}
      {spans.length > 0 && (
        <section aria-label={t("categories.spans")}>
          <h4>{t("categories.spans")}</h4>
          <p className={classes["quiet"]}>{t("categories.spansNote")}</p>
          <ul className={classes["list"]}>
            {spans.map((span) => (
              <li key={`${span.kind} ${span.startMs} ${span.turnId ?? ""} ${span.chars?.from ?? ""}`}>
                <span className={classes["name"]}>{t(`categories.kind.${span.kind}`)}</span>
                <Places places={[span]} onPlay={onPlay} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function Finding({ finding, onPlay }: { finding: CategoryFinding; onPlay: (place: QuotedPlace) => void }) {
  const { t } = useTranslation();
  const { name, wanted, outcome, places, against, searched, unjudged, sentence } = finding;
  const hoped = wanted === null || outcome === "unknown" ? null : wanted === outcome;
  return (
    <li>
      <div className={classes["head"]}>
        <span className={classes["name"]}>{name}</span>
        {hoped !== null && (
          <span className={classes[hoped ? "quiet" : "warning"]}>{t(hoped ? "categories.hoped" : "categories.notHoped")}</span>
        )}
      </div>
      <Places places={places} onPlay={onPlay} />
      {against.length > 0 && (
        <>
          <p className={classes["quiet"]}>{t("categories.but")}</p>
          <Places places={against} onPlay={onPlay} />
        </>
      )}
      {unjudged.map((reason) => (
        <p key={reason} className={classes["quiet"]}>
          {t(`categories.unjudged.${reason}`)}
        </p>
      ))}
      <details>
        <summary>{t("categories.why")}</summary>
        <p>{t("categories.rule", { sentence })}</p>
        {places.length === 0 &&
          searched.map(({ what, startMs, endMs, words, turns }) => (
            <p key={`${what} ${startMs}`} className={classes["quiet"]}>
              {t("categories.searched", { what, words, turns, from: clock(startMs), to: clock(endMs) })}
            </p>
          ))}
      </details>
    </li>
  );
}

function Places({ places, onPlay }: { places: readonly QuotedPlace[]; onPlay: (place: QuotedPlace) => void }) {
  const { t } = useTranslation();
  if (places.length === 0) return null;
  const list = (some: readonly QuotedPlace[]) => (
    <ul className={classes["places"]}>
      {some.map((place) => {
        const time = clock(place.startMs);
        const length = `${Math.round((place.endMs - place.startMs) / 1_000)} s`;
        const text = place.turnId === null ? t("categories.silence", { length }) : place.quote || t("categories.noWords");
        const label =
          place.quote === "" ? t("categories.playSilence", { time }) : t("categories.play", { time, quote: place.quote });
        return (
          <li key={`${place.startMs} ${place.endMs} ${place.turnId ?? ""} ${place.chars?.from ?? ""}`}>
            <button type="button" aria-label={label} onClick={() => onPlay(place)}>
              <span className="numeric">{time}</span>
              <span>{text}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
  const rest = places.slice(shownPlaces);
  return (
    <>
      {list(places.slice(0, shownPlaces))}
      {rest.length > 0 && (
        <details>
          <summary>{`+${rest.length}`}</summary>
          {list(rest)}
        </details>
      )}
    </>
  );
}
