"""Mixes the single voices of voices_corpus.py into windows of ten seconds, and writes what the segmentation learns from.

    /usr/bin/python3 voices_mixes.py CORPUS OUT [--windows 7000] [--split train] [--seed 1]

OUT.features.npy holds float16 [windows, 589, 98] (voices_network.Spectra), OUT.voices.npy uint8 [windows, 589]: who speaks in a
frame, as bits, OUT.speakers.npy int16 [windows, 3]: which speaker of speakers.jsonl each is, -1 for nobody.

A window is cut out of a talk as calls have it: turns of a sentence or of a few words, pauses, one falling in with the other,
one nearer than the other, noise, a telephone line.
"""
import argparse
import json
import random as randomness

import numpy as np
import rooms
import torch
from numpy.lib.format import open_memmap
from rooms import RATE, decibels
from voices_network import FEATURES, FIELD, FRAMES, STEP, VOICES, WINDOW, Spectra

# How many voices a window has, and how often.
COUNTS = ((0, 0.03), (1, 0.22), (2, 0.6), (3, 0.15))
DEMO_SHARE = 0.7  # of the talks are between demo voices
# A pause within a turn up to this belongs to the turn, in seconds.
PAUSE = 0.6
BATCH = 16


class Voices:
    """The utterances of a split, by speaker; those of a speaker who changes pitch also by pitch."""

    def __init__(self, folder, split):
        with open(f"{folder}/speakers.jsonl", encoding="utf-8") as file:
            self.speakers = [json.loads(line) for line in file]
        self.sound, self.said = [], []
        for speaker in self.speakers:
            self.sound.append(np.memmap(f"{folder}/{speaker['name']}.raw", "<i2", "r"))
            by_pitch = {}
            with open(f"{folder}/{speaker['name']}.jsonl", encoding="utf-8") as file:
                for one in map(json.loads, file):
                    if one["split"] == split:
                        by_pitch.setdefault(one["pitch"], []).append(one)
            self.said.append(by_pitch)
        self.demo = [k for k, speaker in enumerate(self.speakers) if speaker["demo"]]
        self.others = [k for k, speaker in enumerate(self.speakers) if not speaker["demo"]]

    def choose(self, random, count):
        """Some speakers, as (number, utterances of one pitch)."""
        known = self.demo if random.random() < DEMO_SHARE or not self.others else range(len(self.speakers))
        chosen = random.sample(list(known), count)
        return [(k, self.said[k][random.choice(sorted(self.said[k]))]) for k in chosen]

    def turn(self, random, speaker, utterance, short):
        """Samples of an utterance, or of some words of it, at one level, and where in them words are, in seconds."""
        words = utterance["words"]
        first, last = 0, len(words)
        if short:
            last = min(len(words), random.randrange(1, 8))
            first = random.randrange(len(words) - last + 1)
            last += first
        begins, ends = max(0.0, words[first][0] - 0.04), min(utterance["n"] / RATE, words[last - 1][1] + 0.06)
        at = utterance["off"] + round(begins * RATE)
        samples = self.sound[speaker][at:utterance["off"] + round(ends * RATE)].astype(np.float32) / 32768
        loud = samples[np.abs(samples) > 0.02 * np.abs(samples).max()] if len(samples) else samples
        if len(loud) == 0:
            return np.zeros(RATE // 10, np.float32), []
        samples = samples / np.sqrt((loud ** 2).mean())
        fade = np.minimum(np.arange(len(samples)), np.arange(len(samples))[::-1]) / (0.01 * RATE)
        return samples * np.minimum(1, fade), [(a - begins, b - begins) for a, b in words[first:last]]


def stretches(words):
    """The words of a turn, joined over short pauses."""
    joined = []
    for start, end in words:
        if joined and start - joined[-1][1] <= PAUSE:
            joined[-1][1] = max(end, joined[-1][1])
        else:
            joined.append([start, end])
    return joined


def talk(voices, random, seconds, speakers):
    """A talk of some speakers: sound of each [speakers, samples], and its stretches of speech by speaker, in seconds."""
    sides = np.zeros((len(speakers), round(seconds * RATE)), np.float32)
    spoken = [[] for _ in speakers]
    loudness = [decibels(random.uniform(-7, 0)) for _ in speakers]
    overlapping = random.choice((0.02, 0.1, 0.25))
    # Half of the talks are as calls are: whole sentences, in turn, with pauses alike; in the others anything comes.
    orderly = random.random() < 0.5
    short, changing = (0.15, 0.93) if orderly else (0.5, 0.8)
    pauses = (0.3, 0.9) if orderly else (0.05, random.uniform(0.3, 1.2))
    at, who = random.uniform(-5, 1.5), random.randrange(max(1, len(speakers)))
    silent_from = [at for _ in speakers]
    while speakers and at < seconds:
        speaker, utterances = speakers[who]
        samples, words = voices.turn(random, speaker, random.choice(utterances), random.random() < short)
        start = round(at * RATE)
        first, last = max(0, start), min(sides.shape[1], start + len(samples))
        if last > first:
            sides[who, first:last] += samples[first - start:last - start] * loudness[who]
            spoken[who] += [(at + a, at + b) for a, b in stretches(words)]
        ended, before = at + len(samples) / RATE, who
        silent_from[who] = ended
        if len(speakers) > 1 and random.random() < changing:
            who = random.choice([other for other in range(len(speakers)) if other != before])
        if who != before and random.random() < overlapping:
            at = max(at + 0.2, ended - random.uniform(0.2, 2.0))
        else:
            at = ended + (random.uniform(*pauses) if random.random() < 0.85 else random.uniform(1, 4))
        at = max(at, silent_from[who] + 0.1)  # nobody talks over himself
    return sides, spoken


def mixed(sides, seconds, random):
    """The sides in one channel; now and then one of them on the telephone."""
    sides = list(sides)
    if len(sides) > 1 and random.random() < 0.2:
        who = random.randrange(len(sides))
        sides[who] = rooms.over_the_telephone(sides[who] * 0.2, 300, 3400) * 5
    return sum(sides, np.zeros(round(seconds * RATE), np.float32))


def frames_of(spoken):
    """[FRAMES] who speaks in the middle of each frame of a window, as bits."""
    bits = np.zeros(FRAMES, np.uint8)
    for who, parts in enumerate(spoken):
        for start, end in parts:
            first, after = (max(0, int(np.ceil((time * RATE - FIELD / 2) / STEP))) for time in (start, end))
            bits[first:max(first, after)] |= 1 << who
    return bits


def window(voices, random):
    """Samples of a window, who speaks in each frame, and the speakers."""
    count = random.choices([count for count, _ in COUNTS], [share for _, share in COUNTS])[0]
    speakers = voices.choose(random, count)
    sides, spoken = talk(voices, random, WINDOW / RATE, speakers)
    samples = mixed(sides, WINDOW / RATE, random)
    if count == 0:
        samples = rooms.WHITE[:WINDOW] * decibels(random.uniform(-80, -40))
    numbers = [speaker for speaker, _ in speakers]
    return rooms.recorded(samples, random), frames_of(spoken), numbers + [-1] * (VOICES - count)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus")
    parser.add_argument("out")
    parser.add_argument("--windows", type=int, default=7_000)
    parser.add_argument("--split", default="train")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    voices, random, spectra = Voices(options.corpus, options.split), randomness.Random(options.seed), Spectra()
    features = open_memmap(f"{options.out}.features.npy", "w+", np.float16, (options.windows, FRAMES, FEATURES))
    said = open_memmap(f"{options.out}.voices.npy", "w+", np.uint8, (options.windows, FRAMES))
    who = open_memmap(f"{options.out}.speakers.npy", "w+", np.int16, (options.windows, VOICES))
    for first in range(0, options.windows, BATCH):
        batch = [window(voices, random) for _ in range(min(BATCH, options.windows - first))]
        after = first + len(batch)
        samples = torch.from_numpy(np.stack([samples for samples, _, _ in batch]))
        features[first:after] = spectra(samples[:, None]).numpy()
        said[first:after] = [bits for _, bits, _ in batch]
        who[first:after] = [numbers for _, _, numbers in batch]
        if after % 1600 < BATCH:
            print(after, flush=True)


if __name__ == "__main__":
    main()
