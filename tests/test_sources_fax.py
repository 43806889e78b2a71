"""G4 streams: no row may be missing, whatever the writer put at the end."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scan.sources import PageUnreadable
from scan.sources.fax import decode_g4
from scan.sources.tiff_format import (
    Frame,
    Tag,
    frame_offsets,
    long,
    read_frame,
    read_segments,
    short,
)
from tests.pages import black_and_white, g4_image, sample_page, tiff_of

CRISP = black_and_white(sample_page(30))


@pytest.mark.parametrize("rows", [1, 2, 50])
@pytest.mark.parametrize("strip_rows", [37, 10_000])
def test_g4_with_fewer_rows_than_claimed_is_refused(
    rows: int, strip_rows: int, tmp_path: Path
) -> None:
    image = Image.fromarray(CRISP).convert("1")
    tiff_of([image], tmp_path / "a.tif", "group4", tiffinfo={278: strip_rows})
    stream = BytesIO((tmp_path / "a.tif").read_bytes())
    frame = read_frame(stream, frame_offsets(stream)[0])
    segments = read_segments(stream, frame)
    assert np.array_equal(decode_g4(frame, segments), CRISP)
    shorter = Image.fromarray(CRISP[: CRISP.shape[0] - rows]).convert("1")
    tiff_of([shorter], tmp_path / "b.tif", "group4", tiffinfo={278: strip_rows})
    stream = BytesIO((tmp_path / "b.tif").read_bytes())
    fewer = read_segments(stream, read_frame(stream, frame_offsets(stream)[0]))
    with pytest.raises(PageUnreadable, match="rows missing"):
        decode_g4(frame, fewer)


@pytest.mark.parametrize("padding", [b"", b"\0", b"\0\0\0", b"\n", b"\r\n"])
def test_g4_is_read_with_padding_or_without_an_end_code(padding: bytes) -> None:
    for rows in range(60, 90):
        code = g4_image(CRISP[-rows:]).data
        number = int.from_bytes(code, "big")
        place = 0
        while number >> place & 0xFFFFFF != 0x001001:
            place += 1
        bare = number >> (place + 24) << (place + 24)  # end code replaced by zeros
        frame = g4_frame(rows)
        for data in (code + padding, bare.to_bytes(len(code), "big")):
            assert np.array_equal(decode_g4(frame, [data]), CRISP[-rows:])


def g4_frame(rows: int) -> Frame:
    fields = {
        int(Tag.WIDTH): long("<", CRISP.shape[1]),
        int(Tag.LENGTH): long("<", rows),
        int(Tag.PHOTOMETRIC): short("<", 0),
        int(Tag.COMPRESSION): short("<", 4),
    }
    return Frame("<", fields)


def test_g4_in_the_other_bit_order_is_read() -> None:
    turned = bytes(int(f"{byte:08b}"[::-1], 2) for byte in g4_image(CRISP).data)
    frame = g4_frame(CRISP.shape[0])
    fields = {**frame.fields, int(Tag.FILL_ORDER): short("<", 2)}
    assert np.array_equal(decode_g4(Frame("<", fields), [turned]), CRISP)
