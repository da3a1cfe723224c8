"""Why a file is not taken: Indonesian sentences, which the page translates."""

EMPTY = "Berkas ini kosong."
TOO_LARGE = "Berkas ini terlalu besar: foto paling besar 20 MB, PDF 5 MB."
UNKNOWN = "Berkas ini bukan foto (JPEG, PNG, WebP, HEIC) dan bukan PDF."
DAMAGED = "Berkas ini rusak atau terpotong."
SEVERAL_IN_ONE = "Berkas ini berisi berkas jenis lain di dalamnya."
MOVING = "Gambar bergerak tidak dapat dikirim. Kirim satu foto saja."
TOO_MANY_PIXELS = "Foto ini terlalu lebar atau terlalu tinggi: paling banyak 64 megapiksel."
TOO_COMPLEX = "Foto ini tidak dapat diolah. Coba foto ulang, atau kirim tangkapan layarnya."
BUSY = "SIH sedang sibuk mengolah foto lain. Coba lagi sebentar lagi."

TOO_MANY = "Paling banyak 5 foto atau berkas. Hapus centang yang tidak perlu."
TOO_MUCH = "Semua berkas sekali kirim paling banyak 60 MB; berkas ini tidak disimpan."
GONE = "Foto atau berkas yang tadi diunggah sudah tidak ada. Unggah lagi."


class PhotoError(Exception):
    """The file is not taken; `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
