import { sideOf } from "./player-mixer.ts";
import type { Side } from "./transport-volume.tsx";
import type { Voice } from "./voices.ts";

/** Who is heard on which side of the recording. */
export function sidesOf(voices: ReadonlyMap<string, Voice>): Side[] {
  return ([0, 1] as const).flatMap((side) => {
    const own = [...voices.values()].filter(
      ({ participant }) => participant.channel !== null && sideOf(participant.channel) === side,
    );
    return own.length === 0 ? [] : [{ side, name: own.map((voice) => voice.name).join(", "), hue: own[0]?.hue ?? null }];
  });
}
