"""Kata toko: what people in shops write, and what it means, so that reports in other words are found to be alike."""

from sih.masters.columns import Column
from sih.masters.noun import Noun, name_column, state_column

SLANG = Noun(
    "slang",
    "slang",
    "Kata toko",
    (
        name_column("Tulisan", "Kata", "Kata toko", "Nama Kata toko", "Slang", "Word"),
        Column(
            "meaning",
            "Artinya",
            ("Arti", "Makna", "Meaning"),
            is_required=True,
            hint="Kata bakunya. Laporan dengan kata yang sama artinya dikenali sebagai serupa.",
        ),
        state_column(),
    ),
    key=("name",),
    list_columns=("meaning",),
)
