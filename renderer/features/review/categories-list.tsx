import type { CategoryFinding, QuotedPlace } from "../../../app/contract/category-views.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { FailureNote } from "../../ui/states.tsx";
import { clock } from "../../ui/time.ts";
import classes from "./categories-list.module.css";
import { Places } from "./categories-places.tsx";
import { VendorFindings } from "./vendor-findings.tsx";

/**
 * The categories of a conversation with what they rest on, and its issues, actions and outcomes. Every place is a button
 * that `onPlay` plays; what was not found says where it was looked for.
 */
export function CategoriesList({ conversationId, onPlay }: { conversationId: string; onPlay: (place: QuotedPlace) => void }) {
  const { t } = useTranslation();
  const results = useCall("category.results", { conversationId });
  const conversation = useCall("conversation.get", { id: conversationId }).data?.conversation;
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
      {conversation !== undefined && <VendorFindings conversation={conversation} onPlay={onPlay} />}
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
