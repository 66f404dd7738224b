import { ActionIcon, Tooltip } from "@mantine/core";
import { IconPlayerPlay, IconPlayerStop } from "@tabler/icons-react";
import { Link } from "wouter";
import type { QuotedPlace } from "../../../app/contract/category-views.ts";
import { useTranslation } from "../../text/index.ts";
import { clock, span } from "../../ui/time.ts";
import classes from "./categories.module.css";
import { matchKey, type useListening } from "./use-listening.ts";

interface MatchesProps {
  readonly conversationId: string;
  readonly title: string;
  readonly places: readonly QuotedPlace[];
  readonly listening: ReturnType<typeof useListening>;
  /** A chat has no sound: its matches can be gone to and not be heard. */
  readonly hasSound: boolean;
  readonly most?: number;
}

/** Places of one conversation that a rule has found: each can be heard where it stands, and opens its conversation there. */
export function Matches({ conversationId, title, places, listening, hasSound, most = 5 }: MatchesProps) {
  const { t } = useTranslation();
  const rest = places.length - most;
  return (
    <>
      <ul className={classes["matches"]}>
        {places.slice(0, most).map((place) => (
          <Match
            key={matchKey(conversationId, place)}
            conversationId={conversationId}
            title={title}
            place={place}
            listening={listening}
            hasSound={hasSound}
          />
        ))}
      </ul>
      {rest > 0 && <p className={classes["quiet"]}>{t("rules.more", { count: rest })}</p>}
    </>
  );
}

function Match({
  conversationId,
  title,
  place,
  listening,
  hasSound,
}: Omit<MatchesProps, "places" | "most"> & { place: QuotedPlace }) {
  const { t } = useTranslation();
  const time = clock(place.startMs);
  const quote =
    place.turnId === null ? t("rules.silence", { length: span(place.endMs - place.startMs) }) : place.quote || t("rules.hearing");
  const isPlaying = listening.playing === matchKey(conversationId, place);
  const label = isPlaying ? t("rules.stop") : t("rules.play", { time, title, quote });
  const address = new URLSearchParams({
    t: String(place.startMs),
    ...(place.turnId === null ? {} : { turn: place.turnId }),
    play: "1",
  });
  return (
    <li>
      {hasSound && (
        <Tooltip label={label} multiline maw="24rem">
          <ActionIcon
            size="sm"
            variant="subtle"
            aria-label={label}
            onClick={() => (isPlaying ? listening.stop() : listening.play(conversationId, place))}
          >
            {isPlaying ? <IconPlayerStop size={14} aria-hidden="true" /> : <IconPlayerPlay size={14} aria-hidden="true" />}
          </ActionIcon>
        </Tooltip>
      )}
      <Link href={`/conversation/${encodeURIComponent(conversationId)}?${address.toString()}`}>
        <span className="unseen">{t("rules.openAt", { title })}</span>
        <span className="numeric">{time}</span>
        <span className={classes["quote"]} dir="auto">
          {quote}
        </span>
      </Link>
    </li>
  );
}
