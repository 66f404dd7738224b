"""Writes the features that the embedding learns from: Kaldi's, of what each speaker of voices_corpus.py says.

    /usr/bin/python3 voices_features.py CORPUS OUT [--seed 1]

OUT.features.npy holds float16 [frames, 80], one utterance after the other, without pauses; OUT.index.npy int64 [utterances, 4]:
speaker, split (0 train, 1 valid, 2 test), first frame, frames. Every utterance is recorded as windows are (rooms.py), those of
the demo voices twice over.
"""
import argparse
import json
import random as randomness

import numpy as np
import rooms
from rooms import RATE

FRAME, HOP, POINTS, BANDS = 400, 160, 512, 80
SPLITS = ("train", "valid", "test")
TIMES_DEMO = 2


def filters():
    """[frequencies, BANDS], as ../../audio/mel-filters.ts has them from Kaldi."""
    def mel(hertz):
        return 1127 * np.log(1 + hertz / 700)

    edges = np.linspace(mel(20), mel(RATE / 2), BANDS + 2)
    place = mel(np.arange(POINTS // 2 + 1) * RATE / POINTS)[:, None]
    weights = np.minimum((place - edges[:-2]) / (edges[1:-1] - edges[:-2]), (edges[2:] - place) / (edges[2:] - edges[1:-1]))
    weights = np.maximum(0, weights)
    weights[-1] = 0
    return weights


FILTERS = filters()
POVEY = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / (FRAME - 1))) ** 0.85


def kaldi(samples):
    """[frames, BANDS], as ../../audio/kaldi-features.ts makes them for its Povey window."""
    frames = np.lib.stride_tricks.sliding_window_view(samples.astype(np.float64) * 32768, FRAME)[::HOP]
    frames = frames - frames.mean(1, keepdims=True)
    frames = np.concatenate([frames[:, :1] * 0.03, frames[:, 1:] - 0.97 * frames[:, :-1]], 1) * POVEY
    power = np.abs(np.fft.rfft(frames, POINTS)) ** 2
    return np.log(np.maximum(power @ FILTERS, 1.1920929e-7))


def spoken(words, frames):
    """Whether each frame lies in a word, or in a pause of 0.2 s at most between two."""
    inside = np.zeros(frames, bool)
    before = None
    for start, end in words:
        start = before if before is not None and start - before <= 0.2 else start
        inside[int(start * RATE / HOP):int(end * RATE / HOP)] = True
        before = end
    return inside


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus")
    parser.add_argument("out")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random = randomness.Random(options.seed)
    features, index, first = [], [], 0
    with open(f"{options.corpus}/speakers.jsonl", encoding="utf-8") as file:
        speakers = [json.loads(line) for line in file]
    for number, speaker in enumerate(speakers):
        sound = np.memmap(f"{options.corpus}/{speaker['name']}.raw", "<i2", "r")
        with open(f"{options.corpus}/{speaker['name']}.jsonl", encoding="utf-8") as file:
            for one in map(json.loads, file):
                for _ in range(TIMES_DEMO if speaker["demo"] else 1):
                    samples = sound[one["off"]:one["off"] + one["n"]].astype(np.float32) / 32768
                    heard = kaldi(rooms.recorded(samples, random))
                    heard = heard[spoken(one["words"], len(heard))].astype(np.float16)
                    features.append(heard)
                    index.append((number, SPLITS.index(one["split"]), first, len(heard)))
                    first += len(heard)
        if number % 20 == 0:
            print(f"{number} of {len(speakers)}", flush=True)
    np.save(f"{options.out}.features.npy", np.concatenate(features))
    np.save(f"{options.out}.index.npy", np.array(index, np.int64))


if __name__ == "__main__":
    main()
