"""Synthesises single voices to learn from how to tell voices apart: the eight demo voices and many others.

    /usr/bin/python3 voices_corpus.py FOLDER [--count 400] [--others 34] [--each 50]

FOLDER/speakers.jsonl holds one line for each speaker, {"name", "demo"}; FOLDER/NAME.raw its samples (16 bit, 16 kHz), one
utterance after the other, and FOLDER/NAME.jsonl a line for each: {"split", "off", "n", "pitch", "words": [[start, end], ...]};
off and n in samples, words in seconds. A split is train, valid or test; test sentences are those that corpus.py keeps for tests.

The others are espeak-ng's variants, each with an accent, a pitch and a pace of its own, and flite's voices made higher or
lower. Those of espeak-ng that are no voice of a person (croaks, whispers, robots) are left out.
"""
import argparse
import json
import os
import random as randomness

import corpus
import grammar
import numpy as np
import rooms
import voices

SEED = "voices-1"
ACCENTS = ("en-us", "en", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-029")
VARIANTS = (
    "adam Alex Alicia Andrea Andy Annie antonio belinda benjamin boris caleb david Denis Diogo ed edward edward2 Gene Gene2 "
    "gustave Henrique Hugo iven iven2 iven3 iven4 john kaukovalta Lee linda marcelo Marco Mario max Michael michel miguel Mike "
    "pablo paul pedro quincy rob robert steph steph2 steph3 zac anika f1 f2 f3 f4 f5 m1 m2 m3 m4 m5 m6 m7 m8 norbert sandro "
    "shelby travis victor klatt klatt2 klatt3 klatt4"
).split()
# What a demo voice of espeak-ng may be set to, in a call and here; a call keeps to one.
PITCHES = (38, 44, 50, 56, 62)
# flite's voices taken up or down, with their pace.
FACTORS = (0.78, 0.86, 1.16, 1.28)
SHARES = (("train", 0.8), ("valid", 0.06), ("test", 0.14))


def text_for(split, random):
    """A text for a split, from one sentence to three: no test text is ever trained on."""
    while True:
        text = grammar.utterance(random)
        if corpus.is_test_text(text) == (split == "test") and len(text.split()) > 1:
            return text


def demo_speakers():
    """(name, speak) for each demo voice; speak(text, random) answers with samples, word times and the pitch."""
    def of_flite(voice):
        return lambda text, random: (*voices.speak(voice, text, stretch=random.uniform(0.85, 1.2)), 50)

    def of_espeak(voice):
        def speak(text, random):
            pitch = random.choice(PITCHES)
            return (*voices.speak(voice, text, 165 / random.randrange(140, 190), pitch, random.randrange(35, 65)), pitch)
        return speak

    return [*((voice, of_flite(voice)) for voice in voices.FLITE), *((voice, of_espeak(voice)) for voice in voices.ESPEAK)]


def other_speakers(count, random):
    """The same for the others."""
    def shifted(voice, factor):
        def speak(text, random):
            samples, words = voices.speak(voice, text, stretch=random.uniform(0.85, 1.2) * factor)
            return rooms.at_pace(samples, factor), [(a / factor, b / factor) for a, b in words], 50
        return speak

    def variant(name, pitch, pace, pitch_range):
        def speak(text, random):
            stretch = 165 / (pace + random.randrange(-12, 13))
            return (*voices.espeak(name, text, stretch, pitch + random.randrange(-2, 3), pitch_range), pitch)
        return speak

    found = [(f"{voice}-{factor}", shifted(voice, factor)) for voice in voices.FLITE for factor in FACTORS]
    kept = set(voices.ESPEAK.values())
    for k in range(count - len(found)):
        while True:
            name = f"{random.choice(ACCENTS)}+{VARIANTS[k % len(VARIANTS)]}"
            pitch, pace, pitch_range = random.randrange(15, 86), random.randrange(140, 190), random.randrange(25, 70)
            if name not in kept:
                break
        found.append((f"{name}-{pitch}", variant(name, pitch, pace, pitch_range)))
    return found


def write_speaker(folder, name, speak, count, random):
    """Writes what a speaker says; answers with the seconds of it."""
    offset = 0
    with open(f"{folder}/{name}.raw", "wb") as sound, open(f"{folder}/{name}.jsonl", "w", encoding="utf-8") as lines:
        for split, share in SHARES:
            for _ in range(max(2, round(share * count))):
                samples, words, pitch = speak(text_for(split, random), random)
                if np.abs(samples).max() < 0.01:
                    raise ValueError(f"{name} is not to be heard")
                samples = np.round(np.clip(samples, -1, 1) * 32767).astype("<i2")
                samples.tofile(sound)
                times = [[round(float(start), 3), round(float(end), 3)] for start, end in words if end > start]
                lines.write(json.dumps({"split": split, "off": offset, "n": len(samples), "pitch": pitch, "words": times}) + "\n")
                offset += len(samples)
    return offset / voices.RATE


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--count", type=int, default=400, help="utterances of each demo voice")
    parser.add_argument("--others", type=int, default=34, help="other speakers")
    parser.add_argument("--each", type=int, default=50, help="utterances of each of them")
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    speakers = [(*one, True) for one in demo_speakers()]
    speakers += [(*one, False) for one in other_speakers(options.others, randomness.Random(SEED))]
    seconds = 0.0
    with open(f"{options.folder}/speakers.jsonl", "w", encoding="utf-8") as known:
        for name, speak, demo in speakers:
            random = randomness.Random(f"{SEED} {name}")
            try:
                seconds += write_speaker(options.folder, name, speak, options.count if demo else options.each, random)
            except ValueError as problem:
                print(f"left out: {problem}", flush=True)
                continue
            known.write(json.dumps({"name": name, "demo": demo}) + "\n")
            known.flush()
            print(f"{name}: {seconds / 3600:.2f} h in all", flush=True)


if __name__ == "__main__":
    main()
