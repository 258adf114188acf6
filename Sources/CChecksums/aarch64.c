#if defined(__aarch64__) && defined(__linux__)

#include "CChecksums.h"
#include "words.h"

#include <arm_acle.h>
#include <arm_neon.h>
#include <sys/auxv.h>

#define TARGET __attribute__((target("crc,aes")))

bool cchecksums_is_supported(void)
{
    const unsigned long pmull = 1 << 4, crc32 = 1 << 7; /* HWCAP_PMULL and HWCAP_CRC32 of <asm/hwcap.h> */
    return (getauxval(AT_HWCAP) & (pmull | crc32)) == (pmull | crc32);
}

#define PRODUCT(a, b) (uint64_t)vmull_p64(a, b)

#define FUNCTION cchecksums_crc32c
#define STEP1(crc, byte) __crc32cb(crc, byte)
#define STEP8(crc, word) __crc32cd(crc, word)
#define SHIFT_128 0x0d3b6092
#define SHIFT_256 0xb9e02b86
#define SHIFT_1024 0x170076fa
#define SHIFT_2048 0xa51b6135
#include "three_streams.h"

#define FUNCTION cchecksums_crc32
#define STEP1(crc, byte) __crc32b(crc, byte)
#define STEP8(crc, word) __crc32d(crc, word)
#define SHIFT_128 0x910eeec1
#define SHIFT_256 0xe95c1271
#define SHIFT_1024 0xbbf2f6d6
#define SHIFT_2048 0x7b4aa8b7
#include "three_streams.h"

#endif
