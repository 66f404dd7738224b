import type { QuotedPlace } from "../../../app/contract/category-views.ts";
import type { Conversation, VendorFinding } from "../../../app/conversation/conversation.ts";
import { useTranslation } from "../../text/index.ts";
import classes from "./categories-list.module.css";
import { Places } from "./categories-places.tsx";

/** What another program found a conversation to be about, and where: as it said it, and never mixed with Earmark's own. */
export function VendorFindings({ conversation, onPlay }: { conversation: Conversation; onPlay: (place: QuotedPlace) => void }) {
  const { t } = useTranslation();
  const { vendor } = conversation;
  const { findings = [], topics = [], summaries = [] } = vendor ?? {};
  if (vendor === undefined || findings.length + topics.length + summaries.length === 0) return null;
  const title = t("rules.vendor", { source: vendor.source });
  const grouped = [...Map.groupBy(findings, ({ kind, name }) => `${kind} ${name}`)];
  return (
    <section aria-label={title} data-testid="vendor-findings">
      <h4>{title}</h4>
      <p className={classes["quiet"]}>{t("rules.vendorNote")}</p>
      <ul className={classes["list"]}>
        {summaries.map(({ name, text }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two texts may have the same name, and their order is the file's
          <li key={index}>
            <span className={classes["name"]}>{name === "" ? t("importing.summary") : name}</span> <span>{text}</span>
          </li>
        ))}
        {topics.length > 0 && (
          <li>
            <span className={classes["name"]}>{t("rules.vendorTopics")}</span> <span>{topics.join(", ")}</span>
          </li>
        )}
        {grouped.map(([key, [first, ...more]]) =>
          first === undefined ? null : (
            <li key={key}>
              <span className={classes["name"]}>
                {first.kind === "category" ? first.name : t(`categories.kind.${first.kind}`)}
              </span>
              <Places places={[first, ...more].map((one) => quotedOf(conversation, one))} onPlay={onPlay} />
            </li>
          ),
        )}
      </ul>
    </section>
  );
}

/** A vendor's place with the words that stand there now. */
function quotedOf({ turns, participants }: Conversation, finding: VendorFinding): QuotedPlace {
  const { turnId, wordIds, startMs, endMs } = finding;
  const turn = turns.find(({ id }) => id === turnId);
  const words = turn?.words.filter(({ id }) => wordIds.includes(id)) ?? [];
  return {
    turnId,
    wordIds: [...wordIds],
    chars: null,
    startMs,
    endMs,
    quote: words.length > 0 ? words.map(({ text }) => text).join(" ") : (turn?.text.slice(0, 120) ?? ""),
    role: participants.find(({ id }) => id === turn?.participantId)?.role ?? null,
  };
}
