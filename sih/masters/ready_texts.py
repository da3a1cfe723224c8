"""Teks siap pakai: what the handlers of a division often write."""

from sih.domain.ready_texts import KNOWN
from sih.domain.vocabulary import PURPOSES
from sih.masters.columns import Column
from sih.masters.noun import Noun, name_column, state_column

PURPOSE_WORDS = {  # as written in files
    "answer": (PURPOSES["answer"], "Solusi", "Diagnosis", "Komentar", "Answer"),
    "escalation": (PURPOSES["escalation"], "Pengalihan", "Alihkan", "Escalation", "Hand-over"),
    "return": (PURPOSES["return"], "Pengembalian", "Return"),
}
READY_TEXT = Noun(
    "ready_text",
    "ready-texts",
    "Teks siap pakai",
    (
        Column(
            "division",
            "Divisi",
            ("Division",),
            "reference",
            is_required=True,
            length=250,
            of="division",
            hint="Ditawarkan kepada penanggung divisi ini dan subdivisinya.",
        ),
        name_column("Nama", "Teks siap pakai", "Nama teks siap pakai", "Judul"),
        Column(
            "purpose",
            "Untuk",
            ("Kegunaan", "Purpose", "For"),
            "choice",
            is_required=True,
            default="answer",
            words=PURPOSE_WORDS,
            hint="Jawaban: diagnosis, solusi, dan komentar. Penyelesaian dan Kembalikan: alasannya.",
        ),
        Column(
            "words",
            "Teks",
            ("Isi", "Text", "Words"),
            "words",
            is_required=True,
            length=5000,
            hint=f"Diisi dari kendalanya: {KNOWN}.",
        ),
        state_column(),
    ),
    key=("division", "name"),
    filters=("division", "purpose"),
    list_columns=("division", "purpose"),
)
