"""Makes the sample calls: python3 make.py [NAME ...]

Reads calls/NAME.json, speaks every line with synthetic voices, lays the lines on a time line, adds a little room, and writes
../<output> (Ogg Opus or MP3, by ffmpeg) and ../truth/NAME.json: turns and words with their times, and what there is to find.
"""
import json
import os
import re
import subprocess
import sys

import numpy as np

sys.dont_write_bytecode = True
import voices  # noqa: E402 (beside this file)

RATE = voices.RATE
HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLES = os.path.dirname(HERE)
DIGITS = "zero one two three four five six seven eight nine".split()
LONG_SILENCE_MS = 5_000
ENCODERS = {
    ".opus": ["-c:a", "libopus", "-b:a", "64k", "-application", "audio", "-vbr", "on"],
    ".mp3": ["-c:a", "libmp3lame", "-q:a", "4"],
}


def main():
    names = sys.argv[1:] or sorted(name[:-5] for name in os.listdir(os.path.join(HERE, "calls")))
    for name in names:
        with open(os.path.join(HERE, "calls", name + ".json"), encoding="utf-8") as file:
            call = json.load(file)
        sides, turns, events = lay_out(call)
        sound = add_room(sides, call)
        if call["mix"] == "mono":
            sound = sound.sum(0, keepdims=True)
        write_sound(os.path.join(SAMPLES, call["output"]), np.tanh(sound / 0.95) * 0.95)
        truth = {
            "durationMs": round(sound.shape[1] * 1000 / RATE),
            "channels": ["agent", "customer"] if call["mix"] == "stereo" else ["both"],
            "turns": turns,
            "events": events,
        }
        with open(os.path.join(SAMPLES, "truth", name + ".json"), "w", encoding="utf-8") as file:
            file.write(json.dumps(truth, indent=1) + "\n")
        print(name, f"{truth['durationMs'] / 1000:.1f} s,", len(turns), "turns,", ", ".join(event["kind"] for event in events))


def lay_out(call):
    """Places every line: gapMs is counted from the end of all that was said before; below zero, the line begins over it."""
    placed, turns, events, ended = [], [], [], 0.0
    for line in call["lines"]:
        side = call["voices"][line["who"]]
        samples, words = voices.speak(side["voice"], line["text"], line.get("stretch", 1.0), line.get("pitch", side.get("pitch", 50)))
        first, last = max(0.0, words[0][0] - 0.05), min(len(samples) / RATE, words[-1][1] + 0.08)
        samples = samples[int(first * RATE):int(last * RATE)]
        loud = samples[np.abs(samples) > 0.02 * np.abs(samples).max()]
        samples = samples * 10 ** (side["levelDb"] / 20) / np.sqrt((loud ** 2).mean())
        fade = np.minimum(1, np.minimum(np.arange(len(samples)), np.arange(len(samples))[::-1]) / (0.01 * RATE))
        begins = ended + line["gapMs"] / 1000
        placed.append((line["who"], round(begins * RATE), samples * fade))
        times = [{"text": text, "startMs": round((begins + a - first) * 1000), "endMs": round((begins + b - first) * 1000)}
                 for text, (a, b) in zip(line["text"].split(), words)]
        turn = {"role": line["who"], "startMs": times[0]["startMs"], "endMs": times[-1]["endMs"], "text": line["text"], "words": times}
        if line["gapMs"] < 0:
            events.append({"kind": "interruption", "by": line["who"], "startMs": turn["startMs"], "endMs": min(turn["endMs"], turns[-1]["endMs"])})
        elif turns and turn["startMs"] - max(t["endMs"] for t in turns) >= LONG_SILENCE_MS:
            events.append({"kind": "silence", "startMs": max(t["endMs"] for t in turns), "endMs": turn["startMs"]})
        turns.append(turn)
        ended = max(ended, begins + len(samples) / RATE)
        events.extend(card_numbers(times))
    said = " ".join(turn["text"] for turn in turns)
    if re.search(r"\brecorded\b", said) is None:
        events.append({"kind": "missed-disclosure"})
    sides = np.zeros((2, round((ended + 1) * RATE)))
    for who, start, samples in placed:
        sides[0 if who == "agent" else 1, start:start + len(samples)] += samples
    return sides, turns, events


def card_numbers(words):
    """Runs of 13 to 19 spoken digits that pass Luhn's check."""
    plain = [word["text"].strip(".,?").lower() for word in words]
    k = 0
    while k < len(plain):
        end = k
        while end < len(plain) and plain[end] in DIGITS:
            end += 1
        digits = "".join(str(DIGITS.index(word)) for word in plain[k:end])
        if 13 <= len(digits) <= 19 and luhn(digits):
            yield {"kind": "card-number", "startMs": words[k]["startMs"], "endMs": words[end - 1]["endMs"], "digits": digits}
        k = max(end, k + 1)


def luhn(digits):
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def add_room(sides, call):
    """A first reflection, and a floor of soft noise on each side."""
    random = np.random.default_rng(call["seed"])
    out = np.zeros_like(sides)
    for channel, who in enumerate(("agent", "customer")):
        dry = sides[channel]
        out[channel] = dry
        for delay_ms, gain in ((11, 0.08), (23, 0.05), (37, 0.03)):
            shift = delay_ms * RATE // 1000
            out[channel, shift:] += dry[:-shift] * gain
        white = random.standard_normal(sides.shape[1])
        soft = np.convolve(white, [0.25, 0.5, 0.25], "same")
        out[channel] += soft / np.sqrt((soft ** 2).mean()) * 10 ** (call["voices"][who]["noiseDb"] / 20)
    return out


def write_sound(path, sound):
    encoder = ENCODERS[os.path.splitext(path)[1]]
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "s16le", "-ar", str(RATE), "-ac", str(len(sound)), "-i", "-",
                    "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact", *encoder, path],
                   input=(np.clip(sound, -1, 1).T * 32767).astype("<i2").tobytes(), check=True)


if __name__ == "__main__":
    main()
