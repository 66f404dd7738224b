"""Makes calls of the demo voices to measure with: held-out sentences, in one channel, with the truth.

    /usr/bin/python3 voices_calls.py CORPUS FOLDER [--seconds 75] [--seed 7]

FOLDER/NAME.wav (16 kHz, mono) and FOLDER/NAME.json ({"turns": [{"speaker", "start", "end"}]}, seconds): pairs of voices far
apart, pairs that are alike, and two voices alone, clean and over the telephone. They talk as voices_mixes.py has it.
"""
import argparse
import json
import os
import random as randomness
import wave

import numpy as np
import rooms
from voices_mixes import Voices, mixed, talk

PAIRS = (
    ("us_f4", "awb"), ("slt", "rms"), ("slt", "gb_m3"), ("sc_f2", "kal16"),
    ("us_f4", "us_m7"), ("slt", "awb"), ("sc_f2", "rms"), ("us_f4", "gb_m3"),
)
ALIKE = (("rms", "awb"), ("slt", "us_f4"), ("gb_m3", "us_m7"), ("rms", "kal16"), ("us_m7", "sc_f2"))
ALONE = (("slt",), ("us_m7",))


def heard(sides, seconds, random, telephone):
    """The call in one channel: a little noise, and the telephone's band where it is asked for."""
    samples = mixed(sides, seconds, random)
    samples = samples * (0.3 / np.abs(samples).max())
    level = np.sqrt((samples ** 2).mean())
    start = random.randrange(len(rooms.SOFT))
    noise = np.roll(rooms.SOFT, -start)[np.arange(len(samples)) % len(rooms.SOFT)]
    samples = samples + noise * level * rooms.decibels(-35)
    return rooms.over_the_telephone(samples) if telephone else samples


def write(path, samples):
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rooms.RATE)
        file.writeframes(np.round(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus")
    parser.add_argument("folder")
    parser.add_argument("--seconds", type=float, default=75)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    voices = Voices(options.corpus, "test")
    numbers = {speaker["name"]: number for number, speaker in enumerate(voices.speakers)}
    for names in (*PAIRS, *ALIKE, *ALONE):
        for telephone in (False, True):
            random = randomness.Random(f"{options.seed} {names} {telephone}")
            speakers = []
            for name in names:
                said = voices.said[numbers[name]]
                speakers.append((numbers[name], said[random.choice(sorted(said))]))
            sides, spoken = talk(voices, random, options.seconds, speakers)
            turns = [{"speaker": name, "start": max(0, start), "end": min(options.seconds, end)}
                     for name, parts in zip(names, spoken) for start, end in parts if end > 0 and start < options.seconds]
            kind = ("-alike" if names in ALIKE else "") + ("-telephone" if telephone else "")
            path = f"{options.folder}/{'-'.join(names)}{kind}"
            write(path + ".wav", heard(sides, options.seconds, random, telephone))
            with open(path + ".json", "w", encoding="utf-8") as file:
                file.write(json.dumps({"turns": sorted(turns, key=lambda turn: turn["start"])}) + "\n")
            print(path, len(turns))


if __name__ == "__main__":
    main()
