"""Synthesises the corpus: sentences of the grammar, random word strings and joined half sentences, by eight voices.

    /usr/bin/python3 corpus.py FOLDER [VOICE ...] [--count 2600]

For each voice FOLDER/VOICE.raw holds 16-bit samples at 16 kHz, one utterance after the other, and FOLDER/VOICE.jsonl a
line for each: {"split", "text", "off", "n", "words": [[start, end], ...]}; off and n in samples, words in seconds.
A split is train, valid, test or novel. Test sentences are of the grammar, with texts that no training file of any
voice can hold; novel ones are those of free-sentences.txt, written by hand after no template.

The voices, their word times and how they are driven are those of the sample calls (resources/samples/make/voices.py).
"""
import argparse
import hashlib
import json
import os
import random as randomness
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "resources", "samples", "make"))
import grammar  # noqa: E402
import voices  # noqa: E402

# What the texts of a voice are drawn with: this and the voice's name.
SEED = "v2"
RANDOM_WORDS, TWO_HALVES = 0.2, 0.3  # shares of the training texts; the rest are whole utterances of the grammar
REPEATED = 0.3  # chance that a text which came before is taken again
VALIDATION, TEST = 8, 32  # utterances of each voice


def is_test_text(text):
    """One text in fifty, by its hash, can only ever be a test text."""
    return int(hashlib.md5(text.encode()).hexdigest(), 16) % 50 == 0


def texts_of(voice, count):
    """The random source as it stands after the texts, and (split, text) for each utterance of a voice."""
    random = randomness.Random(SEED + voice)
    vocabulary = grammar.inner_vocabulary(random)
    texts, seen = [], set()
    while len(texts) < count:
        kind = random.random()
        if kind < RANDOM_WORDS:
            text = grammar.random_words(random, vocabulary)
        elif kind < RANDOM_WORDS + TWO_HALVES:
            text = grammar.two_halves(random)
        else:
            text = grammar.utterance(random)
        if is_test_text(text) or (text in seen and random.random() >= REPEATED):
            continue
        seen.add(text)
        texts.append(("train", text))
    for split, wanted in (("valid", VALIDATION), ("test", TEST)):
        while wanted > 0:
            text = grammar.utterance(random)
            if is_test_text(text) and text not in seen and len(text.split()) > 2:
                seen.add(text)
                texts.append((split, text))
                wanted -= 1
    with open(os.path.join(HERE, "free-sentences.txt"), encoding="utf-8") as file:
        texts += [("novel", line.strip()) for line in file if line.strip()]
    return random, texts


def speak(voice, text, random):
    """Samples and word times, at a pace and, for espeak-ng, a pitch that change from one utterance to the next."""
    if voice in voices.FLITE:
        return voices.speak(voice, text, stretch=random.uniform(0.85, 1.2))
    words_a_minute, pitch, pitch_range = random.randrange(140, 190), random.randrange(38, 62), random.randrange(35, 65)
    return voices.speak(voice, text, stretch=165 / words_a_minute, pitch=pitch, pitch_range=pitch_range)


def write_voice(folder, voice, count):
    random, texts = texts_of(voice, count)
    offset = 0
    with open(f"{folder}/{voice}.raw", "wb") as sound, open(f"{folder}/{voice}.jsonl", "w", encoding="utf-8") as lines:
        for split, text in texts:
            samples, words = speak(voice, text, random)
            samples = np.round(np.clip(samples, -1, 1) * 32767).astype("<i2")
            samples.tofile(sound)
            times = [[round(start, 3), round(end, 3)] for start, end in words]
            lines.write(json.dumps({"split": split, "text": text, "off": offset, "n": len(samples), "words": times}) + "\n")
            offset += len(samples)
    print(f"{voice}: {len(texts)} utterances, {offset / voices.RATE / 3600:.2f} h", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("voice", nargs="*", default=[*voices.FLITE, *voices.ESPEAK])
    parser.add_argument("--count", type=int, default=2600, help="training utterances of each voice")
    options = parser.parse_intermixed_args()
    os.makedirs(options.folder, exist_ok=True)
    for voice in options.voice:
        write_voice(options.folder, voice, options.count)


if __name__ == "__main__":
    main()
