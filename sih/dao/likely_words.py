"""What was probably meant by a search without a hit: for each word that begins no common word and no name, the common
word with the most trigrams in common. Common words occur in the titles or descriptions of at least 20 problems
(sql/schema.sql: count_words)."""

import re

from sih.dao.query import Query

# Words looked at; common trigrams over all of both words. Two letters exchanged near the beginning leave 0.27 of six.
MOST_WORDS, LEAST_LIKENESS = 12, 0.25
PART = re.compile(r"[^\W_]+")

# A word has one trigram more than letters, but for those that it has twice.
LIKELY = f"""
SELECT typed.word AS typed, likely.word AS likely
FROM (SELECT w.word, trigrams_of(w.word) AS trigrams FROM countable_words(%(words)s) AS w
      LIMIT {MOST_WORDS}) AS typed
CROSS JOIN LATERAL (
    SELECT t.word FROM word_trigram t WHERE t.trigram = ANY (typed.trigrams)
    GROUP BY t.word
    HAVING count(*) >= {LEAST_LIKENESS} * (cardinality(typed.trigrams) + length(t.word) + 1 - count(*))
    ORDER BY count(*)::real / (cardinality(typed.trigrams) + length(t.word) + 1 - count(*)) DESC, t.word LIMIT 1
) AS likely
WHERE NOT EXISTS (SELECT FROM word_count c
                  WHERE c.problems = 20 AND c.word >= typed.word AND c.word < typed.word || chr(1114111))
  AND NOT EXISTS (SELECT FROM search_key k
                  WHERE k.noun IN ('store', 'employee') AND k.key >= typed.word AND k.key < typed.word || chr(1114111))
"""


class LikelyWords:
    def __init__(self, query: Query) -> None:
        self._query = query

    def instead_of(self, words: str) -> str | None:
        """The text of a search with likelier words; None if none is likelier."""
        likely = {row["typed"]: row["likely"] for row in self._query.select(LIKELY, {"words": words})}
        if not likely:
            return None
        return PART.sub(lambda match: likely.get(match[0].lower(), match[0]), words)
