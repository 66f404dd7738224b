import { useCallback, useEffect, useRef, useState } from "react";
import type { QuotedPlace } from "../../../app/contract/category-views.ts";
import { mediaUrl, memory, queryOf } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { tell, tellFailure } from "../../ui/notices.tsx";

/** Played before and after a match, so that its first and last sound are heard, in milliseconds. */
const around = { before: 400, after: 600 };

/** What names a match among all that are shown. */
export function matchKey(conversationId: string, place: QuotedPlace): string {
  return `${conversationId} ${place.startMs} ${place.endMs} ${place.turnId ?? ""} ${place.chars?.from ?? ""}`;
}

/** Plays matches in place, one at a time; `playing` names the one that is heard. */
export function useListening(): {
  readonly playing: string | null;
  readonly play: (conversationId: string, place: QuotedPlace) => void;
  readonly stop: () => void;
} {
  const { t } = useTranslation();
  const audio = useRef<HTMLAudioElement | null>(null);
  const endsAt = useRef(0);
  const [playing, setPlaying] = useState<string | null>(null);

  const stop = useCallback(() => {
    audio.current?.pause();
    setPlaying(null);
  }, []);

  useEffect(() => {
    const element = new Audio();
    audio.current = element;
    const end = () => setPlaying(null);
    element.addEventListener("ended", end);
    element.addEventListener("error", end);
    element.addEventListener("timeupdate", () => {
      if (!element.paused && element.currentTime * 1_000 >= endsAt.current) {
        element.pause();
        end();
      }
    });
    return () => {
      element.pause();
      element.removeAttribute("src");
      element.load();
      audio.current = null;
    };
  }, []);

  const play = useCallback(
    (conversationId: string, place: QuotedPlace) => {
      const key = matchKey(conversationId, place);
      setPlaying(key);
      memory
        .fetchQuery(queryOf("conversation.get", { id: conversationId }))
        .then(async ({ mediaId }) => {
          const element = audio.current;
          if (element === null || mediaId === null) {
            setPlaying(null);
            if (mediaId === null) tell(t("rules.noSound"));
            return;
          }
          const address = new URL(mediaUrl(mediaId), window.location.href).href;
          if (element.src !== address) element.src = address;
          endsAt.current = place.endMs + around.after;
          element.currentTime = Math.max(0, place.startMs - around.before) / 1_000;
          await element.play();
        })
        .catch((thrown: unknown) => {
          setPlaying(null);
          // A pause right after play rejects the promise of play, and is no failure.
          if (!(thrown instanceof DOMException && thrown.name === "AbortError")) tellFailure(thrown);
        });
    },
    [t],
  );

  return { playing, play, stop };
}
