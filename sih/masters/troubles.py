"""Kendala yang biasa: what is often reported of goods of a kind."""

from sih.masters.columns import Column
from sih.masters.noun import Noun, name_column, state_column

TROUBLE = Noun(
    "trouble",
    "troubles",
    "Kendala yang biasa",
    (
        Column(
            "kind",
            "Jenis",
            ("Jenis Barang", "Kind"),
            "reference",
            is_required=True,
            of="asset_kind",
            hint="Ditawarkan di Lapor Kendala untuk barang jenis ini.",
        ),
        name_column("Nama", "Kendala", "Kendala yang biasa", "Nama Kendala yang biasa", "Trouble"),
        state_column(),
    ),
    key=("kind", "name"),
    filters=("kind",),
    list_columns=("kind",),
)
