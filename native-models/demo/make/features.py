"""Whisper's log-mel features in torch: 16 kHz, windows of 400 samples every 160, 80 Slaney bands."""
import numpy as np
import torch

RATE, WINDOW, HOP, BANDS = 16_000, 400, 160, 80


def mel_filters():
    """[bands, frequencies], as librosa's `filters.mel` gives them."""
    def to_mel(hertz):
        hertz = np.asarray(hertz, float)
        logarithmic = 15 + np.log(np.maximum(hertz, 1e-9) / 1000) * 27 / np.log(6.4)
        return np.where(hertz < 1000, hertz * 3 / 200, logarithmic)

    def to_hertz(mel):
        return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))

    frequencies = np.linspace(0, RATE / 2, WINDOW // 2 + 1)
    edges = to_hertz(np.linspace(to_mel(0), to_mel(RATE / 2), BANDS + 2))
    weights = np.zeros((BANDS, len(frequencies)))
    for band in range(BANDS):
        low, middle, high = edges[band:band + 3]
        rising, falling = (frequencies - low) / (middle - low), (high - frequencies) / (high - middle)
        weights[band] = np.maximum(0, np.minimum(rising, falling)) * 2 / (high - low)
    return torch.tensor(weights, dtype=torch.float32)


FILTERS = mel_filters()
HANN = torch.hann_window(WINDOW)


def log_mel(samples):
    """[batch, samples] -> [batch, 80, samples / 160], each row normalised by its own loudest frame as Whisper does."""
    spectrum = torch.stft(samples, WINDOW, HOP, window=HANN, center=True, pad_mode="reflect", return_complex=True)
    power = spectrum[..., :-1].abs() ** 2
    levels = (FILTERS @ power).clamp_min(1e-10).log10()
    loudest = levels.amax((1, 2), keepdim=True)
    return (torch.maximum(levels, loudest - 8) + 4) / 4
