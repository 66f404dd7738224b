import { useSyncExternalStore } from "react";
import type { Span } from "../../../app/conversation/conversation.ts";
import { evenMix, type Mix, Mixer, type SideMix } from "./player-mixer.ts";
import { pastSilence } from "./player-silence.ts";

/** Slowest and fastest speed, and the step between. */
export const rates = { least: 0.5, most: 3, step: 0.1 } as const;

/** Frames come late at times: what must not be heard is muted this much before it begins, in milliseconds. */
const hushEarlyMs = 60;

/** How a person likes to listen; kept in the settings. */
export interface Listening {
  readonly rate: number;
  readonly skipSilence: boolean;
  /** Shortest silence that is left out, in milliseconds. */
  readonly skipSilenceFromMs: number;
}

/** What changes rarely about the playback; the position is told to tick listeners instead. */
export interface PlayerState extends Listening {
  readonly playing: boolean;
  /** Why the sound cannot be played; null while it can. */
  readonly failure: string | null;
  /** What is played over and over; null when nothing is. */
  readonly loop: Span | null;
  /** The stretch of the recording that a person has marked; null when none is. */
  readonly selection: Span | null;
  readonly mix: Mix;
  /** The sides were to be mixed and could not be: the recording is heard as it is. */
  readonly unmixable: boolean;
}

/**
 * The sound of one conversation: one media element for its whole life, so that the waveform, the transcript and the
 * keys all speak of the same position. Positions are milliseconds.
 */
