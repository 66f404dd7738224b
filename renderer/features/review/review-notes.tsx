import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import { Link } from "wouter";
import type { RecordingView } from "../../../app/contract/views.ts";
import type { Shortfall } from "../../../app/conversation/conversation.ts";
import { useTranslation } from "../../text/index.ts";
import { type Player, usePlayerState } from "./player.ts";
import classes from "./review.module.css";

/** That the sound cannot be played, or is still being prepared. */
export function SoundState({ player, preparing }: { player: Player; preparing: boolean }) {
  const { t } = useTranslation();
  const { failure } = usePlayerState(player);
  if (failure !== null) {
    return (
      <span className={classes["warning"]} role="alert" title={failure}>
        {t("review.noPlayback")}
      </span>
    );
  }
  return preparing ? (
    <span className={classes["quiet"]} role="status">
      {t("review.preparingSound")}
    </span>
  ) : null;
}

/** What about the recording itself makes the rest to be read with care. */
export function RecordingNotes({ recording }: { recording: RecordingView }) {
  const { t } = useTranslation();
  const { silentChannels, truncated } = recording;
  const channels = silentChannels.map((channel) => channel + 1).join(", ");
  return (
    <>
      {silentChannels.length > 0 && (
        <Care
          title={t("review.silentChannel", { count: silentChannels.length, channels })}
          text={t("review.silentNote")}
          testId="silent-channel"
        />
      )}
      {truncated && <Care title={t("review.truncated")} text={t("review.truncatedNote")} testId="truncated" />}
    </>
  );
}

function Care({ title, text, testId }: { title: string; text: string; testId: string }) {
  return (
    <aside className={classes["care"]} aria-label={title} data-testid={testId}>
      <IconAlertTriangle size={18} aria-hidden="true" />
      <p>
        <strong>{title}.</strong> {text}
      </p>
    </aside>
  );
}

/** Something the engine could not add, why, and what would: a state, not an error. */
export function ShortfallNote({ shortfall }: { shortfall: Shortfall }) {
  const { t } = useTranslation();
  const { lacks, reason, modelId } = shortfall;
  if (reason === "not-asked") return null;
  return (
    <aside
      className={classes["shortfall"]}
      data-testid="shortfall"
      data-lacks={lacks}
      aria-label={t(`review.shortfall.title.${lacks}`)}
    >
      <IconInfoCircle size={18} aria-hidden="true" />
      <div>
        <strong>{t(`review.shortfall.title.${lacks}`)}</strong>
        <p>
          {t(`review.shortfall.reason.${reason}`, { model: modelId ?? t("review.shortfall.anyModel") })}{" "}
          {t(`review.shortfall.kept.${lacks}`)}
        </p>
      </div>
      <Link href="/settings#models">{t("review.shortfall.toModels")}</Link>
    </aside>
  );
}
