/** Samples per second of all sound the engine reads: what every model of the catalogue expects. */
export const sampleRate = 16_000;

/** Samples in a millisecond. */
export const samplesPerMs = sampleRate / 1_000;
