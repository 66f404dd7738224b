import type { Voice } from "./voices.ts";

/** The colours that the waveform is drawn with, read once: asking for a colour is dear. */
export interface Inks {
  readonly text: string;
  readonly quiet: string;
  readonly line: string;
  readonly surface: string;
  /** What the lanes lie on. */
  readonly sunken: string;
  readonly accent: string;
  readonly silence: string;
  readonly warning: string;
  readonly voices: ReadonlyMap<string, string>;
  readonly none: string;
  /** Stripes that lean forwards, for silence, and backwards, for several voices at once. */
  readonly silenceStripes: CanvasPattern | null;
  readonly overlapStripes: CanvasPattern | null;
  readonly font: string;
  /** Size of small text in pixels: it grows with the reader's own. */
  readonly textPx: number;
  /** Pixels of the screen for one of the page. */
  readonly ratio: number;
}

/** Reads the colours as they hold for an element: in high contrast its style sheet gives it the system's own. */
export function inksOf(element: Element, voices: ReadonlyMap<string, Voice>): Inks {
  const style = getComputedStyle(element);
  const ink = (name: `--${string}`): string => style.getPropertyValue(name).trim();
  const ratio = window.devicePixelRatio || 1;
  const rootPx = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  const text = ink("--text");
  const silence = ink("--silence");
  return {
    text,
    quiet: ink("--quiet"),
    line: ink("--line-strong"),
    surface: ink("--surface"),
    sunken: ink("--sunken"),
    accent: ink("--accent"),
    silence,
    warning: ink("--warning"),
    voices: new Map([...voices].map(([id, voice]) => [id, ink(`--voice-${voice.hue}`)])),
    none: ink("--voice-none"),
    silenceStripes: stripes(silence, 8, 1, ratio),
    overlapStripes: stripes(text, 5, -1, ratio),
    font: style.fontFamily,
    textPx: Math.round((rootPx / 16) * 11),
    ratio,
  };
}

/** A colour mixed with another, `share` of the first. A colour of the system (in high contrast) has no degrees, and stays. */
export function blended(ink: string, ground: string, share: number): string {
  const parts = (hex: string) => [1, 3, 5].map((from) => Number.parseInt(hex.slice(from, from + 2), 16));
  const isHex = /^#[0-9a-f]{6}$/iu;
  if (!isHex.test(ink) || !isHex.test(ground)) return ink;
  const under = parts(ground);
  const mixed = parts(ink).map((value, index) => Math.round(value * share + (under[index] ?? 0) * (1 - share)));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** Fine stripes as a pattern. Patterns cost the same however wide what they fill. */
function stripes(ink: string, gap: number, lean: 1 | -1, ratio: number): CanvasPattern | null {
  const size = Math.max(2, Math.round(gap * ratio));
  const tile = document.createElement("canvas");
  tile.width = size;
  tile.height = size;
  const context = tile.getContext("2d");
  if (context === null) return null;
  context.globalAlpha = 0.4;
  context.strokeStyle = ink;
  context.lineWidth = ratio;
  context.beginPath();
  // Thrice, so that the corners meet.
  for (const at of [-size, 0, size]) {
    context.moveTo(at - 1, lean === 1 ? size + 1 : -1);
    context.lineTo(at + size + 1, lean === 1 ? -1 : size + 1);
  }
  context.stroke();
  const pattern = context.createPattern(tile, "repeat");
  pattern?.setTransform(new DOMMatrix().scale(1 / ratio));
  return pattern;
}
