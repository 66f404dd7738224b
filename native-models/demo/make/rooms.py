"""What happens to a voice between the mouth and the file: pace, room, noise, telephone, level. Samples at 16 kHz, -1 to 1."""
import numpy as np
import scipy.fft as fft

RATE = 16_000
NOISE_SEED = 5

_random = np.random.RandomState(NOISE_SEED)
WHITE = _random.randn(RATE * 40).astype(np.float32)
_soft = fft.irfft(fft.rfft(WHITE) / np.sqrt(1 + np.arange(len(WHITE) // 2 + 1) / 2000.0), len(WHITE)).astype(np.float32)
SOFT = _soft / _soft.std()


def decibels(value):
    return 10 ** (value / 20)


def at_pace(samples, factor):
    """Faster and higher above 1, slower and lower below."""
    places = np.arange(int(len(samples) / factor)) * factor
    return np.interp(places, np.arange(len(samples)), samples).astype(np.float32)


def mu_law(samples):
    """To 8 bits by G.711's curve and back."""
    bent = np.sign(samples) * np.log1p(255 * np.minimum(np.abs(samples), 1)) / np.log(256)
    bent = np.round(bent * 127) / 127
    return np.sign(bent) * (np.exp(np.abs(bent) * np.log(256)) - 1) / 255


def over_the_telephone(samples, lowest=300.0, highest=3400.0):
    """The band of a telephone line, 8 kHz, mu-law, and back to 16 kHz."""
    count = len(samples) // 2 * 2
    spectrum = fft.rfft(samples[:count].astype(np.float32))
    hertz = np.arange(len(spectrum)) * RATE / count
    rising = np.clip((hertz - lowest * 0.6) / (lowest * 0.4 + 1), 0, 1)
    falling = np.clip((highest * 1.08 - hertz) / (highest * 0.08), 0, 1)
    spectrum = spectrum * rising * falling
    half = count // 2
    narrow = mu_law(fft.irfft(spectrum[:half // 2 + 1], half) / 2)
    wide = np.zeros(half + 1, np.complex64)
    wide[:half // 2 + 1] = fft.rfft(narrow.astype(np.float32)) * 2
    out = np.zeros(len(samples), np.float32)
    out[:count] = fft.irfft(wide, count)
    return out


def in_a_room(samples, random):
    """A tail of reflections of 40 to 200 ms."""
    length = int(RATE * random.uniform(0.04, 0.2))
    tail = np.random.RandomState(random.randrange(1 << 30)).randn(length).astype(np.float32)
    tail *= np.exp(-np.arange(length) * 6.9 / length) * random.uniform(0.02, 0.12)
    tail[0] = 1
    size = fft.next_fast_len(len(samples) + length, True)
    return fft.irfft(fft.rfft(samples, size) * fft.rfft(tail, size), size)[:len(samples)].astype(np.float32)


def recorded(samples, random):
    """A window as some recorder has it: now and then a room, mostly noise, half the time a telephone line, any level."""
    if random.random() < 0.15:
        samples = in_a_room(samples, random)
    samples = samples * (decibels(random.uniform(-30, -6)) / (np.abs(samples).max() + 1e-6))
    level = np.sqrt((samples ** 2).mean()) + 1e-5
    noisiness = random.random()
    if noisiness < 0.75:
        noise = WHITE if random.random() < 0.5 else SOFT
        start = random.randrange(len(noise) - len(samples)) if len(noise) > len(samples) else 0
        below = random.uniform(12, 35) if noisiness < 0.45 else random.uniform(35, 60)
        samples = samples + noise[start:start + len(samples)] * level * decibels(-below)
    if random.random() < 0.5:
        samples = over_the_telephone(samples, random.uniform(150, 350), random.uniform(3200, 3700))
    return samples.astype(np.float32)
