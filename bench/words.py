"""An invented language, the same in every run: words with prefixes and suffixes that the stemmer knows, used as
unevenly as words are, and three whose number is known."""

import random

ROOTS, SENTENCES, TITLES = 3_000, 10_000, 10_000
# Word: in which problems it occurs, as the remainder of the problem's number; 0 of `five`: in five in all.
OFTEN, SELDOM, FIVE = "macet", "genset", "tokek"
SOLVED, CALLED = "solder", "0812-3456-"  # a word of every thousandth solution; a telephone number, and four digits more


def sentences(length: int, amount: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    words = vocabulary()
    weights = [1 / (rank + 10) for rank in range(len(words))]
    return [" ".join(rng.choices(words, weights, k=length)).capitalize() for _ in range(amount)]


def vocabulary() -> list[str]:
    rng = random.Random(1)
    roots = sorted({_root(rng) for _ in range(2 * ROOTS)})
    rng.shuffle(roots)
    roots = [root for root in roots if not root.startswith((OFTEN[:4], SELDOM[:4], FIVE[:4], SOLVED[:4]))][:ROOTS]
    derived = [rng.choice(("me", "di", "ter", "pe", "")) + root + rng.choice(("kan", "an", "nya")) for root in roots]
    words = [word for pair in zip(roots, derived, strict=True) for word in pair]
    return list(dict.fromkeys(words))


def _root(rng: random.Random) -> str:
    syllable = "".join
    return syllable(rng.choice("bcdgjklmnprst") + rng.choice("aiueo") for _ in range(rng.choice((2, 3)))) + rng.choice(
        ("", "", "k", "ng", "r", "s", "t")
    )