export class Player {
  readonly audio: HTMLAudioElement = new Audio();
  /** How far to step back when playback goes on after a pause. */
  rewindOnResumeMs = 0;
  /** Stretches in which nobody speaks, in order: what is left out while silence is skipped. */
  silences: readonly Span[] = [];
  /** Stretches that nobody may hear, in order. */
  hushed: readonly Span[] = [];
  /** Hears when a person listens otherwise than before, to keep it. */
  onListening: ((listening: Listening) => void) | null = null;
  #state: PlayerState = {
    playing: false,
    rate: 1,
    skipSilence: false,
    skipSilenceFromMs: 2_000,
    failure: null,
    loop: null,
    selection: null,
    mix: evenMix,
    unmixable: false,
  };
  #frame = 0;
  #stopAtMs: number | null = null;
  #played = false;
  readonly #mixer = new Mixer(this.audio);
  /** A mix of an earlier visit: the sides are mixed when the playback first starts, since that takes a gesture. */
  #restored: Mix | null = null;
  readonly #listeners = new Set<() => void>();
  readonly #tickers = new Set<(ms: number) => void>();
  readonly #ended = new AbortController();

  constructor() {
    const { audio } = this;
    audio.preload = "metadata";
    audio.preservesPitch = true;
    const { signal } = this.#ended;
    audio.addEventListener("play", () => this.#change({ playing: true }), { signal });
    audio.addEventListener("pause", () => this.#change({ playing: false }), { signal });
    audio.addEventListener("ended", () => this.#atEnd(), { signal });
    audio.addEventListener("error", () => this.#change({ failure: audio.error?.message ?? "" }), { signal });
    audio.addEventListener("loadedmetadata", () => this.#change({ failure: null }), { signal });
    for (const name of ["seeking", "seeked", "pause"] as const) audio.addEventListener(name, () => this.#tick(), { signal });
    // A window in the background draws no frames, and playback keeps its rules there too.
    audio.addEventListener("timeupdate", () => this.#advance(), { signal });
  }

  /** What to play; the same address again changes nothing. */
  load(url: string): void {
    const { audio } = this;
    if (audio.getAttribute("src") === url) return;
    // The same call under another address: something of it has been muted. It goes on where it stood.
    const at = this.positionMs;
    const plays = this.hasSound && !audio.paused;
    audio.src = url;
    if (at > 0) audio.addEventListener("loadedmetadata", () => this.#goTo(at), { once: true, signal: this.#ended.signal });
    if (plays) this.#start();
  }

  /** Hears about play, pause, speed, loop, selection, mix and failure; answers with its undo. */
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

  /** Jumps without starting or stopping. A jump out of the loop ends it. */
  seek(ms: number): void {
    this.#stopAtMs = null;
    const { loop } = this.#state;
    if (loop !== null && (ms < loop.startMs || ms >= loop.endMs)) this.#change({ loop: null });
    this.#goTo(ms);
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

  /** Plays a span over and over until told otherwise; null plays on. */
  loop(span: Span | null): void {
    this.#stopAtMs = null;
    this.#change({ loop: span });
    if (span === null) return;
    if (this.positionMs < span.startMs || this.positionMs >= span.endMs) this.#goTo(span.startMs);
    this.#start();
  }

  /** Marks a stretch; null marks none. The ends may come in either order; a loop over the old stretch takes the new one. */
  select(span: Span | null): void {
    const { loop, selection } = this.#state;
    const next =
      span === null
        ? null
        : {
            startMs: Math.max(0, Math.round(Math.min(span.startMs, span.endMs))),
            endMs: Math.round(Math.max(span.startMs, span.endMs)),
          };
    const looped = loop !== null && selection !== null && loop.startMs === selection.startMs && loop.endMs === selection.endMs;
    this.#change({ selection: next, ...(looped ? { loop: next } : {}) });
  }

  /** Plays, or pauses. */
  toggle(): void {
    if (!this.audio.paused) {
      this.audio.pause();
      return;
    }
    if (this.#played && this.rewindOnResumeMs > 0) {
      const { loop } = this.#state;
      this.#goTo(Math.max(loop?.startMs ?? 0, this.positionMs - this.rewindOnResumeMs));
    }
    this.#start();
  }

  /** Sets the speed; the pitch stays. */
  setRate(rate: number): void {
    this.#listen({ rate });
  }

  /** Leaves silence out, or does not. */
  setSkipSilence(skipSilence: boolean): void {
    this.#listen({ skipSilence });
  }

  /** Listens as the settings say, without asking to keep it. */
  adopt({ rate, skipSilence, skipSilenceFromMs }: Listening): void {
    const next = Math.round(Math.min(rates.most, Math.max(rates.least, rate)) * 100) / 100;
    const now = this.#state;
    if (now.rate === next && now.skipSilence === skipSilence && now.skipSilenceFromMs === skipSilenceFromMs) return;
    this.audio.defaultPlaybackRate = next;
    this.audio.playbackRate = next;
    this.#change({ rate: next, skipSilence, skipSilenceFromMs });
  }

  /** Hears the whole at another volume, 0 to 1. */
  setVolume(volume: number): void {
    this.#mix({ ...this.#state.mix, volume });
  }

  /** Hears a side otherwise. */
  setSide(side: 0 | 1, change: Partial<SideMix>): void {
    const [left, right] = this.#state.mix.sides;
    this.#mix({
      ...this.#state.mix,
      sides: side === 0 ? [{ ...left, ...change }, right] : [left, { ...right, ...change }],
    });
  }

  /** Hears as when the conversation was last open: the volume at once, the sides from the first start of the playback on. */
  restoreMix(mix: Mix): void {
    this.audio.volume = mix.volume;
    this.#restored = mix;
    this.#change({ mix });
  }

  /** Both sides, the left alone, the right alone, and so on. */
  hearNextSide(): void {
    const [left, right] = this.#state.mix.sides;
    const next = !left.muted && !right.muted ? [false, true] : right.muted && !left.muted ? [true, false] : [false, false];
    this.#mix({
      ...this.#state.mix,
      sides: [
        { ...left, muted: next[0] === true },
        { ...right, muted: next[1] === true },
      ],
    });
  }

  /** Asks for the sound again where it could not be had, and stands where it stood. */
  recover(): void {
    if (this.#state.failure === null || !this.hasSound) return;
    const at = this.positionMs;
    this.audio.addEventListener("loadedmetadata", () => this.#goTo(at), { once: true, signal: this.#ended.signal });
    this.audio.load();
  }

  /** Falls silent and lets go of the sound. */
  close(): void {
    cancelAnimationFrame(this.#frame);
    this.#ended.abort();
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
    this.#mixer.close();
  }

  #listen(change: Partial<Listening>): void {
    const { rate, skipSilence, skipSilenceFromMs } = this.#state;
    this.adopt({ rate, skipSilence, skipSilenceFromMs, ...change });
    const now = this.#state;
    this.onListening?.({ rate: now.rate, skipSilence: now.skipSilence, skipSilenceFromMs: now.skipSilenceFromMs });
  }

  #mix(mix: Mix): void {
    this.#restored = null;
    const mixed = this.#mixer.set(mix);
    // What cannot be heard is not shown as if it were.
    this.#change({ mix: mixed ? mix : { ...evenMix, volume: mix.volume }, unmixable: !mixed });
  }

  #goTo(ms: number): void {
    const end = Number.isFinite(this.audio.duration) ? this.audio.duration : Number.POSITIVE_INFINITY;
    this.audio.currentTime = Math.max(0, Math.min(ms / 1_000, end));
    this.#tick();
  }

  #start(): void {
    if (!this.hasSound) return;
    this.#played = true;
    if (this.#restored !== null) this.#mix(this.#restored);
    this.#mixer.wake();
    // A pause right after play rejects the promise of play; the error event tells real failures.
    this.audio.play().catch(() => undefined);
  }

  #atEnd(): void {
    const { loop } = this.#state;
    if (loop === null) {
      this.#change({ playing: false });
      return;
    }
    this.#goTo(loop.startMs);
    this.#start();
  }

  #change(change: Partial<PlayerState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
    cancelAnimationFrame(this.#frame);
    if (this.#state.playing) this.#frame = requestAnimationFrame(this.#step);
  }

  #step = (): void => {
    this.#advance();
    if (this.#state.playing) this.#frame = requestAnimationFrame(this.#step);
  };

  /** What playback does by itself: stops at the end of a span, turns back at the end of a loop, leaves silence out. */
  #advance(): void {
    const ms = this.positionMs;
    this.#hush(ms);
    if (!this.audio.paused) {
      const { loop, skipSilence, skipSilenceFromMs } = this.#state;
      const end = this.#stopAtMs ?? loop?.endMs ?? Number.POSITIVE_INFINITY;
      const target = skipSilence ? pastSilence(this.silences, ms, skipSilenceFromMs) : null;
      if (Math.max(ms, target ?? 0) >= end) {
        if (this.#stopAtMs === null && loop !== null) this.#goTo(loop.startMs);
        else {
          this.#stopAtMs = null;
          this.audio.pause();
        }
        return;
      }
      if (target !== null) {
        this.#goTo(target);
        return;
      }
    }
    this.#tick();
  }

  /** Nothing is to be heard of a stretch that was redacted. */
  #hush(ms: number): void {
    const muted = this.hushed.some((each) => ms >= each.startMs - hushEarlyMs && ms < each.endMs);
    if (this.audio.muted !== muted) this.audio.muted = muted;
  }

  #tick(): void {
    const ms = this.positionMs;
    this.#hush(ms);
    for (const ticker of this.#tickers) ticker(ms);
  }
}

/** The state of a player, for a component that follows it. */
export function usePlayerState(player: Player): PlayerState {
  return useSyncExternalStore(player.subscribe, player.state);
}
