"""How much is taken, and in how much time. Bytes, unless a name says otherwise."""

MOST_FILES = 5  # of a report, a remark, a diagnosis or a solution
MOST_BYTES, MOST_PDF_BYTES = 20_000_000, 5_000_000
MOST_OF_A_PERSON = 60_000_000  # of one form, and stored of what was uploaded and not sent
MOST_FORM_BYTES = 110_000_000  # of a body: five files too large for it still bring back the words beside them
MOST_PIXELS = 64_000_000  # the largest cameras of phones save 50
SIDE, THUMBNAIL_SIDE = 1600, 240  # pixels
GOOD_BYTES, MOST_STORED_BYTES = 400_000, 950_000  # a photo of 1600 pixels
SECONDS, BYTES = 20, 1_200_000_000  # of processor time and of memory, for one photo
WAIT_SECONDS = 40.0  # for one photo to be converted, by the clock
AT_ONCE, TURN_SECONDS = 2, 15.0  # photos converted at once in a process, and the wait for a turn
