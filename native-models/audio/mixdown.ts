import type { Sound } from "../session.ts";

/** One channel of a recording as a recording of its own. */
export function oneChannel(sound: Sound, channel: number): Sound {
  return { durationMs: sound.durationMs, channels: 1, read: (_, ...what) => sound.read(channel, ...what) };
}

/** All channels of a recording mixed to one, as if the sides had been recorded together. */
export function mixdown(sound: Sound): Sound {
  return {
    durationMs: sound.durationMs,
    channels: 1,
    async read(_, start, samples, into) {
      const mix = await sound.read(0, start, samples, into);
      for (let channel = 1; channel < sound.channels; channel++) {
        const other = await sound.read(channel, start, samples);
        for (let i = 0; i < mix.length; i++) mix[i] = (mix[i] as number) + (other[i] ?? 0);
      }
      for (let i = 0; i < mix.length; i++) mix[i] = Math.max(-1, Math.min(1, mix[i] as number));
      return mix;
    },
  };
}
