import { useSyncExternalStore } from "react";

/** Slowest and fastest speed, and the step between. */
export const rates = { least: 0.5, most: 3, step: 0.1 } as const;

const rateKey = "earmark.playback-rate";

/** What changes rarely about the playback; the position is told to tick listeners instead. */
export interface PlayerState {
  readonly playing: boolean;
  readonly rate: number;
  /** Why the sound cannot be played; null while it can. */
  readonly failure: string | null;
}

/**
 * The sound of one conversation: one media element for its whole life, so that the waveform, the transcript and the
 * keys all speak of the same position. Positions are milliseconds.
 */
export class Player {
  readonly audio: HTMLAudioElement = new Audio();
  /** How far to step back when playback goes on after a pause. */
  rewindOnResumeMs = 0;
  #state: PlayerState = { playing: false, rate: rememberedRate(), failure: null };
  #frame = 0;
  #stopAtMs: number | null = null;
  #played = false;
  readonly #listeners = new Set<() => void>();
  readonly #tickers = new Set<(ms: number) => void>();
  readonly #ended = new AbortController();

  constructor() {
    const { audio } = this;
    audio.preload = "metadata";
    audio.preservesPitch = true;
    audio.defaultPlaybackRate = this.#state.rate;
    audio.playbackRate = this.#state.rate;
    const { signal } = this.#ended;
    audio.addEventListener("play", () => this.#change({ playing: true }), { signal });
    audio.addEventListener("pause", () => this.#change({ playing: false }), { signal });
    audio.addEventListener("ended", () => this.#change({ playing: false }), { signal });
    audio.addEventListener("error", () => this.#change({ failure: audio.error?.message ?? "" }), { signal });
    audio.addEventListener("loadedmetadata", () => this.#change({ failure: null }), { signal });
    for (const name of ["seeking", "seeked", "timeupdate", "pause"] as const) {
      audio.addEventListener(name, () => this.#tick(), { signal });
    }
  }

  /** What to play; the same address again changes nothing. */
  load(url: string): void {
    if (this.audio.getAttribute("src") !== url) this.audio.src = url;
  }

  /** Hears about play, pause, speed and failure; answers with its undo. */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** What holds now. */
  state = (): PlayerState => this.#state;

  /** Hears the position on every frame while playing, and after every jump; answers with its undo. */
  onTick(ticker: (ms: number) => void): () => void {
    this.#tickers.add(ticker);
    ticker(this.positionMs);
    return () => this.#tickers.delete(ticker);
  }

  /** Where the playback stands. */
  get positionMs(): number {
    return Math.round(this.audio.currentTime * 1_000);
  }

  /** Whether there is a sound to play. */
  get hasSound(): boolean {
    return this.audio.hasAttribute("src");
  }

  /** Jumps without starting or stopping. */
  seek(ms: number): void {
    this.#stopAtMs = null;
    const end = Number.isFinite(this.audio.duration) ? this.audio.duration : Number.POSITIVE_INFINITY;
    this.audio.currentTime = Math.max(0, Math.min(ms / 1_000, end));
    this.#tick();
  }

  /** Jumps by so much, back when negative. */
  skip(ms: number): void {
    this.seek(this.positionMs + ms);
  }

  /** Plays from a position. */
  playFrom(ms: number): void {
    this.seek(ms);
    this.#start();
  }

  /** Plays a span and stops at its end. */
  playSpan(startMs: number, endMs: number): void {
    this.seek(startMs);
    this.#stopAtMs = endMs;
    this.#start();
  }

  /** Plays, or pauses. */
  toggle(): void {
    if (!this.audio.paused) {
      this.audio.pause();
      return;
    }
    if (this.#played && this.rewindOnResumeMs > 0) this.seek(this.positionMs - this.rewindOnResumeMs);
    this.#start();
  }

  /** Sets the speed, kept for the next conversation; the pitch stays. */
  setRate(rate: number): void {
    const next = Math.round(Math.min(rates.most, Math.max(rates.least, rate)) * 100) / 100;
    this.audio.defaultPlaybackRate = next;
    this.audio.playbackRate = next;
    try {
      localStorage.setItem(rateKey, String(next));
    } catch {
      // Without storage the speed lasts as long as the page.
    }
    this.#change({ rate: next });
  }

  /** Asks for the sound again where it could not be had, and stands where it stood. */
  recover(): void {
    if (this.#state.failure === null || !this.hasSound) return;
    const at = this.positionMs;
    this.audio.addEventListener("loadedmetadata", () => this.seek(at), { once: true, signal: this.#ended.signal });
    this.audio.load();
  }

  /** Falls silent and lets go of the sound. */
  close(): void {
    cancelAnimationFrame(this.#frame);
    this.#ended.abort();
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
  }

  #start(): void {
    if (!this.hasSound) return;
    this.#played = true;
    // A pause right after play rejects the promise of play; the error event tells real failures.
    this.audio.play().catch(() => undefined);
  }

  #change(change: Partial<PlayerState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
    cancelAnimationFrame(this.#frame);
    if (this.#state.playing) this.#frame = requestAnimationFrame(this.#step);
  }

  #step = (): void => {
    this.#tick();
    if (this.#stopAtMs !== null && this.positionMs >= this.#stopAtMs) {
      this.#stopAtMs = null;
      this.audio.pause();
      return;
    }
    this.#frame = requestAnimationFrame(this.#step);
  };

  #tick(): void {
    const ms = this.positionMs;
    for (const ticker of this.#tickers) ticker(ms);
  }
}

function rememberedRate(): number {
  try {
    const rate = Number(localStorage.getItem(rateKey) ?? 1);
    return rate >= rates.least && rate <= rates.most ? rate : 1;
  } catch {
    return 1;
  }
}

/** The state of a player, for a component that follows it. */
export function usePlayerState(player: Player): PlayerState {
  return useSyncExternalStore(player.subscribe, player.state);
}
