"""Synthetic voices with word times: four of flite, four of espeak-ng, the ones the demo voice knows.

speak(voice, text, ...) answers with 16 kHz samples in -1..1 and one (start, end) in seconds for each blank-separated word.
Needs Debian's flite, flite1-dev, gcc, libespeak-ng1, espeak-ng-data and numpy.
"""
import ctypes
import os
import re
import subprocess
import tempfile

import numpy as np

RATE = 16_000
FLITE = ("slt", "rms", "awb", "kal16")
ESPEAK = {"us_f4": "en-us+f4", "gb_m3": "en+m3", "sc_f2": "en-gb-scotland+f2", "us_m7": "en-us+m7"}
HERE = os.path.dirname(os.path.abspath(__file__))
WORK = tempfile.mkdtemp(prefix="earmark-voices-")


def speak(voice, text, stretch=1.0, pitch=50, pitch_range=50):
    """`stretch` is a factor on the voice's usual pace; `pitch` and `pitch_range` (0 to 99) are espeak's and left aside by flite."""
    spoken = re.sub(r"\bPIN\b", "pin", text)
    samples, words = flite(voice, spoken, stretch) if voice in FLITE else espeak(ESPEAK[voice], spoken, stretch, pitch, pitch_range)
    if len(words) != len(text.split()) or any(not 0 <= a < b for a, b in words):
        raise ValueError(f"{voice} gave no times for every word of: {text}")
    return samples, words


def flite(voice, text, stretch):
    program = os.path.join(WORK, "flite_synth")
    if not os.path.exists(program):
        libraries = ["cmu_us_awb", "cmu_us_kal16", "cmu_us_rms", "cmu_us_slt", "usenglish", "cmulex"]
        subprocess.run(["gcc", "-O2", "-o", program, os.path.join(HERE, "flite_synth.c"),
                        *[f"-lflite_{name}" for name in libraries], "-lflite", "-lm"], check=True)
    raw = os.path.join(WORK, "line.raw")
    if os.path.exists(raw):
        os.remove(raw)
    answer = subprocess.run([program, voice, raw], input=f"{stretch:.3f}\t{text}\n", text=True, capture_output=True, check=True).stdout
    pairs = answer.strip("\n").split("\t")[1].split()
    samples = np.fromfile(raw, np.int16).astype(np.float64) / 32768
    return samples, [tuple(float(x) for x in pair.split(":")) for pair in pairs]


class Event(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("uid", ctypes.c_uint), ("text_position", ctypes.c_int), ("length", ctypes.c_int),
                ("audio_position", ctypes.c_int), ("sample", ctypes.c_int), ("user", ctypes.c_void_p), ("id", ctypes.c_char * 8)]


CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event))
LIBRARY = ctypes.CDLL("libespeak-ng.so.1")
ESPEAK_RATE = LIBRARY.espeak_Initialize(1, 500, None, 0)  # 1: samples come to the callback
WORD, SENTENCE_END, CLAUSE_END = 1, 2, 5
pieces, happenings = [], []


@CALLBACK
def collect(wave, count, event):
    if count > 0 and wave:
        pieces.append(np.ctypeslib.as_array(wave, (count,)).copy())
    k = 0
    while event[k].type != 0:
        happenings.append((event[k].type, event[k].text_position, event[k].audio_position / 1000))
        k += 1
    return 0


LIBRARY.espeak_SetSynthCallback(collect)


def espeak(name, text, stretch, pitch, pitch_range):
    if LIBRARY.espeak_SetVoiceByName(name.encode()) != 0:
        raise ValueError(f"espeak-ng has no voice {name}")
    for parameter, value in ((1, round(165 / stretch)), (3, pitch), (4, pitch_range)):
        LIBRARY.espeak_SetParameter(parameter, value, 0)
    pieces.clear()
    happenings.clear()
    data = text.encode()
    LIBRARY.espeak_Synth(data, ctypes.c_size_t(len(data) + 1), 0, 1, 0, 1, None, None)
    LIBRARY.espeak_Synchronize()
    samples = np.concatenate(pieces).astype(np.float64) / 32768
    length = len(samples) / ESPEAK_RATE
    places = [match.span() for match in re.finditer(r"\S+", text)]
    starts = [None] * len(places)
    for kind, position, at in happenings:
        if kind == WORD:
            for k, (first, last) in enumerate(places):
                if first <= position - 1 < last and starts[k] is None:
                    starts[k] = at
    starts[0] = starts[0] or 0.0
    pauses = sorted(at for kind, _, at in happenings if kind in (SENTENCE_END, CLAUSE_END))
    resampled = resample(samples, ESPEAK_RATE)
    times, k = [], 0
    while k < len(places):  # words without an event of their own share the span of the word before
        after = k + 1
        while after < len(places) and starts[after] is None:
            after += 1
        end = starts[after] if after < len(places) else length
        end = next((p for p in pauses if starts[k] + 0.02 < p < end - 1e-3), end)
        letters = sum(b - a for a, b in places[k:after])
        at = starts[k]
        for a, b in places[k:after]:
            share = (end - starts[k]) * (b - a) / letters
            times.append(without_trailing_silence(resampled, at, at + share))
            at += share
        k = after
    return resampled, times


def without_trailing_silence(samples, start, end):
    """espeak says when words begin, not when they end: the end is pulled back over silence."""
    part = samples[int(start * RATE):int(end * RATE)]
    frames = len(part) // 160
    if frames < 6:
        return start, end
    level = np.sqrt((part[:frames * 160].reshape(frames, 160) ** 2).mean(1))
    loud = np.nonzero(level > 0.03 * level.max() + 0.0003)[0]
    return start, min(end, start + (loud[-1] + 1) * 0.01 + 0.02)


def resample(samples, rate):
    """To 16 kHz by a windowed sinc, 32 zero crossings to each side."""
    if rate == RATE:
        return samples
    count = int(len(samples) * RATE / rate)
    half = 32
    cut = min(1.0, RATE / rate) * 0.97
    at = np.arange(count) * rate / RATE
    base = np.floor(at).astype(int)
    padded = np.pad(samples, half + 1)
    out = np.zeros(count)
    reach = half / cut
    for k in range(-half, half + 1):
        distance = base + k - at
        weight = cut * np.sinc(cut * distance) * np.where(np.abs(distance) < reach, 0.5 + 0.5 * np.cos(np.pi * distance / (half + 1)), 0)
        out += padded[base + k + half + 1] * weight
    return out
