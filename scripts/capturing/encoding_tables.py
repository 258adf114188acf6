"""Packs character set tables for the generated Swift files.

A table is the zlib form of, for one byte: 128 big-endian u16, the characters of 0x80 to 0xFF (256 for a set that does not
contain ASCII); for two bytes: first and last trail byte, number of lead bytes, those bytes, the 128 characters, then each
cell less the cell before, first all high bytes, then all low bytes. U+FFFD means no character.

A set is a dictionary of codes (bytes) and characters (numbers).
"""
import base64
import zlib

NONE = 0xFFFD
FOUR_BYTE_BMP_CODES = 39420


def u16s(values):
    return b"".join(value.to_bytes(2, "big") for value in values)


def packed(data):
    return base64.b64encode(zlib.compress(data, 9)).decode()


def singles(codes):
    """The characters of one byte: the upper half if the lower one is ASCII."""
    def one(byte):
        return codes.get(bytes([byte]), NONE)
    is_ascii = all(one(byte) == byte for byte in range(128))
    return u16s(one(byte) for byte in range(128 if is_ascii else 0, 256))


def pairs(codes, prefix=b"", single_bytes=None):
    """The characters of two bytes after `prefix`. `single_bytes`: those of one byte, by default the set's own."""
    cells = {code[len(prefix):]: character for code, character in codes.items()
             if len(code) == len(prefix) + 2 and code.startswith(prefix)}
    leads = sorted({code[0] for code in cells})
    first, last = min(code[1] for code in cells), max(code[1] for code in cells)
    high, low, before = bytearray(), bytearray(), 0
    for lead in leads:
        for trail in range(first, last + 1):
            value = cells.get(bytes([lead, trail]), NONE)
            high.append((value - before) >> 8 & 255)
            low.append(value - before & 255)
            before = value
    return packed(bytes([first, last, len(leads), *leads]) + (single_bytes or singles(codes)) + high + low)


def four_byte_runs(codes):
    """Runs of consecutive characters among GB18030's four-byte codes of the BMP: code, its character, their number."""
    def one(n):
        return codes.get(bytes([0x81 + n // 12600, 0x30 + n // 1260 % 10, 0x81 + n // 10 % 126, 0x30 + n % 10]), NONE)
    data, start = bytearray(), 0
    while start < FOUR_BYTE_BMP_CODES:
        character, following = one(start), start + 1
        while following < FOUR_BYTE_BMP_CODES and one(following) == (
                NONE if character == NONE else character + following - start):
            following += 1
        data += u16s([start, character, following - start])
        start = following
    return packed(bytes(data))


def swift(name, text):
    """A declaration of a packed table."""
    lines = [text[start:start + 110] for start in range(0, len(text), 110)]
    body = "\\\n".join("        " + line for line in lines)
    return f'\n    static let {name}: StaticString = """\n{body}\n        """\n'
