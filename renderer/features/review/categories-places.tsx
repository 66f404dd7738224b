import type { QuotedPlace } from "../../../app/contract/category-views.ts";
import { useTranslation } from "../../text/index.ts";
import { clock } from "../../ui/time.ts";
import classes from "./categories-list.module.css";

/** Places that are shown before the rest is folded away. */
const shownPlaces = 5;

/** Places with their words, each a button that `onPlay` plays. */
export function Places({ places, onPlay }: { places: readonly QuotedPlace[]; onPlay: (place: QuotedPlace) => void }) {
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
