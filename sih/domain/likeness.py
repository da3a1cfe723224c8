"""How alike problems are by what people wrote: words without slang, spellings and affixes, each weighted by how rare it
is, and RapidFuzz for typos. Pure: the candidates come from the database (sih/dao/likeness.py).

The weights were tuned on one half of bench/data and measured on the other (bench/likeness.py)."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

Words = tuple[str, ...]
TOKEN, EMPHASIS = re.compile(r"[^\W_]+"), re.compile(r"(\D)\1\1+")
MOST_TOKENS = 120  # of a text: what is the trouble stands at its beginning
ABOUT = "-"  # the meaning of words that mean nothing for likeness
NOTHING = {ABOUT, "tidak", "tidak bisa"}  # what is negated is in nearly every report
KEPT_WORDS = 20_000  # words of which a process remembers what they mean, about 100 bytes each

# Of the letters of a word so many must be the same, exchanged ones counted once (OSA): more than four of five, so that
# "kertsa" is "kertas", and "kartu" is not. A shorter word must be written as it is.
TYPO, SHORTEST_TYPO = 0.81, 5
TYPO_WEIGHT = 0.85  # of a word that is only nearly the same
# From this on two reports are taken for the same trouble. Lower, more repeats are found and more reports that repeat
# nothing are shown something.
LEAST = 0.32
LEAST_CURE = 0.15  # a cure is only looked at, so a less likely one may be shown
# Of two goods: the same one is likelier to have the same trouble, another of its kind less, another kind hardly.
SAME_GOOD, OTHER_GOOD, OTHER_KIND = 0.03, -0.05, -0.2
TITLE = 1.5  # a word of a title weighs so much more than one of a description, where people tell stories
KIND_WORD = 0.35  # a word of the kind of good, which all reports about this kind have
PRIOR = 20  # texts that are imagined beside the candidates, so that few candidates do not make each word common
NUMBER = 0.5  # "kasir 2"

_ENDINGS = ("nya", "lah", "kah", "pun", "kan", "an", "in")
_BEGINNINGS = ("menge", "nge", "meng", "men", "mem", "me", "peng", "pen", "pem", "pe", "di", "ter", "ke", "ber", "ng")
# What a nasal beginning swallowed before a vowel: memotong, potong.
_SWALLOWED = {"mem": "p", "pem": "p", "men": "t", "pen": "t"}
SHORTEST_STEM = 4


def stem(word: str) -> str:
    """A word without its Indonesian affixes, those of spoken language among them ("nge-", "-in"). It is lighter than
    the stemmer of the search; the likeness of letters makes up for what it leaves."""
    if not word.isalpha():
        return word
    for beginning in _BEGINNINGS if word.startswith(_BEGINNINGS) else ():
        rest = word.removeprefix(beginning)
        if rest != word and len(rest) >= SHORTEST_STEM:
            word = _SWALLOWED.get(beginning, "") * (rest[0] in "aeiou") + rest
            break
    return list(_forms(word))[-1]


def _forms(word: str) -> Iterator[str]:
    """The word, and the word without each of its endings: "kertasnya", "kertas"."""
    yield word
    for ending in _ENDINGS if word.endswith(_ENDINGS) else ():
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            word = word[: -len(ending)]
            yield word


class Meanings:
    """What slang and spellings mean: those of shop_words.txt and those of an admin."""

    def __init__(self, more: Iterable[tuple[str, str]] = ()) -> None:
        """`more`: (what somebody writes, its meaning)."""
        self._words: dict[str, str] = {}
        self._phrases: dict[Words, str] = {}
        phrases = []
        for written, meaning in (*_listed(), *more):
            tokens = tuple(TOKEN.findall(written.lower()))
            if len(tokens) == 1:
                self._words[tokens[0]] = meaning
            elif tokens:
                phrases.append((tokens, meaning))
        self._word = lru_cache(KEPT_WORDS)(self._meaning)
        for tokens, meaning in phrases:
            self._phrases[tuple(map(self._word, tokens))] = meaning
        self._longest = max(map(len, self._phrases), default=1)
        self._begins_phrase = {tokens[0] for tokens in self._phrases}

    def of(self, text: str) -> Words:
        """The words of a text by what they mean, in their order; without those that mean nothing."""
        tokens = list(map(self._word, TOKEN.findall(text.lower())[:MOST_TOKENS]))
        found, place = [], 0
        while place < len(tokens):
            meaning, length = tokens[place], 1
            if meaning in self._begins_phrase:
                meaning, length = self._phrase_at(tokens, place)
            found.append(meaning)
            place += length
        return tuple(word for word in found if word not in NOTHING)

    def _phrase_at(self, tokens: list[str], place: int) -> tuple[str, int]:
        """The meaning of the longest phrase that begins here, else of the word, and how many words it has."""
        for length in range(min(self._longest, len(tokens) - place), 1, -1):
            if meaning := self._phrases.get(tuple(tokens[place : place + length])):
                return meaning, length
        return tokens[place], 1

    def _meaning(self, token: str) -> str:
        token = _plain(token)
        stemmed = stem(token)
        return next((self._words[form] for form in (*_forms(token), stemmed) if form in self._words), stemmed)


@lru_cache(2)
def meanings_of(more: tuple[tuple[str, str], ...]) -> Meanings:
    """Kept, since it remembers what each word means: looking up hundreds of problems without that takes 100 ms."""
    return Meanings(more)


@lru_cache(1)
def _listed() -> tuple[tuple[str, str], ...]:
    lines = (Path(__file__).parent / "shop_words.txt").read_text("utf-8").splitlines()
    pairs = []
    for line in lines:
        if line and not line.startswith("#"):
            meaning, _, written = line.partition(": ")
            pairs += [(one.replace("_", " "), meaning) for one in written.split()]
            pairs.append((meaning, meaning))
    return tuple(pairs)


def _plain(token: str) -> str:
    """The word without what is only emphasis: "terus2" is "terus", "bangettt" is "banget"."""
    if token[-1] == "2" and token[:-1].isalpha() and len(token) > 3:
        token = token[:-1]
    return EMPHASIS.sub(r"\1", token)


@dataclass(frozen=True, slots=True)
class Text:
    """The words of a problem by what they mean, each with how much it says: those of the title more."""

    weights: Mapping[str, float]


def text_of(meanings: Meanings, title: str, description: str, kind: str) -> Text:
    about = set(meanings.of(kind))
    weights: dict[str, float] = {}
    for content, weight in ((description, 1.0), (title, TITLE)):
        for word in meanings.of(content):
            weights[word] = weight * (KIND_WORD if word in about else NUMBER if word.isdigit() else 1.0)
    return Text(weights)


def alikeness(asked: Text, others: Sequence[Text], background: Sequence[Text] = ()) -> list[float]:
    """How alike each of these is, from 0 to 1: the geometric mean of how much of one is in the other. A word weighs
    more, the fewer of the others and of `background` have it."""
    known = Counter(word for text in (*others, *background) for word in text.weights)
    total = len(others) + len(background) + PRIOR
    rarity = {word: log(1 + total / (known.get(word, 0) + 1)) for word in {*known, *asked.weights}}
    near = {word: _near(word, known) for word in asked.weights}
    size = sum(weight * rarity[word] for word, weight in asked.weights.items())
    return [_alike(asked, size, text, near, rarity) for text in others]


def _near(word: str, known: Mapping[str, int]) -> dict[str, float]:
    found = {word: 1.0}
    if len(word) >= SHORTEST_TYPO and word.isalpha():
        for other, *_ in process.extract(
            word, known.keys(), scorer=OSA.normalized_similarity, score_cutoff=TYPO, limit=None
        ):
            if other != word and len(other) >= SHORTEST_TYPO:
                found[other] = TYPO_WEIGHT
    return found


def _alike(asked: Text, size: float, text: Text, near, rarity) -> float:
    of_asked, hit = 0.0, {}
    for word, weight in asked.weights.items():
        best = 0.0
        for other, likeness in near[word].items():
            if other in text.weights:
                hit[other] = max(hit.get(other, 0.0), likeness)
                best = max(best, likeness)
        of_asked += best * weight * rarity[word]
    if not of_asked:
        return 0.0
    whole = sum(weight * rarity[word] for word, weight in text.weights.items())
    of_text = sum(likeness * text.weights[word] * rarity[word] for word, likeness in hit.items())
    return ((of_asked / size) * (of_text / whole)) ** 0.5


def of_goods(one: Mapping, other: Mapping) -> float:
    """What the goods of two problems add to their likeness. Each has asset_kind_id and asset_id."""
    if one["asset_kind_id"] != other["asset_kind_id"]:
        return OTHER_KIND
    if one["asset_id"] and other["asset_id"]:
        return SAME_GOOD if one["asset_id"] == other["asset_id"] else OTHER_GOOD
    return 0.0
