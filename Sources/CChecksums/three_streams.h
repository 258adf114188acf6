/* Defines FUNCTION, a checksum by the CPU's CRC instruction. Its result takes some cycles, but one can be started in each
   cycle: three parts of the input are processed at the same time, and their checksums are combined.

   The file that includes this one defines TARGET, FUNCTION, and for one polynomial P, with reflected operands:
     STEP1(crc, byte), STEP8(crc, word)        the instruction
     PRODUCT(a, b)                             the carry-less product of two 32-bit numbers
     SHIFT_128, SHIFT_256, SHIFT_1024, SHIFT_2048    x^(8n - 33) mod P for n bytes

   n zero bytes after the input multiply its checksum by x^(8n) mod P. The reflected product lacks a factor x, and STEP8
   multiplies by x^32 while it reduces: hence the 33. */

TARGET uint32_t FUNCTION(uint32_t crc, const void *start, size_t count)
{
    static const struct { size_t bytes; uint32_t shift, double_shift; } parts[2] = {
        {1024, SHIFT_1024, SHIFT_2048}, {128, SHIFT_128, SHIFT_256},
    };
    const uint8_t *bytes = start;
    for (int i = 0; i < 2; i++) {
        const size_t part = parts[i].bytes;
        for (; count >= 3 * part; bytes += 3 * part, count -= 3 * part) {
            uint32_t first = crc, second = 0, third = 0;
            for (size_t at = 0; at < part; at += 8) {
                first = STEP8(first, word_at(bytes + at));
                second = STEP8(second, word_at(bytes + part + at));
                third = STEP8(third, word_at(bytes + 2 * part + at));
            }
            crc = STEP8(0, PRODUCT(first, parts[i].double_shift)) ^ STEP8(0, PRODUCT(second, parts[i].shift)) ^ third;
        }
    }
    for (; count >= 8; bytes += 8, count -= 8)
        crc = STEP8(crc, word_at(bytes));
    for (; count > 0; bytes++, count--)
        crc = STEP1(crc, *bytes);
    return crc;
}

#undef FUNCTION
#undef STEP1
#undef STEP8
#undef SHIFT_128
#undef SHIFT_256
#undef SHIFT_1024
#undef SHIFT_2048
