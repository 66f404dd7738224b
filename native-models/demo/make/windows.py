"""The corpus as a network learns it: windows of sound with the tokens that are to come out, and where each was said."""
import glob
import json
import os
from dataclasses import dataclass

import numpy as np
import torch

import rooms
from features import log_mel
from rooms import RATE

POSITIONS_A_SECOND = 50  # of the encoder, and timestamps
LONGEST_LABEL = 446
WITHOUT_TIMESTAMPS = 0.25  # share of the windows


class Corpus:
    """The utterances of one split, the shortest first."""

    def __init__(self, folder, split):
        self.utterances, self.sound = [], {}
        for path in sorted(glob.glob(f"{folder}/*.jsonl")):
            voice = os.path.basename(path)[:-len(".jsonl")]
            self.sound[voice] = np.memmap(f"{folder}/{voice}.raw", dtype=np.int16, mode="r")
            with open(path, encoding="utf-8") as file:
                lines = [json.loads(line) for line in file]
            self.utterances += [line | {"voice": voice} for line in lines if line["split"] == split]
        self.utterances.sort(key=lambda utterance: utterance["n"])

    def samples(self, utterance):
        start = utterance["off"]
        return self.sound[utterance["voice"]][start:start + utterance["n"]].astype(np.float32) / 32768


@dataclass
class Window:
    samples: np.ndarray
    # For each utterance the (word, start, end) that lie in the window, in seconds.
    phrases: list
    # From this second on the features are zero, as some programs pad them; None where only samples are.
    zero_from: object = None


def lay_out(corpus, random, seconds, utterances, altered=True, cut_in=0.0, lead=0.8, gap=1.5, far_apart=False):
    """Utterances one after the other in a window. `cut_in` is the chance that it begins in the middle of the first."""
    count = int(seconds * RATE)
    samples = np.zeros(count, np.float32)
    at, phrases = random.uniform(0, lead), []
    for place, utterance in enumerate(utterances):
        voice = corpus.samples(utterance)
        pace = random.uniform(0.92, 1.08) if altered and random.random() < 0.6 else 1.0
        if pace != 1:
            voice = rooms.at_pace(voice, pace)
        if altered:
            voice = voice * rooms.decibels(random.uniform(-8, 0))
        if place == 0 and random.random() < cut_in:
            at = -random.uniform(0.2, 0.9) * len(voice) / RATE
        start = int(at * RATE)
        first, last = max(0, start), min(count, start + len(voice))
        if first >= count - RATE // 10:
            break
        samples[first:last] += voice[first - start:last - start]
        words = [
            (word, max(0, begins / pace + at), min(seconds - 0.01, ends / pace + at))
            for word, (begins, ends) in zip(utterance["text"].split(), utterance["words"])
            # A word is in the window when its middle is.
            if 0 <= (begins + ends) / 2 / pace + at < seconds - 0.02
        ]
        if words:
            phrases.append(words)
        at = (start + len(voice)) / RATE
        at += random.uniform(0, 7) if far_apart and random.random() >= 0.6 else random.uniform(0, gap)
    window = Window(samples, phrases)
    if altered:
        spoken_until = phrases[-1][-1][2] if phrases else random.uniform(0, seconds)
        ends = min(seconds, spoken_until + random.uniform(0.15, 0.8))
        if random.random() < 0.5 and ends < seconds - 0.3:
            # The recording ends here, and what follows is padding.
            last = int(ends * RATE)
            samples[:last] = rooms.recorded(samples[:last], random) if last > RATE // 5 else 0
            samples[last:] = 0
            if random.random() < 0.3:
                window.zero_from = ends
        else:
            window.samples = rooms.recorded(samples, random)
    return window


