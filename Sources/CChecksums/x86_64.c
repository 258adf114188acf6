#if defined(__x86_64__)

#include "CChecksums.h"
#include "words.h"

#include <cpuid.h>
#include <immintrin.h>

#define TARGET __attribute__((target("sse4.2,pclmul")))

bool cchecksums_is_supported(void)
{
    unsigned eax, ebx, ecx, edx;
    return __get_cpuid(1, &eax, &ebx, &ecx, &edx) && (ecx & bit_SSE4_2) && (ecx & bit_PCLMUL);
}

/* The instruction `crc32` computes CRC-32C. */

TARGET static inline uint64_t product(uint32_t a, uint32_t b)
{
    return (uint64_t)_mm_cvtsi128_si64(
        _mm_clmulepi64_si128(_mm_cvtsi32_si128((int)a), _mm_cvtsi32_si128((int)b), 0x00));
}

#define FUNCTION cchecksums_crc32c
#define STEP1(crc, byte) _mm_crc32_u8(crc, byte)
#define STEP8(crc, word) (uint32_t)_mm_crc32_u64(crc, word)
#define PRODUCT(a, b) product(a, b)
#define SHIFT_128 0x0d3b6092
#define SHIFT_256 0xb9e02b86
#define SHIFT_1024 0x170076fa
#define SHIFT_2048 0xa51b6135
#include "three_streams.h"

/* CRC-32 by carry-less multiplication: Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ
   Instruction", Intel 2009. P is the polynomial; numbers are reflected, in 64 bits. */

/* The register after eight bytes, by Barrett's reduction. `word` is the bytes, XORed with the register before them. */
TARGET static inline uint32_t reduced(uint64_t word)
{
    /* floor(x^95 / P), and P without its highest bit, times x^31. */
    const __m128i barrett = _mm_set_epi64x(0x1db710640, (int64_t)0xb4e5b025f7011641);
    __m128i quotient = _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)word), barrett, 0x00);
    return (uint32_t)_mm_extract_epi32(_mm_clmulepi64_si128(quotient, barrett, 0x10), 2);
}

TARGET static inline __m128i load(const uint8_t *bytes) { return _mm_loadu_si128((const __m128i *)bytes); }

/* `sum` moved onto bytes further on, `next`. `shift` is x^(d + 63) and x^(d - 1) mod P for a distance of d bits. */
TARGET static inline __m128i folded(__m128i sum, __m128i shift, __m128i next)
{
    __m128i low = _mm_clmulepi64_si128(sum, shift, 0x00), high = _mm_clmulepi64_si128(sum, shift, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

TARGET uint32_t cchecksums_crc32(uint32_t crc, const void *start, size_t count)
{
    const __m128i shift_16 = _mm_set_epi64x((int64_t)0x9ba54c6f00000000, 0x65673b4600000000);
    const __m128i shift_64 = _mm_set_epi64x((int64_t)0xcad38e8f00000000, 0x653d982200000000);
    const uint8_t *bytes = start;
    if (count >= 32) {
        __m128i sum = _mm_xor_si128(load(bytes), _mm_cvtsi32_si128((int)crc));
        bytes += 16, count -= 16;
        if (count >= 112) { /* Four streams, which are independent of each other. */
            __m128i second = load(bytes), third = load(bytes + 16), fourth = load(bytes + 32);
            bytes += 48, count -= 48;
            for (; count >= 64; bytes += 64, count -= 64) {
                sum = folded(sum, shift_64, load(bytes));
                second = folded(second, shift_64, load(bytes + 16));
                third = folded(third, shift_64, load(bytes + 32));
                fourth = folded(fourth, shift_64, load(bytes + 48));
            }
            sum = folded(folded(folded(sum, shift_16, second), shift_16, third), shift_16, fourth);
        }
        for (; count >= 16; bytes += 16, count -= 16)
            sum = folded(sum, shift_16, load(bytes));
        crc = reduced((uint64_t)_mm_cvtsi128_si64(sum));
        crc = reduced((uint64_t)_mm_extract_epi64(sum, 1) ^ crc);
    }
    for (; count >= 8; bytes += 8, count -= 8)
        crc = reduced(word_at(bytes) ^ crc);
    if (count > 0) {
        uint64_t word = 0;
        memcpy(&word, bytes, count);
        /* Zero bytes before the others change nothing. Bytes of the register that lie after them are kept. */
        uint32_t rest = count < 4 ? crc >> (8 * count) : 0;
        crc = reduced((word ^ crc) << (64 - 8 * count)) ^ rest;
    }
    return crc;
}

#endif
