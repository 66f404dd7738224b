import { useEffect, useRef } from "react";
import { keyOf, memory, useAct, useCall } from "../../bridge/index.ts";
import type { Listening, Player } from "./player.ts";

/** How long after the last press of a key the speed is kept, in milliseconds. */
const keepAfterMs = 400;

/** Keeps how a person listens (speed, silence, stepping back) the same as the settings, in both directions. */
export function useListening(player: Player | null): void {
  const settings = useCall("settings.get", {});
  const { mutate } = useAct("settings.set", (next) => memory.setQueryData(keyOf("settings.get", {}), next));
  const waiting = useRef<{ timer: ReturnType<typeof setTimeout>; listening: Listening } | null>(null);
  const { playback, rewindOnResumeMs } = settings.data ?? {};

  useEffect(() => {
    if (player === null || playback === undefined) return;
    player.rewindOnResumeMs = rewindOnResumeMs ?? 0;
    // What was just chosen and is not kept yet is newer than what the settings say.
    if (waiting.current === null) player.adopt(playback);
  }, [player, playback, rewindOnResumeMs]);

  useEffect(() => {
    if (player === null) return;
    const keep = () => {
      if (waiting.current === null) return;
      clearTimeout(waiting.current.timer);
      mutate({ playback: waiting.current.listening });
      waiting.current = null;
    };
    player.onListening = (listening) => {
      if (waiting.current !== null) clearTimeout(waiting.current.timer);
      waiting.current = { listening, timer: setTimeout(keep, keepAfterMs) };
    };
    return () => {
      player.onListening = null;
      keep();
    };
  }, [player, mutate]);
}
