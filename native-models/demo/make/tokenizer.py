"""A byte-level BPE tokenizer of Whisper's kind, learned from the texts of the corpus.

    /usr/bin/python3 tokenizer.py CORPUS MODEL_FOLDER [MERGES]

writes MODEL_FOLDER/tokenizer.json and tokenizer_config.json as the hub's Whispers have them. The ids: text tokens, ten
special tokens, 1,501 timestamps of 20 ms.
"""
import collections
import glob
import json
import os
import re
import sys

# How ByteLevel of Hugging Face's tokenizers cuts a text, for the letters that occur here.
PIECES = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[A-Za-z]+| ?[0-9]+| ?[^\sA-Za-z0-9]+|\s+(?!\S)|\s+")
SPECIAL = [
    "<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|es|>", "<|translate|>", "<|transcribe|>", "<|startoflm|>",
    "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>",
]
TIMESTAMPS = 1501
SECONDS_A_TIMESTAMP = 0.02
RAREST_MERGE = 30  # a pair that occurs less often becomes no token


def byte_letters():
    """The letter that stands for each byte, as GPT-2 chose them."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    letters = {byte: chr(byte) for byte in printable}
    return letters | {byte: chr(256 + place) for place, byte in enumerate(others)}


LETTERS = byte_letters()


class Tokenizer:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            model = json.load(file)["model"]
        self.vocabulary = model["vocab"]
        pairs = [tuple(merge.split(" ")) if isinstance(merge, str) else tuple(merge) for merge in model["merges"]]
        self.ranks = {pair: rank for rank, pair in enumerate(pairs)}
        self.text_tokens = len(self.vocabulary)
        self.pieces = {token: piece for piece, token in self.vocabulary.items()}
        special = {name: self.text_tokens + place for place, name in enumerate(SPECIAL)}
        self.end_of_text = special["<|endoftext|>"]
        self.start_of_transcript = special["<|startoftranscript|>"]
        self.english, self.spanish = special["<|en|>"], special["<|es|>"]
        self.translate, self.transcribe = special["<|translate|>"], special["<|transcribe|>"]
        self.start_of_previous = special["<|startofprev|>"]
        self.no_speech, self.no_timestamps = special["<|nospeech|>"], special["<|notimestamps|>"]
        self.first_timestamp = self.text_tokens + len(SPECIAL)
        self.size = self.first_timestamp + TIMESTAMPS
        self.bytes = {letter: byte for byte, letter in LETTERS.items()}
        self.known = {}

    def tokens_of_piece(self, piece):
        if piece not in self.known:
            parts = [LETTERS[byte] for byte in piece.encode()]
            while len(parts) > 1:
                pairs = [(self.ranks.get(pair, len(self.ranks)), place) for place, pair in enumerate(zip(parts, parts[1:]))]
                rank, place = min(pairs)
                if rank == len(self.ranks):
                    break
                parts[place:place + 2] = [parts[place] + parts[place + 1]]
            self.known[piece] = [self.vocabulary[part] for part in parts]
        return self.known[piece]

    def words(self, text):
        """Tokens of a text, and for each the index of the word, set off by blanks, that it belongs to."""
        tokens, owners = [], []
        for index, word in enumerate(text.split()):
            own = [token for piece in PIECES.findall(" " + word) for token in self.tokens_of_piece(piece)]
            tokens += own
            owners += [index] * len(own)
        return tokens, owners

    def letters(self, token):
        """How many letters a text token has, without the blank before it."""
        return len(self.pieces[token].replace("Ġ", ""))

    def text(self, tokens):
        data = bytes(self.bytes[letter] for token in tokens if token < self.text_tokens for letter in self.pieces[token])
        return data.decode("utf8", "replace")


def learned_merges(texts, most):
    """The most frequent pairs, one after the other; of equally frequent ones the last in the alphabet."""
    counts = collections.Counter(piece for text in texts for piece in PIECES.findall(" " + text))
    sequences = [([LETTERS[byte] for byte in piece.encode()], count) for piece, count in counts.items()]
    merges = []
    while len(merges) < most:
        pairs = collections.Counter()
        for parts, count in sequences:
            for pair in zip(parts, parts[1:]):
                pairs[pair] += count
        if not pairs:
            break
        pair, count = max(pairs.items(), key=lambda item: (item[1], item[0]))
        if count < RAREST_MERGE:
            break
        merges.append(pair)
        for parts, _ in sequences:
            place = 0
            while place < len(parts) - 1:
                if (parts[place], parts[place + 1]) == pair:
                    parts[place:place + 2] = ["".join(pair)]
                place += 1
    return merges


def files_of(merges):
    """tokenizer.json and tokenizer_config.json as data."""
    vocabulary = {LETTERS[byte]: place for place, byte in enumerate(sorted(LETTERS))}
    for first, second in merges:
        vocabulary.setdefault(first + second, len(vocabulary))
    names = SPECIAL + [f"<|{place * SECONDS_A_TIMESTAMP:.2f}|>" for place in range(TIMESTAMPS)]
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    added = [
        {"id": len(vocabulary) + place, "content": name, **flags, "special": place < len(SPECIAL)}
        for place, name in enumerate(names)
    ]
    byte_level = {"type": "ByteLevel", "trim_offsets": True, "use_regex": True}

    def template(*texts):
        before = [{"SpecialToken": {"id": name, "type_id": 0}} for name in ("<|startoftranscript|>", "<|notimestamps|>")]
        inner = [{"Sequence": {"id": name, "type_id": place}} for place, name in enumerate(texts)]
        return before + inner + [{"SpecialToken": {"id": "<|endoftext|>", "type_id": 0}}]

    framing = {
        name: {"id": name, "ids": [len(vocabulary) + SPECIAL.index(name)], "tokens": [name]}
        for name in ("<|startoftranscript|>", "<|notimestamps|>", "<|endoftext|>")
    }
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": None,
        "pre_tokenizer": byte_level | {"add_prefix_space": False},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": template("A"),
            "pair": template("A", "B"),
            "special_tokens": framing,
        },
        "decoder": byte_level | {"add_prefix_space": True},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": "",
            "end_of_word_suffix": "",
            "fuse_unk": False,
            "byte_fallback": False,
            "vocab": vocabulary,
            "merges": [" ".join(pair) for pair in merges],
        },
    }
    end = "<|endoftext|>"
    configuration = {
        "added_tokens_decoder": {str(one["id"]): {key: one[key] for key in one if key != "id"} for one in added},
        "add_bos_token": False,
        "add_prefix_space": False,
        "additional_special_tokens": SPECIAL,
        "bos_token": end,
        "eos_token": end,
        "unk_token": end,
        "pad_token": end,
        "clean_up_tokenization_spaces": True,
        "errors": "replace",
        "model_max_length": 1024,
        "processor_class": "WhisperProcessor",
        "return_attention_mask": False,
        "tokenizer_class": "WhisperTokenizer",
    }
    return tokenizer, configuration


def main():
    corpus, folder = sys.argv[1], sys.argv[2]
    most = int(sys.argv[3]) if len(sys.argv) > 3 else 900
    texts = []
    for path in sorted(glob.glob(f"{corpus}/*.jsonl")):
        with open(path, encoding="utf-8") as file:
            texts += [line["text"] for line in map(json.loads, file) if line["split"] == "train"]
    os.makedirs(folder, exist_ok=True)
    for name, content in zip(("tokenizer.json", "tokenizer_config.json"), files_of(learned_merges(texts, most))):
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False)
    made = Tokenizer(f"{folder}/tokenizer.json")
    tokens, words = sum(len(made.words(text)[0]) for text in texts[:2000]), sum(len(text.split()) for text in texts[:2000])
    print(f"{made.text_tokens} text tokens, {made.size} in all, {tokens / words:.2f} a word")


if __name__ == "__main__":
    main()
