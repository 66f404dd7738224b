import { useEffect } from "react";
import { z } from "zod";
import { keep, keptValue } from "../../ui/desk/kept-place.ts";
import type { Player } from "./player.ts";
import { evenMix, type Mix } from "./player-mixer.ts";

const volume = z.number().min(0).max(1);
const sideSchema = z.object({ volume, muted: z.boolean() });
const mixSchema = z.object({ volume, sides: z.tuple([sideSchema, sideSchema]) });

/** A mix as it is kept: nothing for the recorded one. */
export function writeMix(mix: Mix): string | undefined {
  const written = JSON.stringify(mix);
  return written === JSON.stringify(evenMix) ? undefined : written;
}

/** A kept mix; null for what is none. */
export function readMix(kept: unknown): Mix | null {
  if (typeof kept !== "string") return null;
  try {
    return mixSchema.safeParse(JSON.parse(kept)).data ?? null;
  } catch {
    return null;
  }
}

/** Keeps how loud the whole and each side of a conversation are heard, for that conversation alone. */
export function useKeptMix(player: Player | null, conversationId: string): void {
  useEffect(() => {
    if (player === null) return undefined;
    const key = `mix:${conversationId}`;
    const known = readMix(keptValue(key));
    if (known !== null) player.restoreMix(known);
    let before = player.state().mix;
    return player.subscribe(() => {
      const { mix, unmixable } = player.state();
      // Sides that cannot be mixed here were not set otherwise by the person.
      if (mix === before || unmixable) return;
      before = mix;
      keep(key, writeMix(mix));
    });
  }, [player, conversationId]);
}