def token_spans(tokenizer, words):
    """(token, start, end) for each token of a phrase: a word's time is shared out by letters."""
    tokens, owners = tokenizer.words(" ".join(word for word, _, _ in words))
    spans, place = [], 0
    while place < len(tokens):
        after = place
        while after < len(tokens) and owners[after] == owners[place]:
            after += 1
        _, start, end = words[owners[place]]
        letters = [max(0.3, tokenizer.letters(token)) for token in tokens[place:after]]
        for token, own in zip(tokens[place:after], letters):
            step = (end - start) * own / sum(letters)
            spans.append((token, start, start + step))
            start += step
        place = after
    return spans


def labels(tokenizer, window, offset, random):
    """Tokens to read, tokens to say next, and for each of these the span (seconds) it is heard in, or None.

    `offset`: how many positions of the encoder come before the window; timestamps count them.
    """
    timed = random.random() >= WITHOUT_TIMESTAMPS

    def timestamp(seconds):
        return tokenizer.first_timestamp + min(1500, max(0, round(seconds * POSITIONS_A_SECOND) + offset))

    said, spans = [], []
    for words in window.phrases:
        begins, ends = words[0][1], words[-1][2]
        if timed:
            said.append(timestamp(begins))
            spans.append((begins, begins + 0.08))
        for token, start, end in token_spans(tokenizer, words):
            said.append(token)
            spans.append((start, end))
        if timed:
            said.append(timestamp(ends))
            spans.append((ends - 0.08, ends))
    if not window.phrases and timed:
        said, spans = [tokenizer.first_timestamp + offset], [None]
    prompt = [tokenizer.start_of_transcript, tokenizer.english, tokenizer.transcribe]
    if not timed:
        prompt.append(tokenizer.no_timestamps)
    read = prompt + said
    next_ones = prompt[1:] + said + [tokenizer.end_of_text]
    spans = [None] * (len(prompt) - 1) + spans + [None]
    if not window.phrases:
        # What Whisper says in the place of the language where nobody speaks.
        next_ones[0] = tokenizer.no_speech
    return read[:LONGEST_LABEL], next_ones[:LONGEST_LABEL], spans[:LONGEST_LABEL]


def frame_labels(tokenizer, window, positions):
    """For each position of the encoder the text token that is being said; `text_tokens` where nobody speaks."""
    frames = np.full(positions, tokenizer.text_tokens, np.int64)
    for words in window.phrases:
        for token, start, end in token_spans(tokenizer, words):
            first = int(start * POSITIONS_A_SECOND)
            frames[first:max(first + 1, int(end * POSITIONS_A_SECOND))] = token
    return frames


@dataclass
class Batch:
    features: torch.Tensor  # [batch, 80, frames]
    read: torch.Tensor  # [batch, tokens]
    said: torch.Tensor  # [batch, tokens], -100 where nothing is
    frames: torch.Tensor  # [batch, positions]
    spans: torch.Tensor  # [spans, (row, token, first position, position after the last)]
    offsets: list


def batch_of(tokenizer, windows, offsets, random):
    features = log_mel(torch.from_numpy(np.stack([window.samples for window in windows])))
    for row, window in enumerate(windows):
        if window.zero_from is not None:
            features[row, :, int(window.zero_from * 100):] = 0
    positions = features.shape[2] // 2
    rows = [labels(tokenizer, window, offset, random) for window, offset in zip(windows, offsets)]
    longest = max(len(read) for read, _, _ in rows)
    read = torch.full((len(windows), longest), tokenizer.end_of_text)
    said = torch.full((len(windows), longest), -100)
    spans = []
    for row, (tokens, next_ones, heard) in enumerate(rows):
        read[row, :len(tokens)] = torch.tensor(tokens)
        said[row, :len(next_ones)] = torch.tensor(next_ones)
        for place, span in enumerate(heard):
            if span is not None:
                first = min(positions - 1, int(span[0] * POSITIONS_A_SECOND))
                after = max(first + 1, min(positions, round(span[1] * POSITIONS_A_SECOND)))
                spans.append((row, place, first, after))
    frames = torch.from_numpy(np.stack([frame_labels(tokenizer, window, positions) for window in windows]))
    return Batch(features, read, said, frames, torch.tensor(spans).reshape(-1, 4), list(offsets))
