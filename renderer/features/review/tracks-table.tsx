import type { Conversation } from "../../../app/conversation/conversation.ts";
import { paceStep } from "../../../app/conversation/measures-over-time.ts";
import { useTranslation } from "../../text/index.ts";
import { clock, signed, span } from "../../ui/time.ts";
import { decibels } from "./decibels.ts";
import classes from "./tracks.module.css";
import { type LoudnessTrack, loudestIn, meanIn, type Reading, type SentimentTrack, vendorLoudnessAt } from "./tracks-figures.ts";
import type { Voice } from "./voices.ts";

/** The tracks as tables: the same figures for who does not see them drawn. */
export function TracksTable({
  conversation: { durationMs, vendor },
  sentiment,
  loudness,
  voices,
  jump,
}: {
  conversation: Pick<Conversation, "durationMs" | "vendor">;
  sentiment: readonly SentimentTrack[];
  loudness: readonly LoudnessTrack[];
  voices: ReadonlyMap<string, Voice>;
  jump: (ms: number) => void;
}) {
  const { t } = useTranslation();
  const stepMs = paceStep(durationMs);
  const stretches = Array.from({ length: Math.max(1, Math.ceil(durationMs / stepMs)) }, (_, index) => ({
    startMs: index * stepMs,
    endMs: Math.min(durationMs, (index + 1) * stepMs),
  }));
  const said = (score: number | null | undefined) => (score == null ? "–" : signed(score));
  const source = vendor?.source ?? "";
  const rows = sentiment.flatMap(({ key, name, own, vendor: theirs }): { key: string; name: string; reading: Reading }[] => [
    ...(own === null ? [] : [{ key, name, reading: own }]),
    ...(theirs === null ? [] : [{ key: `${key} vendor`, name: `${name}, ${source}`, reading: theirs }]),
  ]);
  const nameOf = (track: LoudnessTrack) => voices.get(track.participantId ?? "")?.name ?? track.key;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keys
    <section className={classes["tables"]} tabIndex={0} aria-label={t("tracks.tables")} data-testid="tracks-table">
      {rows.length > 0 && (
        <table>
          <caption>{t("tracks.quartersTable")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("tracks.who")}</th>
              <th scope="col">{t("tracks.whole")}</th>
              {[1, 2, 3, 4].map((number) => (
                <th key={number} scope="col">
                  {t("tracks.quarterHead", { number })}
                </th>
              ))}
              <th scope="col">{t("tracks.trend")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, name, reading }) => (
              <tr key={key}>
                <th scope="row">{name}</th>
                <td>{said(reading.score)}</td>
                {[0, 1, 2, 3].map((quarter) => (
                  <td key={quarter}>{said(reading.quarters[quarter]?.score)}</td>
                ))}
                <td>{t(`insight.trends.${reading.trend ?? "unknown"}`)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <table>
        <caption>{t("tracks.table", { step: span(stepMs) })}</caption>
        <thead>
          <tr>
            <th scope="col">{t("tracks.from")}</th>
            {rows.map(({ key, name }) => (
              <th key={key} scope="col">
                {t("tracks.sentimentOf", { name })}
              </th>
            ))}
            {loudness.map((track) => (
              <th key={track.key} scope="col">
                {t("tracks.loudnessOf", { name: nameOf(track) })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {stretches.map((stretch) => (
            <tr key={stretch.startMs}>
              <th scope="row">
                <button
                  type="button"
                  aria-label={t("tracks.goTo", { time: clock(stretch.startMs) })}
                  onClick={() => jump(stretch.startMs)}
                >
                  {clock(stretch.startMs)}
                </button>
              </th>
              {rows.map(({ key, reading }) => (
                <td key={key}>{said(meanIn(reading, stretch))}</td>
              ))}
              {loudness.map((track) => (
                <td key={track.key}>{levelIn(track, stretch.startMs, stretch.endMs)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );

  function levelIn({ own, vendor: theirs }: LoudnessTrack, fromMs: number, toMs: number): string {
    if (own !== null) {
      const level = loudestIn(own, fromMs, toMs);
      return level === null ? "–" : t("tracks.level", { level: decibels(level) });
    }
    let loudest: number | null = null;
    for (let ms = fromMs; ms < toMs; ms += 1_000) {
      const score = vendorLoudnessAt(theirs, ms);
      if (score !== null && (loudest === null || score > loudest)) loudest = score;
    }
    return loudest === null ? "–" : t("tracks.vendorLevel", { level: decibels(loudest) });
  }
}
