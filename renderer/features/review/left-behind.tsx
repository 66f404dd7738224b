import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useState } from "react";
import type { LeftBehind as LeftBehindChange } from "../../../app/contract/editing-views.ts";
import type { ConversationView } from "../../../app/contract/views.ts";
import type { AnchorView } from "../../../app/conversation/anchors.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { tell } from "../../ui/notices.tsx";
import { FailureNote } from "../../ui/states.tsx";
import { clock, moment } from "../../ui/time.ts";
import { shortQuote } from "./comments-anchor.ts";
import classes from "./editing.module.css";
import type { Corrections } from "./editing-corrections.ts";
import { detailOf } from "./editing-history.tsx";
import type { Voice } from "./voices.ts";

/** Shows a place in the transcript, and goes there in a call. */
export type GoTo = (place: Pick<AnchorView, "startMs" | "turnIds" | "wordIds">) => void;

/** At first this many are listed. */
const firstShown = 5;

/**
 * Corrections that were made on an earlier hearing and do not hold on this one: what each was, what stands at its place
 * now, and the choice of making it again there or letting go of it. It stays until each has been decided.
 */
export function LeftBehind({
  view,
  voices,
  corrections,
  goTo,
}: {
  view: ConversationView;
  voices: ReadonlyMap<string, Voice>;
  corrections: Corrections;
  goTo: GoTo;
}) {
  const { t } = useTranslation();
  const { id } = view.conversation;
  const { leftBehind, revision } = view;
  const [whole, setWhole] = useState(false);
  // What stands there now is another with every revision.
  const list = useCall("correction.leftBehind", { id }, { enabled: leftBehind > 0 });
  if (leftBehind === 0) return null;
  const changes = list.data?.changes ?? [];
  return (
    <section
      className={classes["note"]}
      aria-label={t("reviewing.leftBehind.title", { count: leftBehind })}
      data-tone="loud"
      data-testid="left-behind"
      data-revision={revision}
    >
      <IconAlertTriangle size={18} aria-hidden="true" />
      <div>
        <strong>{t("reviewing.leftBehind.title", { count: leftBehind })}</strong>. {t("reviewing.leftBehind.note")}
        {list.isError && <FailureNote failure={list.error} compact />}
        <ul className={classes["leftBehind"]}>
          {(whole ? changes : changes.slice(0, firstShown)).map((change) => (
            <One key={change.changeId} change={change} voices={voices} corrections={corrections} goTo={goTo} />
          ))}
        </ul>
        {!whole && changes.length > firstShown && (
          <button type="button" className={classes["link"]} onClick={() => setWhole(true)}>
            {t("insight.more", { count: changes.length - firstShown })}
          </button>
        )}
      </div>
    </section>
  );
}

function One({
  change,
  voices,
  corrections,
  goTo,
}: {
  change: LeftBehindChange;
  voices: ReadonlyMap<string, Voice>;
  corrections: Corrections;
  goTo: GoTo;
}) {
  const { t } = useTranslation();
  const { changeId, at, author, operations, place, turnIds, wordIds, now, fits, hides } = change;
  const [busy, setBusy] = useState(false);
  const [only] = operations;
  const said = [...new Set(operations.map(({ kind }) => t(`reviewing.operation.${kind}`)))].join(", ");
  const detail = operations.length === 1 && only !== undefined ? detailOf(only, voices, t("reviewing.tookOut")) : "";
  const what = detail === "" ? said : `${said}: ${detail}`;
  const decide = (made: () => Promise<unknown>) => {
    setBusy(true);
    void made().finally(() => setBusy(false));
  };
  return (
    <li>
      <p>
        {what}{" "}
        <small>
          {author}, {moment(at, (time) => t("state.today", { time }))}
        </small>
      </p>
      <p>
        {place === null
          ? t("reviewing.leftBehind.noPlace")
          : now === ""
            ? t("reviewing.leftBehind.nothing", { time: clock(place.startMs) })
            : t("reviewing.leftBehind.now", { time: clock(place.startMs), text: shortQuote(now) })}
        {hides && ` ${t("reviewing.leftBehind.hides")}`}
        {!fits && !hides && place !== null && ` ${t("reviewing.leftBehind.fitsNot")}`}
      </p>
      <div className={classes["leftButtons"]}>
        {place !== null && (
          <Button
            size="compact-xs"
            variant="default"
            aria-label={t("reviewing.leftBehind.goTo", { what })}
            onClick={() => goTo({ startMs: place.startMs, turnIds, wordIds })}
          >
            {t("reviewing.leftBehind.go")}
          </Button>
        )}
        {fits && (
          <Button
            size="compact-xs"
            loading={busy}
            aria-label={t("reviewing.leftBehind.applyOf", { what })}
            onClick={() =>
              decide(async () => {
                if ((await corrections.applyAgain(changeId)) === "made") tell(t("reviewing.leftBehind.applied"));
              })
            }
          >
            {t("reviewing.leftBehind.apply")}
          </Button>
        )}
        {!hides && (
          <Button
            size="compact-xs"
            variant="subtle"
            disabled={busy}
            aria-label={t("reviewing.leftBehind.dismissOf", { what })}
            onClick={() => decide(() => corrections.dismiss(changeId))}
          >
            {t("reviewing.leftBehind.dismiss")}
          </Button>
        )}
      </div>
    </li>
  );
}
