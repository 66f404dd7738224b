/** Work that goes on behind everything else. */
export interface Background {
  /** Has the work done soon: however often it is asked for, it runs once, and once more where it was asked for meanwhile. */
  bring(): void;
  /** Resolves when it has come to an end. */
  settled(): Promise<void>;
}

/** Does work behind everything else. `run` ends by itself once `signal` aborts; where it rejects, it goes on with the next asking. */
export function inBackground(run: () => Promise<void>, signal: AbortSignal): Background {
  let work: Promise<void> | null = null;
  let again = false;
  const bring = (): void => {
    again = true;
    if (signal.aborted || work !== null) return;
    again = false;
    work = run()
      // A library that cannot be read says so where somebody asks for it.
      .catch(() => undefined)
      .finally(() => {
        work = null;
        if (again) bring();
      });
  };
  return {
    bring,
    async settled() {
      while (work !== null) await work;
    },
  };
}
