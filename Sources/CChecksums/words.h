#pragma once

#include <stdint.h>
#include <string.h>

/* The eight bytes at any address, as a little-endian number. */
static inline uint64_t word_at(const uint8_t *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}
