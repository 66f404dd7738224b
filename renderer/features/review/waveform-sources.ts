import { useComputedColorScheme } from "@mantine/core";
import { type RefObject, useEffect, useMemo, useState } from "react";
import { call, useCall } from "../../bridge/index.ts";
import { overviewBins, overviewInput } from "../../ui/overview.ts";
import type { Voice } from "./voices.ts";
import type { Overview } from "./waveform-bars.ts";
import { type Inks, inksOf } from "./waveform-inks.ts";
import { gainFor } from "./waveform-lanes.ts";
import type { WaveformStage } from "./waveform-stage.ts";
import { PeakTiles } from "./waveform-tiles.ts";

/** The whole recording in few parts; null while it is read, or where there is none. */
export function useOverview(id: string, durationMs: number, peakChannels: number): Overview | null {
  const enabled = peakChannels > 0 && durationMs > 0;
  const answer = useCall("conversation.peaks", overviewInput(id, durationMs), { enabled });
  const channels = answer.data?.channels;
  return useMemo(() => {
    if (channels === undefined) return null;
    const bins = channels.map((values) => Int8Array.from(values));
    let loudest = 0;
    for (const values of bins) for (const value of values) loudest = Math.max(loudest, Math.abs(value));
    return { bins, binMs: durationMs / overviewBins, gain: gainFor(loudest) };
  }, [channels, durationMs]);
}

/** The tiles of a recording, for as long as it is shown. */
export function useTiles(
  id: string,
  durationMs: number,
  peakChannels: number,
  stage: RefObject<WaveformStage | null>,
): PeakTiles | null {
  const [tiles, setTiles] = useState<PeakTiles | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other channels are another recording
  useEffect(() => {
    const read = async (startMs: number, endMs: number, bins: number, signal: AbortSignal) => {
      const { channels } = await call("conversation.peaks", { id, startMs, endMs, bins }, signal);
      return channels.map((values) => Int8Array.from(values));
    };
    const made = new PeakTiles(read, durationMs, () => stage.current?.refresh());
    setTiles(made);
    return () => made.close();
  }, [id, durationMs, peakChannels, stage]);
  return tiles;
}

/** The colours to draw with, read anew when the scheme, the contrast, the size of text or the screen changes. */
export function useInks(area: RefObject<HTMLElement | null>, voices: ReadonlyMap<string, Voice>): Inks | null {
  const scheme = useComputedColorScheme("light");
  const [inks, setInks] = useState<Inks | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme changes the values of the colours read here
  useEffect(() => {
    const element = area.current;
    if (element === null) return;
    const read = () => setInks(inksOf(element, voices));
    read();
    const ended = new AbortController();
    for (const query of ["(forced-colors: active)", "(prefers-contrast: more)", `(resolution: ${window.devicePixelRatio}dppx)`]) {
      window.matchMedia(query).addEventListener("change", read, { signal: ended.signal });
    }
    return () => ended.abort();
  }, [area, voices, scheme]);
  return inks;
}
